"""The widget on a shop's own page: what it weighs, asks for and keeps before the click, and what it moves."""

import gzip
import urllib.request
from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.shots import ARGUMENTS, CHROMIUM
from tests.browser.storefront import MEASURE, Storefront
from tests.figures import Figure
from tests.installation import Installation, free_port, installation

ROUNDS = 7
SHOP = """
from chat import widget
from tests import factories
widget.allow(factories.ShopFactory(slug="lumen", name="Lumen & Loom"), {origin!r})
"""
KEPT = "localStorage.length + sessionStorage.length"


def figures() -> Iterator[Figure]:
    storefront = Storefront()
    with installation() as site, sync_playwright() as playwright:
        site.up("--no-demo")
        furnished = site.manage("shell", "-c", SHOP.format(origin=storefront.address))
        assert furnished.returncode == 0, furnished.stderr
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield from _weight(site)
        yield from _before_the_click(browser, storefront, site)
        yield from _after_the_click(browser, storefront, site)
        yield from _stopped(browser, storefront)
        browser.close()


def _weight(site: Installation) -> Iterator[Figure]:
    asked = urllib.request.Request(f"{site.address}/widget.js", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        body = answer.read()
    assert gzip.decompress(body).startswith(b"//")
    yield Figure("look.widget_bytes", len(body), "bytes", bar=15_000)


def _before_the_click(browser: Browser, storefront: Storefront, site: Installation) -> Iterator[Figure]:
    page, asked = _visit(browser, storefront, site.address)
    page.get_by_role("button", name="Ask us").wait_for()
    page.wait_for_load_state("networkidle")
    ours = [url for url in asked if url.startswith(site.address) and not url.endswith("/widget.js")]
    yield Figure("look.widget_requests_before_click", len(ours), "requests", bar=0)
    yield Figure("look.widget_kept_before_click", len(page.context.cookies()) + page.evaluate(KEPT), "items", bar=0)
    yield Figure("look.widget_shift", page.evaluate("shifts"), "", bar=0)
    page.context.close()


def _after_the_click(browser: Browser, storefront: Storefront, site: Installation) -> Iterator[Figure]:
    """On a phone and a desk in turn, each in a browser that has never been here."""
    times, moved, carried = [], 0.0, 0
    for turn in range(ROUNDS):
        page, _asked = _visit(browser, storefront, site.address, width=(360, 1440)[turn % 2])
        sizes: list[int] = []
        page.on("requestfinished", lambda request, sizes=sizes: sizes.append(request.sizes()["responseBodySize"]))
        button = page.get_by_role("button", name="Ask us")
        button.wait_for()
        began = page.evaluate("performance.now()")
        button.click()
        page.frame_locator("aftersale-chat iframe").get_by_label("How can we help?").wait_for()
        times.append(page.evaluate("performance.now()") - began)
        page.wait_for_load_state("networkidle")
        moved, carried = max(moved, page.evaluate("shifts")), max(carried, sum(sizes))
        page.context.close()
    yield Figure("look.widget_shift_when_opened", moved, "", bar=0, n=ROUNDS)
    yield Figure("look.widget_pane", round(median(times)), "ms", n=ROUNDS)
    yield Figure("look.widget_pane_bytes", carried, "bytes", n=ROUNDS)


def _stopped(browser: Browser, storefront: Storefront) -> Iterator[Figure]:
    said: list[str] = []
    page, _asked = _visit(browser, storefront, f"http://localhost:{free_port()}", said=said)
    page.get_by_role("link", name="To the bottom").click()
    page.wait_for_load_state("networkidle")
    yield Figure("look.widget_stopped_console_lines", len(said), "lines", bar=1)
    yield Figure("look.widget_stopped_shift", page.evaluate("shifts"), "", bar=0)
    page.context.close()


def _visit(
    browser: Browser, storefront: Storefront, helpdesk: str, *, width: int = 1440, said: list[str] | None = None
) -> tuple[Page, list[str]]:
    page, asked = browser.new_context(viewport={"width": width, "height": 800}).new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: said.append(line.text) if said is not None else None)
    page.add_init_script(MEASURE)
    page.goto(
        storefront.address + storefront.page(f'<script src="{helpdesk}/widget.js" data-shop="lumen" async></script>')
    )
    return page, asked
