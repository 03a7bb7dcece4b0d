"""For everyone: by keyboard, at twice the size, in forced colours, and when something went wrong."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_chat import SLOW, log, own
from tests.browser.test_pages import barriers, is_too_wide

KETTLE = """
from accounts.models import Shop
from knowledge import articles, recipes
from knowledge.models import Category
shop = Shop.objects.get(slug="lumen")
shelf = Category.objects.create(shop=shop, name="Kettles", slug="kettles")
body = "## Descaling\\n\\nTo descale your kettle, boil it with two spoons of vinegar and rinse it twice.\\n"
articles.publish(articles.draft(shop, category=shelf, title="How do I descale my kettle?", body=body), embed=False)
recipes.fill()
"""
ERRORS = """
import json
from django.template.loader import render_to_string
print(json.dumps({name: render_to_string(f"{name}.html", {"seconds": 30} if name == "429" else {})
                  for name in ("403", "403_csrf", "404", "429", "500")}))
"""
TWICE = {"width": DESK["width"] // 2, "height": DESK["height"] // 2}  # what a zoom of 200 % leaves of a desk
EVERYDAY = [
    (None, "/"),
    (None, "/help/"),
    (None, "/account/login/"),
    ("maria", "/chat/new/"),
    ("maria", "/account/consent/"),
    ("anna", "/inbox/"),
    ("anna", "/team/"),
    ("boss", "/admin/"),
]


@pytest.fixture(scope="module")
def kettle(site):
    done = site.manage("shell", "-v", "0", "-c", KETTLE)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def errors(site):
    done = site.manage("shell", "-v", "0", "-c", ERRORS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def press_until(page, focused: str, key: str = "Tab") -> None:
    """Go from one thing to the next until the one that fits has the focus, and never stand nowhere on the way."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate(f"document.activeElement.matches({focused!r})"):
            return
    raise AssertionError(f"no key leads to {focused}")


def test_a_shopper_asks_reads_the_source_and_gets_a_person_by_keyboard_alone(visit, kettle):
    page = visit()
    page.goto("/")
    press_until(page, ".launcher")
    page.keyboard.press("Enter")
    expect(page.get_by_label("How can we help?")).to_be_focused()
    page.keyboard.type("How do I descale my kettle?")
    page.keyboard.press("Tab")
    page.keyboard.type("Greta Guest")
    page.keyboard.press("Enter")
    expect(own(page, "descale my kettle")).to_be_visible()
    source = log(page).locator("summary.source").filter(has_text="descale").first
    expect(source).to_be_visible(timeout=SLOW)
    press_until(page, "summary.source", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(log(page).locator("mark").first).to_be_visible()
    assert page.evaluate("document.activeElement.matches('summary.source')"), "the focus was lost"
    press_until(page, "#pane .pane-bar button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Waiting for a person").first).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body"), "she is nowhere"


@pytest.mark.parametrize(("name", "path"), EVERYDAY)
def test_a_page_at_twice_its_size_needs_no_scrolling_sideways(visit, name, path):
    page = visit(name, TWICE)
    page.goto(path)
    assert not is_too_wide(page)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()


@pytest.mark.parametrize(("name", "path"), EVERYDAY)
def test_in_forced_colours_buttons_keep_an_edge_and_the_focus_shows(visit, name, path):
    page = visit(name, forced_colors="active")
    page.goto(path)
    page.keyboard.press("Tab")
    shown = "getComputedStyle(document.activeElement)"
    assert page.evaluate(f"{shown}.outlineStyle") != "none"
    assert page.evaluate(f"parseFloat({shown}.outlineWidth)") >= 2
    flat = page.evaluate(
        "[...document.querySelectorAll('.button')].filter((one) => one.checkVisibility()"
        " && !parseFloat(getComputedStyle(one).borderTopWidth)).map((one) => one.textContent.trim())"
    )
    assert flat == []


@pytest.mark.parametrize("name", ["403", "403_csrf", "404", "429", "500"])
def test_a_page_about_trouble_shuts_nobody_out(visit, errors, name):
    page = visit(size=PHONE, reduced_motion="reduce")
    page.route("**/in/trouble/", lambda route: route.fulfill(body=errors[name], content_type="text/html"))
    page.goto("/in/trouble/")
    assert page.get_by_role("main").get_by_role("heading", level=1).count() == 1
    for size, theme in ((PHONE, "light"), (DESK, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        assert not is_too_wide(page)
        assert barriers(page) == []
