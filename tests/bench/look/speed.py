"""How soon an article and the chat are there, over a slow line and with a slow processor, and what they weigh."""

from collections.abc import Iterator
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.town import Town, town
from tests.figures import Figure

ROUNDS = 5
SLOWER = 4  # times, the processor
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
WATCH = """
window.paints = []; window.shifts = 0;
new PerformanceObserver((list) => window.paints.push(...list.getEntries().map((one) => one.startTime)))
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifts += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
PAGES = {
    "help article": (None, "/help/"),
    "chat": ("maria", "/chat/"),
    "inbox": ("anna", "/inbox/"),
    "home": (None, "/"),
}
LEADS = {
    "/help/": "main a[href*='/help/en/']",
    "/chat/": "main a[href^='/chat/']",
    "/inbox/": ".inbox-list a[href*='-']",
}


def figures() -> Iterator[Figure]:
    with town("aftersale-speed-") as here:
        heaviest = {"css": 0, "js": 0}
        for name, (who, path) in PAGES.items():
            path = _inside(here, who, path)
            visits = [_visit(here, who, path) for _ in range(ROUNDS)]
            paint, shift, carried = (median(one[key] for one in visits) for key in ("paint", "shift", "carried"))
            bars = name in ("help article", "chat")
            yield Figure(f"look.{name}, largest paint", round(paint), "ms", bar=1500 if bars else None, n=ROUNDS)
            yield Figure(f"look.{name}, layout shift", round(shift, 4), "", bar=0.02 if bars else None, n=ROUNDS)
            yield Figure(f"look.{name}, bytes transferred", int(carried), "bytes", n=ROUNDS)
            for kind in heaviest:
                heaviest[kind] = max(heaviest[kind], max(one[kind] for one in visits))
        for kind, bar in (("css", 30_000), ("js", 25_000)):
            yield Figure(f"look.own {kind} of the heaviest page", int(heaviest[kind]), "bytes", bar=bar, n=len(PAGES))


def _inside(here: Town, who: str | None, path: str) -> str:
    """The first article, the first conversation: what a list leads to."""
    if path not in LEADS:
        return path
    context = here.browser.new_context(base_url=here.address("ordinary"), storage_state=here.signed_in("ordinary", who))
    page = context.new_page()
    page.goto(path)
    hrefs = page.evaluate(f"[...document.querySelectorAll({LEADS[path]!r})].map((link) => new URL(link.href).pathname)")
    context.close()
    return max(hrefs, key=lambda href: href.count("/"), default=path)


def _visit(here: Town, who: str | None, path: str) -> dict[str, Any]:
    """In a browser that has never been here."""
    context = here.browser.new_context(
        base_url=here.address("ordinary"),
        storage_state=here.signed_in("ordinary", who),
        viewport={"width": 360, "height": 780},
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    found = _listen(page)
    page.goto(path, wait_until="load")
    page.wait_for_timeout(2000)
    found |= {"paint": page.evaluate("paints.at(-1)"), "shift": page.evaluate("shifts")}
    context.close()
    return found


def _listen(page: Page) -> dict[str, Any]:
    """Slow the line and the processor, and count what comes as it is on the wire; of sheets and scripts the body."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", LINE)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    found: dict[str, Any] = {"carried": 0, "css": 0, "js": 0}
    answers: dict[str, dict[str, Any]] = {}
    wire.on("Network.responseReceived", lambda told: answers.update({told["requestId"]: told["response"]}))

    def finished(told: dict[str, Any]) -> None:
        answer = answers.get(told["requestId"], {"url": "", "headers": {}})
        said = {name.lower(): value for name, value in answer["headers"].items()}
        found["carried"] += told["encodedDataLength"]
        for kind in ("css", "js"):
            if urlsplit(answer["url"]).path.startswith(f"/static/{kind}/"):
                found[kind] += int(said.get("content-length", told["encodedDataLength"]))

    wire.on("Network.loadingFinished", finished)
    return found
