"""A customer's page in a real browser: notes and tags without a reload, on a phone and beside a talk."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_chat import begin
from tests.browser.test_inbox import row
from tests.browser.test_pages import barriers, is_too_wide


def test_a_note_and_a_tag_beside_a_talk_and_on_her_page(visit):
    anna, maria = visit("anna"), visit("maria")
    talk = begin(maria, "Who am I to you?", "Talk to a person")
    anna.goto("/inbox/")
    row(anna, talk).get_by_role("link").click()
    side = anna.get_by_role("complementary", name="About this customer")
    side.get_by_label("Write a note").fill("Prefers a call <b>after six</b>.")
    side.get_by_role("button", name="Add the note").click()
    expect(side.get_by_role("listitem").filter(has_text="Prefers a call <b>after six</b>.")).to_be_visible()
    expect(side.get_by_label("Write a note")).to_have_value("")
    side.get_by_label("A tag").fill("patient")
    side.get_by_label("A tag").press("Enter")
    expect(side.get_by_role("button", name="Take off patient")).to_be_visible()
    expect(anna).to_have_url(re.compile("/inbox/"))

    side.get_by_role("link", name="Maria").click()
    expect(anna).to_have_url(re.compile("/customers/[0-9a-f-]{36}/$"))
    expect(anna.get_by_role("heading", name="Maria", exact=True)).to_be_visible()
    expect(anna.get_by_text("Prefers a call <b>after six</b>.")).to_be_visible()
    expect(anna.locator("#talks").get_by_text("Who am I to you?")).to_be_visible()
    anna.get_by_role("button", name="Take off patient").click()
    expect(anna.get_by_role("button", name="Take off patient")).to_have_count(0)
    anna.get_by_role("button", name="Remove this note").click()
    expect(anna.get_by_text("Prefers a call")).to_have_count(0)
    for size, theme in ((PHONE, "light"), (DESK, "dark")):
        anna.set_viewport_size(size)
        anna.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert not is_too_wide(anna)
        assert barriers(anna) == []


def test_the_list_narrows_while_one_types(visit):
    maria, anna = visit("maria"), visit("anna", PHONE)
    begin(maria, "Find me")
    anna.goto("/customers/")
    anna.get_by_label("Find a customer").press_sequentially("mar")
    expect(anna).to_have_url(re.compile("q=mar"))
    found = anna.get_by_role("region", name="Customers").get_by_role("link")
    expect(found.filter(has_text="maria@")).to_be_visible()
    anna.get_by_label("Find a customer").fill("nobody at all")
    expect(anna.get_by_role("heading", name="Nobody by these words")).to_be_visible()
