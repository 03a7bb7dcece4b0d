"""The chat on a shop's own page: two sites, one browser, and a helpdesk that may be away."""

import io
import json
import re
import time
from collections.abc import Callable, Iterator

import jwt
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.storefront import MEASURE, Line, Storefront
from tests.installation import free_port, wait_for

SLOW = 30_000
OPEN = """
import json
from accounts import opening
from accounts.models import Shop
from chat import widget
from tests import factories
shop, other = Shop.objects.get(slug="lumen"), factories.ShopFactory(slug="other", name="Other")
[widget.allow(shop, origin) for origin in {origins!r}]
print(json.dumps([opening.new_widget_secret(shop), opening.new_widget_secret(other)]))
"""
# Rules of a shop that never thought of us: what names no element of its own reaches everything on the page.
RUDE = """<style>html > *, html > * * { all: unset; font-family: cursive; color: red; rotate: 9deg;
    letter-spacing: 1em }
button, iframe, dialog { display: none; inline-size: 1px; background: yellow; transform: rotate(9deg) }</style>"""
# Another frame of the page, of its own origin, in which something runs; told when it has.
STRANGER = """(script) => new Promise((done) => {
    const stranger = Object.assign(document.createElement("iframe"), {srcdoc: `<script>${script}</` + "script>"});
    stranger.onload = () => setTimeout(done, 300);
    document.body.append(stranger);
})"""
FRAME = "document.querySelector('aftersale-chat').shadowRoot.querySelector('iframe').contentWindow"


@pytest.fixture(scope="module")
def storefront() -> Iterator[Storefront]:
    front = Storefront()
    yield front
    front.server.shutdown()


@pytest.fixture(scope="module")
def secrets(site, storefront) -> list[str]:
    """What the shop's server signs with, and what another shop's does; the shop's site may show the chat."""
    done = site.manage("shell", "-v0", "-c", OPEN.format(origins=[storefront.address, storefront.near]))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def tag(site, secrets) -> Callable[..., str]:
    """The line of HTML that brings the chat."""

    def line(helpdesk: str = "", **about: str) -> str:
        told = "".join(f' data-{name}="{value}"' for name, value in ({"shop": "lumen"} | about).items())
        return f'<script src="{helpdesk or site.address}/widget.js"{told} async></script>'

    return line


@pytest.fixture
def shop(visit, storefront) -> Callable[..., Page]:
    """A window on a page of the shop: shop(tag()), shop(tag(), PHONE, near=True). What it asks for is written down."""

    def window(head: str, size=DESK, *, near: bool = False, root: str = "", name=None, **options) -> Page:
        page = visit(name, size, **options)
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda line: page.said.append(line.text) if line.type in {"error", "warning"} else None)
        page.add_init_script(MEASURE)
        page.goto((storefront.near if near else storefront.address) + storefront.page(head, root))
        return page

    return window


def sign(secret: str, minutes: float = 10, **claims: str) -> str:
    return jwt.encode(
        {"email": "maria@example.com", "name": "Maria", "exp": time.time() + minutes * 60} | claims, secret
    )


def launcher(page: Page):
    return page.get_by_role("button", name="Ask us")


def pane(page: Page) -> FrameLocator:
    return page.frame_locator("aftersale-chat iframe")


def ask(page: Page, words: str) -> FrameLocator:
    launcher(page).click()
    frame = pane(page)
    frame.get_by_label("How can we help?").fill(words)
    frame.get_by_role("button", name="Start").click()
    expect(own(frame, words)).to_be_visible()
    return frame


def own(frame: FrameLocator, words: str):
    return frame.get_by_role("log").locator(".message[data-own]").filter(has_text=words)


def kept(page: Page) -> tuple[list, int]:
    return page.context.cookies(), page.evaluate("localStorage.length + sessionStorage.length")


def focused(page: Page) -> str:
    return page.evaluate(
        "document.activeElement.shadowRoot?.activeElement?.className ?? document.activeElement.tagName"
    )


# A guest


def test_before_the_click_one_script_is_loaded_nothing_is_kept_and_nothing_moves(shop, tag, site):
    page = shop(tag())
    expect(launcher(page)).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert [url for url in page.asked if url.startswith(site.address)] == [f"{site.address}/widget.js"]
    assert kept(page) == ([], 0)
    assert page.evaluate("shifts") == 0
    assert page.evaluate("document.body.querySelectorAll('*').length") == 5  # ours, and nothing among it
    assert page.evaluate("Object.keys(window).filter((name) => /aftersale/i.test(name))") == ["aftersale"]


