"""Every process of an installation killed ten times, while people sign up: back in time, no orphan, nobody lost."""

import http.cookiejar
import itertools
import re
import signal
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException

from tests.figures import Figure
from tests.installation import Installation, installation, pause, wait_for

PARTS = ("web", "worker", "beat", "redis", "postgres", "keeper")
TIMES = 10
BAR = 15.0


def figures(times: int = TIMES) -> Iterator[Figure]:
    # Each visitor comes from another address, so that the limits on sign-ups do not meet her.
    with installation(TRUSTED_PROXIES="1") as place:
        began = time.monotonic()
        place.up()
        yield Figure("first start", round(time.monotonic() - began, 1), "s", n=1)
        yield second_start(place)
        with Visitors(place) as visitors:
            for part in PARTS:
                worst = max(_killed(place, part) for _ in range(times))
                yield Figure(f"{part} killed, healthy again, worst", round(worst, 1), "s", bar=BAR, n=times)
            deaf = place.kill("worker", by=signal.SIGSTOP, within=90)
            yield Figure("worker made deaf, healthy again", round(deaf, 1), "s", bar=60, n=1)
            orphans, seconds = zip(*(_supervisor_killed(place) for _ in range(times)), strict=True)
            yield Figure("supervisor killed, next start healthy, worst", round(max(seconds), 1), "s", bar=BAR, n=times)
            yield Figure("processes that outlived their supervisor", sum(orphans), "processes", bar=0, n=times)
        told, kept = visitors.welcomed, _people(place)
        yield Figure("people who signed up under fire", len(told), "people", bar=times, better="higher")
        yield Figure("people told they are in, and lost", len(told - kept), "people", bar=0, n=len(told))
        place.stop(signal.SIGINT)
        yield Figure("processes left after a stop", len(place.processes()), "processes", bar=0, n=1)


def second_start(place: Installation) -> Figure:
    place.stop()
    began = time.monotonic()
    place.up()
    return Figure("second start", round(time.monotonic() - began, 1), "s", bar=10, n=1)


class Visitors:
    """Somebody signs up, again and again, as a browser would; who was told that she is in has to be found later."""

    def __init__(self, place: Installation) -> None:
        self.place, self.welcomed = place, set[str]()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._come)

    def __enter__(self) -> "Visitors":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _come(self) -> None:
        for number in itertools.count():
            if self._over.wait(0.2):
                return
            email = f"visitor{number}@example.org"
            try:
                if self._sign_up(email, number):
                    self.welcomed.add(email)
            except (OSError, HTTPException):
                continue  # she was told that it did not work

    def _sign_up(self, email: str, number: int) -> bool:
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _NoRedirect()
        )
        browser.addheaders = [("X-Forwarded-For", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")]
        page = f"http://localhost:{self.place.port}/account/signup/"
        form = browser.open(page, timeout=10).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        if token is None:
            return False  # half a page: the web process was killed while it wrote
        password = "a-long-lantern-42"
        fields = {"csrfmiddlewaretoken": token.group(1), "email": email, "password1": password, "password2": password}
        with browser.open(page, urllib.parse.urlencode(fields).encode(), timeout=10) as answer:
            return answer.status == 302


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The 302 is the answer."""

    def http_error_302(self, request, answer, code, words, headers):
        return answer


def _killed(place: Installation, part: str) -> float:
    wait_for(place.is_well)
    pause(0.5)
    return place.kill(part)


def _supervisor_killed(place: Installation) -> tuple[int, float]:
    wait_for(place.is_well)
    place.process.kill()
    place.process.wait()
    place.process.stdout.close()
    wait_for(lambda: not place.processes(), within=10)
    orphans = len(place.processes())
    began = time.monotonic()
    place.up()
    return orphans, time.monotonic() - began


def _people(place: Installation) -> set[str]:
    told = "from accounts.models import User; print(*User.objects.values_list('email', flat=True))"
    return set(place.manage("shell", "-v0", "-c", told).stdout.split())
