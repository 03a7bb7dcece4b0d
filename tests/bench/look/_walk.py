"""A walk over every page that a link leads to, and what it need not stand on."""

import os
import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import django
from django.urls import Resolver404, URLResolver, get_resolver, resolve
from playwright.sync_api import Page

SIZES = {360: 780, 1440: 900}
MOST = 2  # pages of one kind: another article is made of the same parts; of the admin's forms one is enough
FIRST = ("/", "/chat/", "/help/", "/inbox/", "/admin/", "/style/", "/no/such/page")
UNLINKED = (  # pages that a mail, a form or a shop's own site leads to
    "/account/2fa/totp/activate/",  # first, as she has just shown who she is
    "/account/2fa/webauthn/",
    "/account/2fa/webauthn/add/",
    "/account/3rdparty/",
    "/account/2fa/reauthenticate/",
    "/account/logout/",
    "/chat/new/",
    "/account/consent/ask/",
    "/help/search/?q=return",
    "/help/search/?q=zzyzx",
    "/admin/?q=lamp",
    "/admin/login/",
    "/admin/password_change/done/",
    "/admin/knowledge/gap/1/history/",
    "/admin/knowledge/article/ask_shop/?q=return",
    "/account/confirm-email/",
    "/account/confirm-email/no-such-key/",
    "/account/inactive/",
    "/account/password/reset/done/",
    "/account/password/reset/key/done/",
    "/account/password/reset/key/1-no-such-key/",
    "/account/reauthenticate/",
    "/account/3rdparty/login/cancelled/",
    "/account/3rdparty/login/error/",
)
AWAY = re.compile(r"/(admin/logout|static|sitemap\.xml|robots\.txt|healthz|language|chat/files|help/pictures)\b")
LINKS = "[...document.querySelectorAll('a[href]')].map((link) => link.href)"


def walk(page: Page, address: str) -> Iterator[str]:
    """Follow every link of ours from the front page, stand on each kind of page a few times, and say which it is."""
    often: dict[str, int] = {}
    queue, known = deque((*FIRST, *UNLINKED)), set()
    while queue:
        path = queue.popleft()
        most = 1 if path.startswith("/admin/") else MOST
        if path in known or (often.get(kind(path), 0) >= most and path not in UNLINKED) or AWAY.search(path):
            continue
        known.add(path)
        try:
            answer = page.goto(address + path)
        except Exception as error:  # a download is no page
            print(f"# {path}: {str(error).splitlines()[0]}", flush=True)
            continue
        if answer is None or "text/html" not in (answer.headers.get("content-type") or ""):
            continue
        if answer.status >= 500:
            print(f"# {answer.status} at {path}", flush=True)
        here = urlsplit(page.url).path
        for each in {kind(path), kind(here)}:
            often[each] = often.get(each, 0) + 1
        yield kind(here)
        for link in page.evaluate(LINKS):
            parts = urlsplit(link)
            if f"{parts.scheme}://{parts.netloc}" == address:
                queue.append(parts.path)


def kind(path: str) -> str:
    """The line of the URL configuration that a path belongs to."""
    try:
        return resolve(unquote(urlsplit(path).path)).route
    except Resolver404:
        return "nothing"


def kinds() -> set[str]:
    """Every line of the URL configuration."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    return set(_routes(get_resolver(), ""))


def _routes(resolver: URLResolver, before: str) -> Iterator[str]:
    for each in resolver.url_patterns:
        route = before + str(each.pattern).removeprefix("^")
        if isinstance(each, URLResolver):
            yield from _routes(each, route)
        else:
            yield route
