"""The screens that must shine, in every size and theme, with ordinary, too much and no content, on one sheet.

python -m tests.browser.screens                 all of them, into build/screens, with what changed since last accepted
python -m tests.browser.screens --only inbox    those whose name says so
python -m tests.browser.screens --accept        take them as they are now
"""

import argparse
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from config import env
from tests.browser.crowd import FURNISH
from tests.browser.shots import ARGUMENTS, CHROMIUM
from tests.installation import Installation, installation

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


def _open_pane(page: Page) -> None:
    page.locator(".launcher").click()
    page.locator("#pane").wait_for()
    page.wait_for_timeout(400)


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
    if rows.count():
        page.goto(rows.first.get_attribute("href") or "/admin/")


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
    Screen("conversations", "maria", "/chat/"),
    Screen("help", None, "/help/"),
    Screen("article", None, "/help/", _first_article, ("ordinary", "much")),
    Screen("search", None, "/help/search/?q=How+do+I+return+a+lamp"),
    Screen("sign-in", None, "/account/login/", contents=("ordinary",)),
    Screen("sign-up", None, "/account/signup/", contents=("ordinary",)),
    Screen("consent", "maria", "/account/consent/"),
    Screen("orders", "maria", "/account/orders/"),
    Screen("inbox", "anna", "/inbox/", _first_talk),
    Screen("side", "anna", "/inbox/", _side, ("ordinary", "much")),
    Screen("team", "anna", "/team/"),
    Screen("customers", "anna", "/customers/"),
    Screen("customer", "anna", "/customers/?q=maria", _first_customer),
    Screen("admin", "boss", "/admin/"),
    Screen("editor", "boss", "/admin/knowledge/article/", _editor, ("ordinary", "much")),
]


def main() -> int:
    wish = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wish.add_argument("--only", default="", help="screens whose name has this in it")
    wish.add_argument("--accept", action="store_true", help="keep these pictures as the accepted ones")
    asked = wish.parse_args()
    wanted = [screen for screen in SCREENS if asked.only in screen.name]
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    with installation(prefix="aftersale-screens-", ALLOWED_HOSTS="localhost 127.0.0.1 .localhost") as one:
        demo = next(line.split()[-1] for line in one.up() if "maria@" in line)
        furnished = one.manage("shell", "-c", FURNISH, timeout=300)
        if furnished.returncode:
            print(furnished.stderr)
            return 1
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            passwords = {"ordinary": demo} | dict.fromkeys(CONTENTS[1:], furnished.stdout.strip().splitlines()[-1])
            for said in _photographs(browser, one, wanted, passwords):
                print(said, flush=True)
            browser.close()
    _sheet(wanted)
    changed = _differences()
    print(f"{BUILD / 'sheet.png'}: {len(list(BUILD.glob('*-*-*-*.png')))} pictures, {len(changed)} changed")
    for name, share in changed:
        print(f"  {name}: {share:.1%} of its pixels")
    if asked.accept:
        _accept()
    return 0


def _photographs(browser: Browser, one: Installation, wanted: list[Screen], passwords: dict[str, str]) -> Iterator[str]:
    for content in CONTENTS:
        host = "localhost" if content == "ordinary" else f"{content}.localhost"
        address = f"http://{host}:{one.port}"
        domain = f"{'demo' if content == 'ordinary' else content}.example"
        kept: dict[str | None, dict | None] = {None: None}
        for width, height in SIZES.items():
            for theme in THEMES:
                for screen in wanted:
                    if content not in screen.contents:
                        continue
                    if screen.who not in kept:
                        kept[screen.who] = _signed_in(browser, address, f"{screen.who}@{domain}", passwords[content])
                    yield from _photograph(browser, address, screen, content, (width, height), theme, kept[screen.who])


def _photograph(browser, address, screen, content, size, theme, state) -> Iterator[str]:
    context = browser.new_context(
        base_url=address,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,
        reduced_motion="reduce",
        has_touch=size[0] < 700,
        storage_state=state,
    )
    page = context.new_page()
    name = f"{screen.name}-{content}-{size[0]}-{theme}"
    page.on("pageerror", lambda error: print(f"{name}: {error}"))
    answer = page.goto(screen.path)
    if answer is None or answer.status >= 400:
        yield f"{name}: {answer.status if answer else 'no answer'} at {screen.path}"
    screen.then(page)
    page.wait_for_timeout(150)
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > size[0]:
        yield f"{name} is {wide} wide in a window of {size[0]}"
    page.screenshot(path=BUILD / f"{name}.png")
    context.close()


def _signed_in(browser: Browser, address: str, email: str, password: str) -> dict:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Your account", exact=True).first.wait_for()
    state = context.storage_state()
    context.close()
    return state


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
