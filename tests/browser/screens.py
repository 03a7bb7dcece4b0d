"""The screens that must shine, in every size and theme, with ordinary, too much and no content, a sheet for each theme.

python -m tests.browser.screens                 all of them, into build/screens, with what changed since last accepted
python -m tests.browser.screens --only inbox    those whose name says so
python -m tests.browser.screens --accept        take them as they are now
"""

import argparse
import itertools
import json
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
CELL, GAP, LABEL = (240, 320), 8, 14  # pixels on a sheet
CHANGED = 0.005  # share of pixels from which a picture counts as another
Cells = dict[str, Image.Image]


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
    size = page.viewport_size or {"width": 0}  # few tries an address, or it is locked
    page.get_by_label("Email").fill(f"maria{size['width']}@demo.example")
    page.get_by_label("Password", exact=True).fill("not this one")
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.locator("main .error, main .errorlist").first.wait_for()


def _first_talk(page: Page) -> None:
    rows = page.locator("#rows a")
    if rows.count():
        rows.first.click()
        page.wait_for_timeout(600)


def _first_article(page: Page) -> None:
    links = page.locator("main a[href*='/help/en/']")
    if links.count():
        page.goto(links.first.get_attribute("href") or "/help/")


def _editor(page: Page) -> None:
    rows = page.locator("#result_list tbody th a")
    ours = rows.filter(has_text="How to return something")  # the demo's admin sees every shop
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


def _first_double(page: Page) -> None:
    _first_customer(page)
    page.get_by_role("link", name="Join with another").click()


def _beside_each_other(page: Page) -> None:
    _first_double(page)
    page.locator("main .card a").first.click()


def _around(page: Page) -> None:
    page.get_by_role("button", name="Show me around").click()
    page.wait_for_timeout(400)


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
    Screen("join", "anna", "/customers/?q=maria", _first_double, ("ordinary", "much")),
    Screen("join-with", "anna", "/customers/?q=maria", _beside_each_other, ("ordinary", "much")),
    Screen("tour-shopper", "ben", "/", _around, ("ordinary",)),
    Screen("tour-agent", "ben", "/inbox/", _around, ("ordinary",)),
    Screen("style", "boss", "/style/", contents=("ordinary",)),
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
    for theme in THEMES:
        _sheet(_taken(theme)).save(BUILD / f"sheet.{theme}.webp", quality=80)
    changed = [each for theme in THEMES for each in _differences(theme)]
    print(f"{BUILD}: {len(list(BUILD.glob('*-*-*.png')))} pictures, {len(changed)} changed")
    for name, share in changed:
        print(f"  {name}: {share:.1%} of its pixels")
    if asked.accept:
        _accept()
    return 0


def _photographs(here: Town, wanted: list[Screen]) -> Iterator[str]:
    for content, who in itertools.product(CONTENTS, (*PEOPLE, "ben")):
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


def _name(screen: str, content: str, width: int) -> str:
    return f"{screen}-{content}-{width}"


def _taken(theme: str) -> Cells:
    """Those just taken, as small as they are kept."""
    cells = {}
    for path in BUILD.glob(f"*-{theme}.png"):
        with Image.open(path) as picture:
            picture.thumbnail(CELL)
            cells[path.stem.removesuffix(f"-{theme}")] = picture.convert("RGB")
    return cells


def _accepted(theme: str) -> Cells:
    """Those on the accepted sheet, whose rows are written beside it."""
    if not (ACCEPTED / f"{theme}.webp").exists():
        return {}
    rows = json.loads((ACCEPTED / "rows.json").read_text())
    with Image.open(ACCEPTED / f"{theme}.webp") as sheet:
        return {
            _name(*row, width): sheet.convert("RGB").crop((*place, place[0] + CELL[0], place[1] + CELL[1]))
            for row, places in _places(rows)
            for width, place in zip(SIZES, places, strict=True)
        }


def _places(rows: list[list[str]]) -> Iterator[tuple[list[str], list[tuple[int, int]]]]:
    """Where the sizes of a screen stand on a sheet: two screens side by side, a name above each."""
    for number, row in enumerate(rows):
        down, across = divmod(number, 2)
        left = GAP + across * (len(SIZES) * (CELL[0] + GAP) + GAP)
        top = GAP + LABEL + down * (CELL[1] + LABEL + GAP)
        yield row, [(left + place * (CELL[0] + GAP), top) for place in range(len(SIZES))]


def _rows(cells: Cells) -> list[list[str]]:
    """The screens and contents of which there is a picture, in the order of this file."""
    pairs = ([screen.name, content] for screen in SCREENS for content in CONTENTS)
    return [pair for pair in pairs if any(_name(*pair, width) in cells for width in SIZES)]


def _sheet(cells: Cells) -> Image.Image:
    """All of one theme on one picture."""
    places = list(_places(_rows(cells)))
    width = max(left for _row, spots in places for left, _top in spots) + CELL[0] + GAP
    height = max(top for _row, spots in places for _left, top in spots) + CELL[1] + GAP
    sheet = Image.new("RGB", (width, height), "#8a8a8a")
    pen = ImageDraw.Draw(sheet)
    for row, spots in places:
        pen.text((spots[0][0], spots[0][1] - LABEL), " ".join(row), fill="white")
        for size, spot in zip(SIZES, spots, strict=True):
            if _name(*row, size) in cells:
                sheet.paste(cells[_name(*row, size)], spot)
    return sheet


def _differences(theme: str) -> Iterator[tuple[str, float]]:
    """Which pictures are not the accepted ones, and by how much; the difference itself lies beside them."""
    accepted = _accepted(theme)
    for name, picture in sorted(_taken(theme).items()):
        if name not in accepted:
            continue
        old = accepted[name].crop((0, 0, *picture.size))
        apart = ImageChops.difference(picture.convert("L"), old.convert("L")).point(lambda value: 255 * (value > 40))
        share = apart.histogram()[255] / (apart.width * apart.height)
        if share > CHANGED:
            apart.save(BUILD / f"{name}-{theme}.changed.png")
            yield f"{name}-{theme}", share


def _accept() -> None:
    """Keep these; those that were not taken this time stay as they were."""
    ACCEPTED.mkdir(parents=True, exist_ok=True)
    kept = {theme: _accepted(theme) | _taken(theme) for theme in THEMES}
    for theme, cells in kept.items():
        _sheet(cells).save(ACCEPTED / f"{theme}.webp", quality=60, method=6)
    (ACCEPTED / "rows.json").write_text(json.dumps(_rows(kept["light"])) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
