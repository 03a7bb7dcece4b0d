"""Read a website's help pages by its sitemap, never farther than its own host and never into our own network."""

import html
import re
import zlib
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from accounts import outgoing
from knowledge import sources
from knowledge.sources import Found, Problem

MOST_PAGES = 5_000
MOST_SITEMAPS = 50
LARGEST_SITEMAP = 20_000_000
_PLACE = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*(.*?)\s*(?:\]\]>)?\s*</loc>", re.DOTALL | re.IGNORECASE)


def read(address: str, *, language: str = "") -> Iterator[Found]:
    """Every page a sitemap names, one after the other."""
    host = urlsplit(address).hostname
    for number, page in enumerate(_pages(address)):
        if isinstance(page, Problem):
            yield page
        elif number >= MOST_PAGES:
            yield Problem(
                address, _("There are more than %(most)s pages; the rest was left out.") % {"most": MOST_PAGES}
            )
            return
        elif urlsplit(page).hostname != host:
            yield Problem(page, _("This page is on another host."))
        else:
            yield _page(page, language)


def _pages(address: str) -> Iterator[str | Problem]:
    """The pages of a sitemap, and of the sitemaps it names."""
    waiting, host = [address], urlsplit(address).hostname
    seen: set[str] = set()
    for place in waiting:
        try:
            text = _fetched(place)
        except (outgoing.Failed, sources.Unreadable) as why:
            yield Problem(place, str(why))
            continue
        named = [html.unescape(found) for found in _PLACE.findall(text)]
        if re.search(r"<sitemapindex[\s>]", text):
            inside = [each for each in named if urlsplit(each).hostname == host and each not in waiting]
            waiting += inside[: MOST_SITEMAPS - len(waiting)]
            continue
        if not named:
            yield Problem(place, _("This is not a sitemap: it names no page."))
        for each in named:
            if each not in seen:
                seen.add(each)
                yield each


def _fetched(address: str) -> str:
    answer = outgoing.get(address, max_bytes=LARGEST_SITEMAP)
    if not answer.ok:
        raise sources.Unreadable(_("The website answered %(status)s.") % {"status": answer.status})
    body = answer.body
    if body.startswith(b"\x1f\x8b"):
        try:
            body = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, LARGEST_SITEMAP)
        except zlib.error:
            raise sources.Unreadable(_("This file cannot be read.")) from None
    return sources.text_of(body)


def _page(address: str, language: str) -> Found:
    try:
        answer = outgoing.get(address, max_bytes=sources.LARGEST_FILE)
        if not answer.ok:
            raise sources.Unreadable(_("The website answered %(status)s.") % {"status": answer.status})
        if "html" not in answer.headers.get("content-type", "text/html"):
            raise sources.Unreadable(_("This is not a page of text."))
        return sources.from_page(address, sources.text_of(answer.body, html=True), language)
    except (outgoing.Failed, sources.Unreadable) as why:
        return Problem(address, str(why))
