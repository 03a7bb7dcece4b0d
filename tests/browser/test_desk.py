"""An agent's common hour by keyboard alone, and what she writes kept on the server."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_chat import begin, log, write
from tests.browser.test_inbox import row
from tests.browser.test_pages import barriers, is_too_wide

ARTICLE = """
from accounts.models import Shop
from chat.models import SavedReply
from knowledge import articles
shop = Shop.objects.get(slug="lumen")
words = {"text": "Dear {customer}, we are sorry. {agent}"}
kept, new = SavedReply.objects.get_or_create(shop=shop, shortcut="sorry", defaults=words)
if new:
    body = "Fill the kettle with vinegar and water. Let it stand for one hour, then rinse it twice."
    articles.publish(articles.draft(shop, title="How do I descale the kettle?", language="en", body=body))
"""


def furnish(site):
    made = site.manage("shell", "-c", ARTICLE)
    assert made.returncode == 0, made.stderr


def test_an_hour_by_keyboard_alone(visit, site):
    furnish(site)
    anna, maria = visit("anna"), visit("maria")
    talk = begin(maria, "How do I descale the kettle?", "Talk to a person")
    anna.goto("/inbox/")
    expect(row(anna, talk)).to_contain_text("waiting")
    keys = anna.keyboard
    keys.press("w")
    expect(anna).to_have_url(re.compile("/inbox/[0-9a-f-]{36}/$"))
    anna.goto(talk.replace("/chat/", "/inbox/"))  # others may have waited longer
    expect(log(anna).get_by_text("How do I descale the kettle?")).to_be_visible()
    keys.press("a")
    expect(anna.locator("#thread-hands")).to_contain_text("You have it")

    keys.press("/")
    keys.type("sor")
    options = anna.locator("#saved-replies").get_by_role("option")
    expect(options).to_have_count(1)
    keys.press("Enter")
    reply = anna.get_by_role("textbox", name="Reply")
    expect(reply).to_have_value("Dear Maria, we are sorry. Anna")
    keys.press("Enter")
    expect(log(maria).get_by_text("Dear Maria, we are sorry. Anna")).to_be_visible()

    keys.press("Escape")
    keys.press("n")
    keys.type("Has the old kettle")
    keys.press("Tab")
    keys.press("Enter")
    expect(anna.locator("#notes").get_by_text("Has the old kettle")).to_be_visible()
    anna.locator("#thread").focus()
    keys.press("t")
    keys.type("kettle")
    keys.press("Enter")
    expect(anna.get_by_role("button", name="Take off kettle")).to_be_visible()
    anna.locator("#thread").focus()
    keys.press("?")
    sheet = anna.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    keys.press("Escape")
    expect(sheet).to_be_hidden()
    anna.locator("#thread").focus()
    keys.press("e")
    expect(anna.locator("#thread-hands")).to_contain_text("closed")


def test_a_suggestion_with_its_source_is_put_in_and_edited_never_sent(visit, site):
    furnish(site)
    anna, omar = visit("anna"), visit("omar")
    talk = begin(omar, "How do I descale the kettle?", "Talk to a person")
    anna.goto(talk.replace("/chat/", "/inbox/"))
    anna.locator("#thread").focus()
    anna.keyboard.press("s")
    suggested = anna.locator(".suggestion")
    expect(suggested).to_contain_text("vinegar")
    expect(suggested.locator(".source")).to_have_count(1)
    for size, theme in ((PHONE, "light"), (DESK, "dark")):
        anna.set_viewport_size(size)
        anna.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert not is_too_wide(anna)
        assert barriers(anna) == []
    anna.keyboard.press("u")
    reply = anna.get_by_role("textbox", name="Reply")
    expect(reply).to_have_value(re.compile("vinegar"))
    expect(log(omar).get_by_text("vinegar")).to_have_count(0)
    anna.keyboard.type(" Good luck!")
    anna.wait_for_timeout(1500)  # the draft is on its way
    anna.evaluate("localStorage.clear()")
    anna.reload()
    expect(reply).to_have_value(re.compile("vinegar.*Good luck!$", re.DOTALL))
    reply.press("Enter")
    expect(log(omar).get_by_text("Good luck!")).to_be_visible()
    anna.reload()
    expect(reply).to_have_value("")


def test_what_was_said_is_found_by_key_and_opened_at_its_place(visit):
    anna, maria = visit("anna"), visit("maria")
    talk = begin(maria, "A zebra ate the parcel", "Talk to a person")
    for number in range(12):
        write(maria, f"And then, number {number}, a long story follows. " * 8)
    anna.goto("/inbox/")
    anna.keyboard.press("/")
    expect(anna).to_have_url(re.compile("/inbox/search/"))
    expect(anna.get_by_role("searchbox", name="Words of a message")).to_be_focused()
    anna.keyboard.type("zebra")
    anna.keyboard.press("Enter")
    expect(anna.locator("#found mark")).to_have_text("zebra")
    for size, theme in ((PHONE, "light"), (DESK, "dark")):
        anna.set_viewport_size(size)
        anna.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert not is_too_wide(anna)
        assert barriers(anna) == []
    anna.get_by_role("link").filter(has_text="zebra").click()
    expect(anna).to_have_url(re.compile(talk.rsplit("/chat/", 1)[1]))
    sought = log(anna).get_by_text("A zebra ate the parcel")
    expect(sought).to_be_in_viewport()
    expect(log(anna).get_by_text("number 11,")).to_have_count(1)  # what came later is there, too, further down
    expect(sought).to_be_in_viewport()
    anna.locator("#thread").focus()
    anna.keyboard.press("f")
    expect(anna).to_have_url(re.compile("/inbox/search/$"))


def test_many_are_chosen_and_closed_by_keyboard_alone(visit):
    anna, maria, omar = visit("anna"), visit("maria"), visit("omar")
    talks = [begin(who, f"One of many {n}", "Talk to a person") for n, who in enumerate((maria, omar, maria))]
    anna.goto("/inbox/?list=waiting")
    bar = anna.get_by_role("form", name="With the chosen conversations")
    expect(bar).to_be_hidden()
    for talk in talks[:2]:
        row(anna, talk).get_by_role("link").focus()
        anna.keyboard.press("x")
    expect(bar).to_contain_text("2 chosen")
    for size, theme in ((PHONE, "light"), (DESK, "dark")):
        anna.set_viewport_size(size)
        anna.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert not is_too_wide(anna)
        assert barriers(anna) == []
    anna.keyboard.press("t")
    expect(bar.get_by_label("Tag for all")).to_be_focused()
    anna.keyboard.type("many")
    anna.keyboard.press("Enter")
    expect(anna.get_by_text("Done with 2 conversations.")).to_be_visible()
    row(anna, talks[0]).get_by_role("link").focus()
    anna.keyboard.press("x")
    anna.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    for talk in talks:
        row(anna, talk).get_by_role("link").focus()
        anna.keyboard.press("x")
    anna.keyboard.press("e")
    expect(anna.get_by_text("Done with 3 conversations.")).to_be_visible()
    for talk in talks:
        expect(row(anna, talk)).to_have_count(0)


def test_how_an_answer_came_about_and_what_a_talk_is_about_open_by_key(visit, site):
    furnish(site)
    anna, maria = visit("anna"), visit("maria")
    talk = begin(maria, "How do I descale the kettle?")
    expect(log(maria).get_by_text("vinegar").first).to_be_visible(timeout=30_000)
    anna.goto(talk.replace("/chat/", "/inbox/"))
    expect(log(anna).get_by_text("vinegar").first).to_be_visible()
    anna.locator("#thread").focus()
    anna.keyboard.press("y")
    why = log(anna).locator(".why")
    expect(why).to_contain_text("Passages it looked at")
    expect(why).to_contain_text("How do I descale the kettle?")
    anna.locator("#thread").focus()
    anna.keyboard.press("i")
    expect(anna.locator("#thread").get_by_text("Began with")).to_be_visible()
    for size, theme in ((PHONE, "light"), (DESK, "dark")):
        anna.set_viewport_size(size)
        anna.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert not is_too_wide(anna)
        assert barriers(anna) == []
    expect(maria.get_by_text("Why this answer")).to_have_count(0)


ASKS = """
from accounts.models import Shop
Shop.objects.filter(slug="lumen").update(questions={})
"""


def test_a_shopper_begins_with_a_question_that_is_offered(visit, site):
    offered = ["Do you ship abroad?", "What does it cost?"]
    assert site.manage("shell", "-c", ASKS.format(offered)).returncode == 0
    try:
        maria = visit("maria", PHONE)
        maria.goto("/chat/new/")
        chips = maria.get_by_role("list", name="Often asked")
        expect(chips.get_by_role("button", name="Do you ship abroad?")).to_be_visible()
        assert not is_too_wide(maria)
        assert barriers(maria) == []
        words = maria.get_by_label("How can we help?")
        words.fill("My own")
        expect(chips).to_be_hidden()
        words.fill("")
        chips.get_by_role("button", name="Do you ship abroad?").click()
        maria.wait_for_url(re.compile(r"/chat/[0-9a-f-]{36}/$"))
        expect(log(maria).get_by_text("Do you ship abroad?")).to_be_visible()
    finally:
        assert site.manage("shell", "-c", ASKS.format([])).returncode == 0


def test_a_view_is_kept_opened_and_dropped(visit):
    anna, maria, omar = visit("anna"), visit("maria"), visit("omar")
    hers = begin(maria, "My lamp hums like a kettle", "Talk to a person")
    his = begin(omar, "My rug is crooked", "Talk to a person")
    anna.goto("/inbox/views/")
    for size, theme in ((PHONE, "light"), (DESK, "dark")):
        anna.set_viewport_size(size)
        anna.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert not is_too_wide(anna)
        assert barriers(anna) == []
    anna.get_by_label("Name").fill("Kettles")
    anna.get_by_label("Words in the last message").fill("kettle")
    anna.get_by_role("button", name="Keep this view").click()
    anna.goto("/inbox/")
    anna.get_by_role("link", name=re.compile("^Kettles")).click()
    expect(row(anna, hers)).to_be_visible()
    expect(row(anna, his)).to_have_count(0)
    anna.goto("/inbox/views/")
    anna.get_by_role("button", name="Remove Kettles").click()
    expect(anna.get_by_role("link", name="Kettles")).to_have_count(0)
