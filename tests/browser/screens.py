"""The screens that must shine, in every size and theme, with ordinary, too much and no content, on one sheet.

python -m tests.browser.screens                 all of them, into build/screens, with what changed since last accepted
python -m tests.browser.screens --only inbox    those whose name says so
python -m tests.browser.screens --accept        take them as they are now
"""

import argparse
import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Page, TimeoutError

from config import env
from tests.browser.town import PEOPLE, Town, town

BUILD, ACCEPTED = env.ROOT / "build" / "screens", env.ROOT / "docs" / "screens"
SIZES = {360: 780, 768: 1024, 1440: 900}
THEMES = ("light", "dark")
CONTENTS = ("ordinary", "much", "nothing")
THUMB = 240
CHANGED = 0.002  # share of pixels from which a picture counts as another


@dataclass(frozen=True)
class Screen:
    """One screen: who looks, where, and what she does there first. `{content}` stands for the shop's name."""

    name: str
    who: str | None
    path: str
    then: Callable[[Page], None] = lambda page: None
    contents: tuple[str, ...] = CONTENTS
    status: int = 200


def _open_pane(page: Page) -> None:
    page.locator(".launcher").click()
    page.locator("#pane").wait_for()
    page.wait_for_timeout(400)


def _pane_on_its_way(page: Page) -> None:
    """What she sees while the chat's answer is still under way."""
    page.route("**/chat/pane/", lambda route: None)
    page.locator(".launcher").click()
    page.wait_for_timeout(400)


def _sent_in_vain(page: Page) -> None:
    _open_pane(page)
    page.context.set_offline(True)
    page.locator("#pane textarea").fill("Is the lamp on its way?")
    page.locator("#pane .send").click()
    page.wait_for_timeout(600)


def _wrong_password(page: Page) -> None:
    page.get_by_label("Email").fill("maria@demo.example")
    page.get_by_label("Password", exact=True).fill("not this one")
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.locator("main .error, main .errorlist").first.wait_for()


def _first_talk(page: Page) -> None:
    rows = page.locator(".inbox-list a[href*='/inbox/']")
    if rows.count():
        rows.first.click()
        page.wait_for_timeout(600)


def _first_article(page: Page) -> None:
    links = page.locator("main a[href*='/help/en/']")
    if links.count():
        page.goto(links.first.get_attribute("href") or "/help/")


def _editor(page: Page) -> None:
    rows = page.locator("#result_list tbody th a")
    ours = rows.filter(has_text="Send something back")  # the demo's admin sees every shop
    if rows.count():
        page.goto((ours if ours.count() else rows).first.get_attribute("href") or "/admin/")


def _side(page: Page) -> None:
    _first_talk(page)
    about = page.get_by_role("button", name="About this customer")
    if about.count() and about.first.is_visible():
        about.first.click()
        page.wait_for_timeout(200)


def _first_customer(page: Page) -> None:
    rows = page.locator("#found a.item")
    if rows.count():
        page.goto(rows.last.get_attribute("href") or "/customers/")


SCREENS = [
    Screen("home", "maria", "/"),
    Screen("pane", "maria", "/", _open_pane),
    Screen("pane-guest", None, "/", _open_pane, ("ordinary",)),
    Screen("pane-loading", "maria", "/", _pane_on_its_way, ("ordinary",)),
    Screen("pane-failed", "maria", "/", _sent_in_vain, ("ordinary",)),
    Screen("conversations", "maria", "/chat/"),
    Screen("help", None, "/help/"),
    Screen("article", None, "/help/", _first_article, ("ordinary", "much")),
    Screen("search", None, "/help/search/?q=How+do+I+return+a+lamp"),
    Screen("sign-in", None, "/account/login/", contents=("ordinary",)),
    Screen("sign-in-refused", None, "/account/login/", _wrong_password, ("ordinary",)),
    Screen("sign-up", None, "/account/signup/", contents=("ordinary",)),
    Screen("consent", "maria", "/account/consent/"),
    Screen("orders", "maria", "/account/orders/"),
    Screen("inbox", "anna", "/inbox/", _first_talk),
    Screen("side", "anna", "/inbox/", _side, ("ordinary", "much")),
    Screen("team", "anna", "/team/"),
    Screen("customers", "anna", "/customers/"),
    Screen("customer", "anna", "/customers/?q=maria", _first_customer),
    Screen("admin", "boss", "/admin/"),
    Screen("editor", "boss", "/admin/knowledge/article/?q=back", _editor, ("ordinary", "much")),
    Screen("gaps", "boss", "/admin/knowledge/gap/"),
    Screen("measurements", "boss", "/admin/knowledge/measurement/", contents=("ordinary",)),
    Screen("recipes", "boss", "/admin/knowledge/recipe/", contents=("ordinary",)),
    Screen("rules", "boss", "/admin/accounts/rule/", contents=("ordinary",)),
    Screen("admin-orders", "boss", "/admin/accounts/order/", contents=("ordinary", "much")),
    Screen("lost", None, "/no/such/page", contents=("ordinary",), status=404),
]


