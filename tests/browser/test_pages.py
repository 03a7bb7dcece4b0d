"""Every page, in a real browser under the strict policy: nothing refused, nothing wider than a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE

PUBLIC = ["/", "/account/login/", "/account/signup/", "/account/password/reset/", "/account/consent/", "/chat/new/"]
HERS = [
    "/",
    "/account/",
    "/account/orders/",
    "/account/consent/",
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/logout/",
    "/chat/",
]
TEAMS = ["/inbox/", "/inbox/search/", "/inbox/views/", "/customers/", "/team/", "/style/"]
ADMINS = ["/admin/", "/admin/auth/group/add/", "/admin/mfa/authenticator/add/", "/admin/accounts/product/add/"]


def barriers(page) -> list[str]:
    """What axe finds between a person with a disability and this page."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    if page.url.partition("/admin/")[1]:  # mostly Django's own
        found = [one for one in found if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def is_too_wide(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        *((None, path) for path in PUBLIC),
        *(("maria", path) for path in HERS),
        *(("boss", path) for path in TEAMS + ADMINS),
    ],
)
def test_a_page_fits_obeys_the_policy_and_shuts_nobody_out(visit, name, path):
    page = visit(name, PHONE, reduced_motion="reduce")  # a colour on its way to another is neither
    assert page.goto(path).status == 200
    assert not is_too_wide(page)
    assert page.get_by_role("main").count() == 1
    assert barriers(page) == []
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="dark")
    assert not is_too_wide(page)
    assert barriers(page) == []
    if path in ADMINS:  # the jQuery of Django's forms tries a style of its own, which the policy refuses
        page.complaints[:] = [said for said in page.complaints if "inline style" not in said]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_is_laid_out_from_right_to_left(visit, path):
    page = visit(None, PHONE, locale="ar")
    assert page.goto(path).status == 200
    assert page.evaluate("getComputedStyle(document.querySelector('main')).direction") == "rtl"
    assert not is_too_wide(page)
    brand, tools = (page.locator(part).first.bounding_box() for part in (".brand", ".top-tools"))
    assert brand["x"] > tools["x"] + tools["width"] - 1


def test_a_visitor_who_only_looks_gets_no_cookie(visit):
    page = visit()
    page.goto("/")
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_missing_page_says_so_on_our_paper(visit):
    page = visit()
    answer = page.goto("/not/there/")
    assert answer.status == 404
    expect(page.get_by_role("heading", name="This page is not here")).to_be_visible()
    expect(page.get_by_role("link", name="To the front page")).to_have_attribute("href", "/")
    page.complaints.clear()  # the browser's own note on the 404


def test_the_theme_is_hers_to_choose_and_stays(visit):
    page = visit(color_scheme="light")
    page.goto("/")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_label("Language and appearance").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(paper) != light
    page.reload()
    assert page.evaluate(paper) != light
    page.get_by_label("Language and appearance").click()
    page.get_by_role("button", name="As my device").click()
    assert page.evaluate(paper) == light
    assert page.evaluate("localStorage.length") == 0


def test_the_language_is_hers_to_choose(visit):
    page = visit()
    page.goto("/account/login/")
    page.get_by_label("Language and appearance").click()
    page.get_by_role("button", name="Deutsch").click()
    page.wait_for_url("**/account/login/")
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_the_keyboard_reaches_the_content_first_and_shuts_a_menu(visit):
    page = visit()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    menu = page.get_by_label("Language and appearance")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Dark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Dark")).to_be_hidden()
    expect(menu).to_be_focused()
