"""The pictures of README and docs, taken anew from the demo shop: python -m tests.browser.pictures [--only talk]"""

import argparse
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PIL import Image
from playwright.sync_api import Page, expect

from config import env
from tests.browser.town import Town, town

PICTURES = env.ROOT / "docs" / "pictures"
DESK = {"width": 1440, "height": 900}
STAGE = {"width": 960, "height": 700}
QUESTION = "How do I send a lamp back?"
SLOW = 60_000


class Film:
    """What one window shows, picture by picture, and for how long each."""

    def __init__(self, page: Page) -> None:
        self.page, self.frames, self.lasting = page, [], []

    def show(self, seconds: float) -> None:
        self.frames.append(_image(self.page))
        self.lasting.append(round(seconds * 1000))

    def type(self, place: str, words: str) -> None:
        for end in range(4, len(words) + 4, 4):
            self.page.locator(place).fill(words[:end])
            self.show(0.12)

    def save(self, name: str) -> None:
        first, *others = self.frames
        first.save(
            PICTURES / f"{name}.webp", save_all=True, append_images=others, duration=self.lasting, loop=0, quality=60
        )


def main() -> None:
    wish = argparse.ArgumentParser(description=__doc__)
    wish.add_argument("--only", default="", help="pictures whose name has this in it")
    asked = wish.parse_args()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with town("aftersale-pictures-") as here:
        for name, take in TAKES.items():
            if asked.only in name:
                take(here)
    for path in sorted(PICTURES.glob("*.webp")):
        print(f"{path.relative_to(env.ROOT)}: {path.stat().st_size // 1000} kB")


def _talk(here: Town) -> None:
    """A question is answered with its source; then a person takes over."""
    with _window(here, "maria", STAGE) as maria, _window(here, "anna", DESK) as anna:
        film = Film(maria)
        maria.goto("/")
        film.show(1.2)
        maria.locator(".launcher").click()
        maria.locator("#pane").get_by_label("More").first.click()
        maria.locator("#pane").get_by_role("link", name="New conversation").click()
        maria.locator("#start-text").wait_for()
        film.show(0.8)
        film.type("#start-text", QUESTION)
        film.show(0.4)
        maria.get_by_role("button", name="Start").click()
        log = maria.get_by_role("log")
        expect(log.get_by_text(QUESTION)).to_be_visible()
        film.show(1)
        source = log.locator(".source").first
        source.wait_for(timeout=SLOW)
        _settle(maria)
        film.show(3)
        source.click()
        source.scroll_into_view_if_needed()
        _settle(maria)
        film.show(3)
        source.click()
        maria.get_by_role("button", name="Talk to a person").click()
        expect(maria.locator("#pane-who")).to_contain_text("Waiting")
        _settle(maria)
        film.show(1.5)
        anna.goto(_talk_of(maria))
        anna.get_by_role("button", name="Accept").click()
        expect(maria.locator("#pane-who")).to_contain_text("Anna")
        _settle(maria)
        film.show(1.5)
        anna.get_by_role("textbox", name="Reply").fill("Hello Maria, Anna here. Shall I send you the label by e-mail?")
        anna.get_by_role("button", name="Send", exact=True).click()
        expect(log.get_by_text("Anna here")).to_be_visible()
        _settle(maria)
        film.show(2)
        film.type("#pane textarea", "Yes please, thank you.")
        maria.locator("#pane .send").click()
        expect(log.get_by_text("Yes please")).to_be_visible()
        _settle(maria)
        film.show(4)
        film.save("talk")
        expect(anna.get_by_role("log").get_by_text("Yes please")).to_be_visible()
        _settle(anna)
        _keep(anna, "inbox")


def _still(name: str, who: str | None, path: str, first: str = "") -> Callable[[Town], None]:
    """A page as it is, or the first page it leads to by such a link."""

    def take(here: Town) -> None:
        with _window(here, who, DESK) as page:
            page.goto(path)
            if first:
                page.goto(page.locator(first).first.get_attribute("href") or path)
            _settle(page)
            _keep(page, name)

    return take


TAKES: dict[str, Callable[[Town], None]] = {
    "talk": _talk,
    "help": _still("help", None, "/help/search/?q=When+will+my+money+be+back"),
    "editor": _still("editor", "boss", "/admin/knowledge/article/?q=return+something", "#result_list tbody th a"),
    "team": _still("team", "anna", "/team/"),
}


@contextmanager
def _window(here: Town, who: str | None, size: dict[str, int]) -> Iterator[Page]:
    state = here.signed_in("ordinary", who)
    context = here.browser.new_context(
        base_url=here.address("ordinary"), viewport=size, storage_state=state, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def _talk_of(page: Page) -> str:
    """Where the team reads the talk in this pane."""
    return re.sub("^/chat/", "/inbox/", page.locator("#pane").get_attribute("data-url") or "")


def _settle(page: Page) -> None:
    page.wait_for_timeout(600)


def _keep(page: Page, name: str) -> None:
    _image(page).save(PICTURES / f"{name}.webp", quality=80)


def _image(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


if __name__ == "__main__":
    main()