def test_a_guest_asks_is_answered_and_is_known_again_on_the_next_page(shop, tag, visit, site):
    page = shop(tag(), near=True)  # of the same site: this browser lets the frame of another keep nothing
    launcher(page).click()
    frame = pane(page)
    expect(frame.get_by_label("How can we help?")).to_be_focused()
    assert frame.get_by_role("checkbox").count() > 1  # consent is asked before a word is said
    frame.get_by_label("How can we help?").fill("Where is my lamp?")
    frame.get_by_role("button", name="Talk to a person").click()
    expect(own(frame, "Where is my lamp?")).to_be_visible()
    expect(frame.get_by_text("Waiting for a person")).to_be_visible()

    anna = visit("anna")
    anna.goto("/inbox/")
    anna.get_by_role("link", name=re.compile("Where is my lamp")).click()
    anna.get_by_role("button", name="Accept").click()
    reply = anna.get_by_role("textbox", name="Reply")
    reply.fill("On its way to you.")
    anna.get_by_role("button", name="Send", exact=True).click()
    expect(frame.get_by_role("log").get_by_text("On its way to you.")).to_be_visible()

    frame.get_by_role("button", name="Close the chat").click()
    expect(page.locator("aftersale-chat dialog")).to_be_hidden()
    reply.fill("It comes on Tuesday.")
    anna.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("button", name="Ask us. New messages: 1")).to_be_visible(timeout=SLOW)
    launcher(page).click()
    expect(frame.get_by_role("log").get_by_text("It comes on Tuesday.")).to_be_visible()
    frame.get_by_role("button", name="Close the chat").click()
    expect(page.get_by_role("button", name="Ask us", exact=True)).to_be_visible()

    assert kept(page) == ([], 0)
    page.reload()
    launcher(page).click()
    expect(pane(page).get_by_role("log").get_by_text("It comes on Tuesday.")).to_be_visible(timeout=SLOW)
    assert page.evaluate("shifts") == 0


