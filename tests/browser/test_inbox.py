"""The agents' inbox in a real browser: rows that move, threads that open, one pane at a time on a phone."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.test_chat import SLOW, begin, log, more, only_the_line, own, write


def row(page, talk: str):
    """The line of a conversation in the list, by the address of its page."""
    return page.locator(f"#thread-{talk.rstrip('/').rsplit('/', 1)[-1]}")


def test_the_list_lives_without_a_reload(visit):
    anna, maria = visit("anna"), visit("maria")
    anna.goto("/inbox/")
    talk = begin(maria, "I wait in the list", "Talk to a person")
    mine = row(anna, talk)
    expect(mine).to_contain_text("waiting")
    mine.get_by_role("link").click()
    expect(anna).to_have_url(re.compile("/inbox/[0-9a-f-]{36}/$"))
    expect(log(anna).get_by_text("I wait in the list")).to_be_visible()
    expect(anna.get_by_role("complementary", name="About this customer")).to_contain_text("asked for a person")
    expect(mine.get_by_role("link")).to_have_attribute("aria-current", "true")

    anna.get_by_role("button", name="Accept").click()
    expect(mine).to_contain_text("Anna")
    write(anna, "Here I am")
    expect(log(maria).get_by_text("Here I am")).to_be_visible()
    more(anna).click()
    anna.get_by_role("button", name="Bot off here").click()
    expect(anna.get_by_role("button", name="Bot off here")).to_be_hidden()
    more(anna).click()
    expect(anna.get_by_role("button", name="Bot on here")).to_be_visible()
    anna.get_by_role("button", name="Close", exact=True).click()
    expect(mine).to_contain_text("closed")
    anna.go_back()
    expect(anna).to_have_url(re.compile("/inbox/$"))
    expect(anna.get_by_role("heading", name="Choose a conversation")).to_be_visible()
    expect(mine).to_have_count(0)


def test_a_half_written_reply_waits_while_another_thread_is_open(visit):
    anna, maria, omar = visit("anna"), visit("maria"), visit("omar")
    first = begin(maria, "The first question", "Talk to a person")
    second = begin(omar, "The second question", "Talk to a person")
    anna.goto("/inbox/")
    row(anna, first).get_by_role("link").click()
    reply = anna.get_by_role("textbox", name="Reply")
    expect(log(anna).get_by_text("The first question")).to_be_visible()
    reply.fill("half a reply")
    row(anna, second).get_by_role("link").click()
    expect(log(anna).get_by_text("The second question")).to_be_visible()
    expect(reply).to_have_value("")
    row(anna, first).get_by_role("link").click()
    expect(log(anna).get_by_text("The first question")).to_be_visible()
    expect(reply).to_have_value("half a reply")
    reply.fill("")


def test_only_one_has_it_and_a_colleague_says_so_before_taking_it(visit):
    anna, boss, maria = visit("anna"), visit("boss"), visit("maria")
    talk = begin(maria, "Who is it?", "Talk to a person").replace("/chat/", "/inbox/")
    anna.goto(talk)
    boss.goto(talk)
    anna.get_by_role("button", name="Accept").click()
    over = boss.get_by_role("button", name="Take over from Anna")
    expect(over).to_be_visible()
    write(boss, "me too")
    expect(own(boss, "me too")).to_contain_text("Take it over first.")
    boss.get_by_role("button", name="Remove", exact=True).click()
    expect(own(boss, "me too")).to_have_count(0)
    over.click()
    expect(boss.get_by_role("button", name="Give back to the bot")).to_be_visible()
    expect(anna.get_by_role("button", name="Take over from Boss")).to_be_visible()
    expect(log(maria).get_by_text("Boss joined the conversation.")).to_be_visible()


def test_a_phone_shows_one_pane_at_a_time(visit):
    anna, maria = visit("anna", PHONE), visit("maria", PHONE)
    talk = begin(maria, "From phone to phone", "Talk to a person")
    anna.goto("/inbox/")
    expect(log(anna)).to_be_hidden()
    row(anna, talk).get_by_role("link").click()
    expect(log(anna).get_by_text("From phone to phone")).to_be_visible()
    expect(row(anna, talk)).to_be_hidden()
    send = anna.get_by_role("button", name="Send", exact=True)
    expect(send).to_be_in_viewport(ratio=1)
    anna.get_by_role("link", name="Back to the list").click()
    expect(row(anna, talk)).to_be_visible()
    expect(log(anna)).to_be_hidden()


def test_the_list_catches_up_when_its_line_was_away(visit):
    anna, maria = visit("anna"), visit("maria")
    anna.route_web_socket(re.compile("/ws/inbox/$"), lambda socket: socket.close())
    anna.goto("/inbox/")
    talk = begin(maria, "Seen without a socket", "Talk to a person")
    expect(row(anna, talk)).to_contain_text("waiting", timeout=SLOW)
    only_the_line(anna)


def test_an_agents_round_by_keyboard_alone(visit):
    anna, maria = visit("anna"), visit("maria")
    talk = begin(maria, "Only keys from here", "Talk to a person")
    anna.goto("/inbox/")
    row(anna, talk).get_by_role("link").focus()
    anna.keyboard.press("Enter")
    expect(log(anna).get_by_text("Only keys from here")).to_be_visible()
    thread = anna.get_by_role("region", name="Conversation", exact=True)
    reached = _tab_to(anna, "Accept")
    assert reached < 40
    anna.keyboard.press("Enter")
    expect(thread.get_by_text("You have it")).to_be_visible()
    reply = anna.get_by_role("textbox", name="Reply")
    reply.focus()
    anna.keyboard.type("I have it")
    anna.keyboard.press("Enter")
    expect(log(maria).get_by_text("I have it")).to_be_visible()
    expect(reply).to_be_focused()
    while anna.evaluate("document.activeElement.value ?? ''") != "give_back":
        anna.keyboard.press("Shift+Tab")
    anna.keyboard.press("Enter")
    expect(log(maria).get_by_text("The assistant is back")).to_be_visible()
    assert anna.evaluate("document.activeElement !== document.body"), "she is nowhere"


def _tab_to(page, name: str) -> int:
    """Press Tab until the button of this name has the focus; how often it took."""
    for times in range(1, 60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == name:
            return times
    raise AssertionError(f"no key leads to {name}")
