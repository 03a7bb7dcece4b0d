"""The tours: by keyboard, out of the way, and gone for good."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.test_pages import barriers, is_too_wide


def test_an_agent_is_shown_around_by_keyboard_and_never_again(visit):
    page = visit("nina")
    page.goto("/inbox/")
    card = page.locator(".tour")
    card.get_by_role("button", name="Show me around").press("Enter")
    seen = []
    while (button := card.locator(".tour-next")).inner_text() != "I know my way":
        seen.append(page.evaluate("document.activeElement.textContent"))
        assert barriers(page) == []
        expect(page.locator("[data-toured]")).to_be_visible()
        button.press("Enter")
    assert seen[0] == "Who waits stands first"
    assert len(set(seen)) == len(seen)
    with page.expect_response("**/account/tour/agent/") as told:
        card.locator(".tour-next").press("Enter")
    assert told.value.status == 204
    expect(card).to_have_count(0)
    expect(page.locator("[data-toured]")).to_have_count(0)
    page.reload()
    expect(page.locator(".tour")).to_have_count(0)


def test_escape_ends_a_tour_on_a_phone(visit):
    page = visit("nina", PHONE)
    page.goto("/")
    card = page.locator(".tour")
    expect(card).to_be_visible()
    assert not is_too_wide(page)
    assert barriers(page) == []
    with page.expect_response("**/account/tour/shopper/"):
        card.get_by_role("button", name="Show me around").press("Escape")
    expect(card).to_have_count(0)
