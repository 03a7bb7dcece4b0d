"""Asking a shop system over HTTP: what it says is read strictly, and whatever goes wrong is one of two things.

Either it is away, and the same may be asked again, or it declined, and nothing was changed.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import unquote, urlencode, urlsplit

import httpx

from accounts import outgoing
from accounts.platforms import Away, Declined, Patience

T = TypeVar("T")
MOST = 2_000_000  # bytes of one answer
# Understood, and not done. Whatever else is no success may be asked again.
DECLINED = (400, 401, 403, 404, 405, 409, 410, 422)


@dataclass(frozen=True)
class Address:
    """Where a system is and what it is asked with; the secrets are kept apart from what may be written down."""

    base: str
    user: str = field(repr=False)
    password: str = field(repr=False)

    @classmethod
    def read(cls, url: str) -> "Address":
        told = urlsplit(url)
        place = told.netloc.rpartition("@")[2]
        user, password = unquote(told.username or ""), unquote(told.password or "")
        return cls(f"{told.scheme}://{place}{told.path.rstrip('/')}", user, password)


@dataclass(frozen=True)
class System:
    """One system that is asked: its address, what goes with every question, and how long we wait for an answer."""

    base: str
    headers: Mapping[str, str] = field(repr=False)
    patience: Patience

    def read(self, path: str, **query: str | int) -> Any:
        """What is there; None if nothing is."""
        answer = self._ask("GET", path + (f"?{urlencode(query)}" if query else ""))
        return None if answer.status in (404, 410) else _told(answer)

    def tell(self, method: str, path: str, body: Any, **headers: str) -> Any:
        """Have something done. Declined where it certainly was not."""
        answer = self._ask(method, path, json=body, headers={name.replace("_", "-"): v for name, v in headers.items()})
        if answer.status in DECLINED:
            raise Declined(f"{method} {path} was answered with {answer.status}")
        return _told(answer)

    def _ask(self, method: str, path: str, **more: Any) -> outgoing.Answer:
        headers = {"accept": "application/json", **self.headers, **more.pop("headers", {})}
        url = str(httpx.URL(f"{self.base}{path}"))
        try:
            answer = outgoing.request(
                method, url, headers=headers, timeout=self.patience.left(), max_bytes=MOST, **more
            )
        except outgoing.Failed as failed:
            raise Away(str(failed)) from failed
        if method != "GET" and answer.url != url:  # a redirect turns doing into reading
            raise Away(f"{method} {path} was sent on to another address")
        return answer


def understood(read: Callable[[], T]) -> T:
    """What an answer means; one that means nothing is no answer."""
    try:
        return read()
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise Away(f"The answer makes no sense: {type(error).__name__}: {error}") from error


def _told(answer: outgoing.Answer) -> Any:
    if not answer.ok:
        raise Away(f"The answer was {answer.status}")
    try:
        return answer.json()
    except (ValueError, RecursionError) as error:
        raise Away("The answer is not JSON") from error


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")}