def test_her_picture_is_sent_and_shown(shop, tag):
    page = shop(tag())
    frame = ask(page, "It arrived like this")
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(picture, "PNG")

    frame.get_by_label("Attach a file").set_input_files(
        {"name": "broken.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    expect(frame.get_by_role("button", name="Remove: broken.png")).to_be_visible()
    frame.get_by_role("button", name="Send", exact=True).click()

    shown = frame.get_by_role("img", name="broken.png")
    expect(shown).to_be_visible()
    assert wait_for(lambda: shown.evaluate("(image) => image.naturalWidth") > 0)
    with page.expect_download() as saved:
        shown.click()
    assert saved.value.suggested_filename == "broken.png"


def test_what_she_allows_is_changed_inside_the_pane(shop, tag):
    page = shop(tag())
    frame = ask(page, "Hello")
    frame.get_by_label("More").click()
    frame.get_by_role("link", name="What you allow us").click()
    box = frame.get_by_role("checkbox", name=re.compile("Answers that know you"))
    box.check()
    frame.get_by_role("button", name="Save my choices").click()
    expect(frame.get_by_text("Your choices are saved.")).to_be_visible()
    frame.get_by_label("Back to the conversation").click()
    expect(own(frame, "Hello")).to_be_visible()


# Somebody signed in to the shop


def test_the_shop_says_who_she_is_on_every_page(shop, tag, secrets):
    page = shop(tag(token=sign(secrets[0], email="nora@example.com")))
    ask(page, "It is me, Nora")
    page.reload()
    launcher(page).click()
    expect(own(pane(page), "It is me, Nora")).to_be_visible()

    page.evaluate("aftersale.identify(null)")  # she signs out
    expect(pane(page).get_by_label("How can we help?")).to_be_visible()
    assert "Nora" not in pane(page).locator("body").inner_text()
    page.evaluate("(token) => aftersale.identify(async () => token)", sign(secrets[0], email="nora@example.com"))
    expect(own(pane(page), "It is me, Nora")).to_be_visible()


def test_what_she_asked_as_a_guest_is_hers_when_she_signs_in(shop, tag, secrets):
    page = shop(tag())
    ask(page, "Before I signed in")
    page.evaluate("(token) => aftersale.identify(token)", sign(secrets[0], email="vera@example.com"))
    expect(own(pane(page), "Before I signed in")).to_be_visible()
    other = shop(tag(token=sign(secrets[0], email="vera@example.com")))
    launcher(other).click()
    expect(own(pane(other), "Before I signed in")).to_be_visible()


@pytest.mark.parametrize(
    ("why", "token"),
    [
        ("expired", lambda hers, others: sign(hers, minutes=-5)),
        ("forged", lambda hers, others: sign(hers)[:-4] + "AAAA"),
        ("forged", lambda hers, others: sign(others)),
        ("toolong", lambda hers, others: sign(hers, minutes=600)),
    ],
)
def test_a_token_that_proves_nothing_makes_a_guest_and_says_so(shop, tag, secrets, why, token):
    page = shop(tag(token=token(*secrets)))
    launcher(page).click()
    expect(pane(page).get_by_text("so you write as a guest")).to_be_visible()
    expect(pane(page).get_by_label("How can we help?")).to_be_visible()

    assert [line for line in page.said if line.startswith("aftersale")] == [
        f"aftersale: this shopper's token was refused ({why}); they write as a guest."
    ]
    page.complaints.clear()  # the browser reports the 403 by itself


def test_who_is_signed_in_to_the_helpdesk_is_nobody_in_the_frame(shop, tag, site, visit):
    hers = visit("maria")
    hers.goto("/chat/new/")
    hers.get_by_label("How can we help?").fill("In my own window")
    hers.get_by_role("button", name="Start").click()
    expect(hers.get_by_role("log").get_by_text("In my own window")).to_be_visible()

    page = shop(tag(), near=True, name="maria")  # the same site: a browser would send her cookie
    launcher(page).click()
    expect(pane(page).get_by_label("How can we help?")).to_be_visible()
    frame = ask_in(pane(page), "In the frame")
    expect(frame.get_by_role("log").get_by_text("In my own window")).to_have_count(0)
    before = {(cookie["name"], cookie["value"]) for cookie in hers.context.cookies()}
    assert {(cookie["name"], cookie["value"]) for cookie in page.context.cookies()} <= before


def ask_in(frame: FrameLocator, words: str) -> FrameLocator:
    frame.get_by_label("How can we help?").fill(words)
    frame.get_by_role("button", name="Start").click()
    expect(own(frame, words)).to_be_visible()
    return frame


# The page around it


def test_a_site_that_is_not_on_the_list_shows_no_chat(shop, tag):
    page = shop(tag(shop="other"))
    launcher(page).click()
    expect(page.get_by_text("The chat cannot be reached just now")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    assert page.locator("aftersale-chat iframe").count() == 0
    assert len(page.said) <= 2
    assert any("frame-ancestors" in line for line in page.said), page.said
    page.complaints.clear()


def test_page_and_frame_hear_each_other_and_nobody_else(shop, tag):
    page = shop(tag())
    launcher(page).click()
    expect(pane(page).get_by_label("How can we help?")).to_be_visible()
    page.evaluate(STRANGER, "parent.postMessage({aftersale: 'shut'}, '*')")
    page.evaluate("window.postMessage({aftersale: 'shut'}, '*')")
    expect(page.locator("aftersale-chat dialog")).to_be_visible()

    page.evaluate(STRANGER, f"parent.{FRAME}.postMessage({{aftersale: 'hidden'}}, '*')")
    expect(pane(page).locator("#pane")).to_be_visible()
    page.evaluate(f"{FRAME}.postMessage({{aftersale: 'hidden'}}, '*')")
    expect(pane(page).locator("#pane")).to_be_hidden()  # the page itself is heard


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_by_keyboard_alone(shop, tag, size):
    page = shop(tag(), size)
    expect(launcher(page)).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused(page) == "launcher"
    page.keyboard.press("Enter")
    expect(pane(page).locator(":focus")).to_be_visible()
    box = page.locator("aftersale-chat dialog").bounding_box()
    if size is PHONE:
        assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, size["width"], size["height"])
    else:
        assert box["width"] == 400
    page.keyboard.press("Escape")
    expect(page.locator("aftersale-chat dialog")).to_be_hidden()
    assert focused(page) == "launcher"

    page.keyboard.press("Enter")
    expect(pane(page).locator(":focus")).to_be_visible()
    pane(page).get_by_label("More").click()
    page.keyboard.press("Escape")  # shuts the menu, and only that
    expect(page.locator("aftersale-chat dialog")).to_be_visible()


def test_a_pane_over_a_phone_leaves_nothing_else_to_reach_and_gives_it_back(shop, tag):
    page = shop(tag(), PHONE)
    launcher(page).click()
    expect(pane(page).locator("#pane")).to_be_visible()
    assert page.evaluate("document.elementFromPoint(180, 390).tagName") == "AFTERSALE-CHAT"
    page.get_by_role("link", name="To the bottom").evaluate("(link) => link.focus()")
    assert focused(page) != "A"  # the page is inert

    page.set_viewport_size(DESK)  # she turns the tablet round
    expect(pane(page).locator("#pane")).to_be_visible()
    page.get_by_role("link", name="To the bottom").focus()
    assert focused(page) == "A"
    pane(page).get_by_role("button", name="Close the chat").click()
    expect(launcher(page)).to_be_visible()


def test_it_stands_at_the_end_of_the_line_speaks_the_page_and_moves_only_for_who_likes_it(shop, tag, site):
    page = shop(tag(), root='dir="rtl"', reduced_motion="reduce", color_scheme="dark")
    assert launcher(page).bounding_box()["x"] == 16
    launcher(page).click()
    assert page.locator("aftersale-chat dialog").bounding_box()["x"] == 16
    assert page.locator("aftersale-chat dialog").evaluate("(pane) => getComputedStyle(pane).animationName") == "none"
    expect(pane(page).locator("#pane")).to_be_visible()
    dark = pane(page).locator("#pane").evaluate("(pane) => getComputedStyle(pane).backgroundColor")

    light = shop(tag(theme="light", lang="de-AT"), color_scheme="dark")
    light.get_by_role("button", name="Fragen Sie uns").click()
    expect(pane(light).locator("#pane")).to_be_visible()
    assert pane(light).locator("html").get_attribute("lang") == "de"
    assert pane(light).locator("#pane").evaluate("(pane) => getComputedStyle(pane).backgroundColor") != dark


def test_no_rule_of_the_page_reaches_it(shop, tag):
    plain, rude = shop(tag()), shop(RUDE + tag())
    for page in (plain, rude):
        expect(launcher(page)).to_be_visible()
    assert launcher(rude).bounding_box() == launcher(plain).bounding_box()
    look = "(one) => ['color', 'font', 'letter-spacing', 'background'].map((name) => getComputedStyle(one)[name])"
    assert launcher(rude).evaluate(look) == launcher(plain).evaluate(look)
    for page in (plain, rude):
        launcher(page).click()
        expect(pane(page).locator("#pane")).to_be_visible()
    frames = [page.locator("aftersale-chat iframe") for page in (rude, plain)]
    assert frames[0].bounding_box() == frames[1].bounding_box()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(shop, tag, scheme):
    page = shop(tag(), PHONE, reduced_motion="reduce", color_scheme=scheme)
    expect(launcher(page)).to_be_visible()
    assert violations(page) == []
    launcher(page).click()
    expect(pane(page).locator("#pane")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def violations(page: Page) -> list[str]:
    """What axe finds, with what is in shadows and in frames."""
    axe = Axe()
    for frame in page.frames:
        frame.evaluate(axe.axe_script)
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


# A helpdesk that is away


def test_a_page_whose_helpdesk_is_stopped_is_whole_and_has_one_line_in_its_console(shop, tag):
    page = shop(tag(f"http://localhost:{free_port()}"))
    page.get_by_role("link", name="To the bottom").click()
    assert page.url.endswith("#bottom")
    assert page.locator("aftersale-chat").count() == 0
    assert page.evaluate("shifts") == 0
    assert len(page.said) == 1
    page.complaints.clear()


def test_a_page_does_not_wait_for_a_helpdesk_that_says_nothing(shop, tag, visit, storefront, site):
    line = Line(site.port)
    line.is_deaf = True
    page = visit()
    page.add_init_script(MEASURE)
    page.goto(storefront.address + storefront.page(tag(line.address)), wait_until="domcontentloaded")
    page.get_by_role("link", name="To the bottom").click()
    assert wait_for(lambda: page.evaluate("painted") > 0)
    assert page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd") < 2000
    assert page.evaluate("shifts") == 0
    line.cut()
    page.complaints.clear()


def test_a_helpdesk_that_dies_before_the_click_is_spoken_of_calmly(shop, tag, site):
    line = Line(site.port)
    page = shop(tag(line.address))
    expect(launcher(page)).to_be_visible()
    line.cut()

    launcher(page).click()
    expect(page.get_by_text("The chat cannot be reached just now")).to_be_visible()
    page.get_by_role("link", name="To the bottom").click()
    assert len(page.said) <= 1, page.said
    page.complaints.clear()

    line.mend()
    page.get_by_role("button", name="Try again").click()
    expect(pane(page).get_by_label("How can we help?")).to_be_visible()
    line.cut()


def test_what_she_writes_while_the_helpdesk_is_away_is_sent_when_it_is_back(shop, tag, site):
    line = Line(site.port)
    page = shop(tag(line.address))
    frame = ask(page, "Are you there?")
    line.cut()
    frame.get_by_role("textbox", name="Message").fill("I can wait")
    frame.get_by_role("button", name="Send", exact=True).click()
    expect(frame.get_by_text("The connection is away")).to_be_visible(timeout=SLOW)

    line.mend()
    expect(own(frame, "I can wait")).to_contain_text("Sent", timeout=SLOW)
    line.cut()
    page.complaints.clear()  # a browser reports every socket that does not open
