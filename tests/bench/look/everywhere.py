"""Every page that a link leads to, as each kind of person: whom it shuts out, and what ugly content does to it."""

import os
import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

import django
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.browser.town import PEOPLE, Town, town
from tests.figures import Figure

SIZES = {360: 780, 1440: 900}
GRAVE = {"serious", "critical"}
AWAY = re.compile(r"/(logout|static|sitemap\.xml|robots\.txt|healthz|language|chat/files|help/pictures)\b")
ERRORS = ("/no/such/page",)
MOST = 2  # pages of one kind: another article is made of the same parts
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LINKS = "[...document.querySelectorAll('a[href]')].map((link) => link.href)"


def figures() -> Iterator[Figure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()  # for the names of our pages
    with town("aftersale-everywhere-") as here:
        yield from _nobody_shut_out(here)
        yield from _ugly(here)


def _nobody_shut_out(here: Town) -> Iterator[Figure]:
    """What axe finds, in both themes; on a phone by day and at a desk by night."""
    kinds, found, seen = set(), 0, 0
    for who in PEOPLE:
        context = here.browser.new_context(
            base_url=here.address("ordinary"),
            storage_state=here.signed_in("ordinary", who),
            reduced_motion="reduce",  # a colour on its way to another is neither
        )
        page = context.new_page()
        for kind in _pages(page, here.address("ordinary")):
            kinds.add(kind)
            for (width, height), theme in zip(SIZES.items(), ("light", "dark"), strict=True):
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=theme)
                seen += 1
                for barrier in _barriers(page):
                    found += 1
                    print(f"# {who or 'a visitor'} at {page.url}, {theme}: {barrier}", flush=True)
        context.close()
    yield Figure("look.kinds of pages visited", len(kinds), "pages", bar=60, better="higher")
    yield Figure("look.serious or critical barriers", found, "barriers", bar=0, n=seen)


def _ugly(here: Town) -> Iterator[Figure]:
    """Names of 200 characters, words of 500, right to left, HTML in every field, and a shop with nothing in it."""
    wide, ran, broken, seen = 0, 0, 0, 0
    for content in ("much", "nothing"):
        for who in PEOPLE:
            context = here.browser.new_context(
                base_url=here.address(content), storage_state=here.signed_in(content, who), reduced_motion="reduce"
            )
            page, errors = context.new_page(), []
            page.on("dialog", lambda dialog, errors=errors: (errors.append("ran"), dialog.dismiss()))
            page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
            for kind in _pages(page, here.address(content)):
                for width, height in SIZES.items():
                    page.set_viewport_size({"width": width, "height": height})
                    seen += 1
                    if (over := page.evaluate(WIDE)) > 0:
                        wide += 1
                        print(f"# {content}, {who or 'a visitor'}: {page.url} ({kind}) {over} px wider than {width}")
                ran, broken = ran + errors.count("ran"), broken + len([one for one in errors if one != "ran"])
                for error in errors:
                    print(f"# {content}, {who or 'a visitor'}: {page.url} ({kind}) {error}", flush=True)
                errors.clear()
            context.close()
    yield Figure("look.ugly content wider than its window", wide, "pages", bar=0, n=seen)
    yield Figure("look.ugly content that ran", ran, "scripts", bar=0, n=seen)
    yield Figure("look.errors of our scripts on ugly pages", broken, "errors", bar=0, n=seen)


def _pages(page: Page, address: str) -> Iterator[str]:
    """Follow every link of ours from the front page and stand on each kind of page, a few times."""
    often: dict[str, int] = {}
    queue, known = deque(["/", "/chat/", "/help/", "/inbox/", "/admin/", "/style/", *ERRORS]), set()
    while queue:
        path = queue.popleft()
        kind = _kind(path)
        if path in known or often.get(kind, 0) >= MOST or AWAY.search(path):
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
        often[kind] = often.get(kind, 0) + 1
        yield kind
        for link in page.evaluate(LINKS):
            parts = urlsplit(link)
            if f"{parts.scheme}://{parts.netloc}" == address:
                queue.append(parts.path)


def _kind(path: str) -> str:
    try:
        found = resolve(path)
    except Resolver404:
        return "nothing"
    return found.view_name or found.route


def _barriers(page: Page) -> Iterator[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    for one in found:
        if one["impact"] in GRAVE:
            for node in one["nodes"]:
                yield f"{one['id']} {node['target']}"