def main() -> int:
    wish = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wish.add_argument("--only", default="", help="screens whose name has this in it")
    wish.add_argument("--accept", action="store_true", help="keep these pictures as the accepted ones")
    asked = wish.parse_args()
    wanted = [screen for screen in SCREENS if asked.only in screen.name]
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    with town("aftersale-screens-") as here:
        for said in _photographs(here, wanted):
            print(said, flush=True)
    _sheet(wanted)
    changed = _differences()
    print(f"{BUILD / 'sheet.png'}: {len(list(BUILD.glob('*-*-*-*.png')))} pictures, {len(changed)} changed")
    for name, share in changed:
        print(f"  {name}: {share:.1%} of its pixels")
    if asked.accept:
        _accept()
    return 0


def _photographs(here: Town, wanted: list[Screen]) -> Iterator[str]:
    for content, who in itertools.product(CONTENTS, PEOPLE):
        screens = [screen for screen in wanted if screen.who == who and content in screen.contents]
        if not screens:
            continue
        state = here.signed_in(content, who)
        for (width, height), theme in itertools.product(SIZES.items(), THEMES):
            context = here.browser.new_context(
                base_url=here.address(content),
                viewport={"width": width, "height": height},
                color_scheme=theme,
                reduced_motion="reduce",
                has_touch=width < 700,
                storage_state=state,
            )
            context.set_default_timeout(10_000)
            for screen in screens:
                name = f"{screen.name}-{content}-{width}-{theme}"
                yield from (f"{name}: {said}" for said in _photograph(context.new_page(), screen, name))
            context.close()


def _photograph(page: Page, screen: Screen, name: str) -> list[str]:
    """Take it, and return what is not as it should be."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    answer = page.goto(screen.path)
    if answer is None or answer.status != screen.status:
        said.append(f"{answer.status if answer else 'no answer'} at {screen.path}")
    try:
        screen.then(page)
    except TimeoutError as error:
        said.append(str(error).splitlines()[0])
    page.wait_for_timeout(150)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        said.append(f"{wide} px wider than its window")
    page.screenshot(path=BUILD / f"{name}.png")
    page.context.set_offline(False)
    page.close()
    return said


def _sheet(wanted: list[Screen]) -> None:
    """All of them on one picture: a row for each screen and content, a column for each size and theme."""
    rows = [(screen.name, content) for screen in wanted for content in CONTENTS if content in screen.contents]
    columns = [(width, theme) for width in SIZES for theme in THEMES]
    tall = int(THUMB * 1.35)
    sheet = Image.new("RGB", (len(columns) * (THUMB + 12) + 120, len(rows) * (tall + 12) + 12), "#8a8a8a")
    pen = ImageDraw.Draw(sheet)
    for down, (name, content) in enumerate(rows):
        top = 12 + down * (tall + 12)
        pen.text((8, top), f"{name}\n{content}", fill="white")
        for across, (width, theme) in enumerate(columns):
            path = BUILD / f"{name}-{content}-{width}-{theme}.png"
            if path.exists():
                with Image.open(path) as picture:
                    picture.thumbnail((THUMB, tall))
                    sheet.paste(picture, (120 + across * (THUMB + 12), top))
    sheet.save(BUILD / "sheet.png")


def _differences() -> list[tuple[str, float]]:
    """Which pictures are not the accepted ones, and by how much; the difference itself lies beside them."""
    changed = []
    for path in sorted(BUILD.glob("*-*-*-*.png")):
        before = ACCEPTED / f"{path.stem}.webp"
        if not before.exists():
            continue
        with Image.open(path) as new, Image.open(before) as old:
            small = _small(new)
            if small.size != old.size:
                changed.append((path.stem, 1.0))
                continue
            apart = ImageChops.difference(small.convert("L"), old.convert("L")).point(lambda value: 255 * (value > 24))
            share = apart.histogram()[255] / (apart.width * apart.height)
            if share > CHANGED:
                changed.append((path.stem, share))
                apart.save(BUILD / f"{path.stem}.changed.png")
    return changed


def _accept() -> None:
    ACCEPTED.mkdir(parents=True, exist_ok=True)
    for path in BUILD.glob("*-*-*-*.png"):
        with Image.open(path) as picture:
            _small(picture).save(ACCEPTED / f"{path.stem}.webp", quality=55)


def _small(picture: Image.Image) -> Image.Image:
    """Small enough to be kept with the code."""
    copy = picture.convert("RGB")
    copy.thumbnail((360, 480))
    return copy


if __name__ == "__main__":
    raise SystemExit(main())
