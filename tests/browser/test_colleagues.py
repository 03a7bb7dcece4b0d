"""Two agents in two browsers at one talk: each sees the other, and what the other has just said."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_chat import begin, log, write
from tests.browser.test_inbox import row
from tests.browser.test_pages import barriers, is_too_wide

SOON = 2000  # milliseconds in which a colleague must appear


def test_each_sees_the_other_and_who_writes_and_the_shopper_sees_neither(visit):
    anna, boss, maria = visit("anna"), visit("boss"), visit("maria")
    talk = begin(maria, "Who looks at this?", "Talk to a person")
    here = talk.replace("/chat/", "/inbox/")
    anna.goto(here)
    expect(anna.locator("#company")).to_be_hidden()
    boss.goto(here)
    expect(log(boss).get_by_text("Who looks at this?")).to_be_visible()
    expect(anna.locator("#company")).to_have_text("Boss is here, too.", timeout=SOON)
    expect(boss.locator("#company")).to_have_text("Anna is here, too.", timeout=SOON)
    anna.get_by_role("textbox", name="Reply").press_sequentially("Dear")
    expect(log(boss).get_by_text("Anna is writing")).to_be_visible(timeout=SOON)
    assert "is here, too" not in maria.locator("main").inner_text()
    boss.goto("/inbox/")
    expect(anna.locator("#company")).to_be_hidden(timeout=SOON)


def test_a_colleagues_reply_of_seconds_ago_is_said_before_she_sends(visit):
    anna, boss, omar = visit("anna"), visit("boss"), visit("omar")
    talk = begin(omar, "Two heads for one question", "Talk to a person").replace("/chat/", "/inbox/")
    anna.goto(talk)
    boss.goto(talk)
    boss.get_by_role("button", name="Accept").click()
    expect(boss.locator("#thread-hands")).to_contain_text("You have it")
    warning = anna.locator("#replied")
    anna.get_by_role("textbox", name="Reply").fill("I was about to say the same")
    expect(warning).to_be_hidden()
    write(boss, "It ships tomorrow")
    expect(warning).to_contain_text(re.compile(r"Boss replied \d s ago"))
    expect(boss.locator("#replied")).to_be_hidden()  # she knows what she said
    anna.reload()
    expect(warning).to_contain_text(re.compile(r"Boss replied \d+ s ago"))
    for size, theme in ((PHONE, "light"), (DESK, "dark")):
        anna.set_viewport_size(size)
        anna.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert not is_too_wide(anna)
        assert barriers(anna) == []
    expect(warning).to_be_hidden(timeout=40_000)


EARS = """
window.asked = 0; window.notices = []; window.tones = 0;
window.Notification = class {
  static permission = sessionStorage.getItem("granted") ?? "default";
  static async requestPermission() {
    window.asked += 1;
    sessionStorage.setItem("granted", "granted");
    return (window.Notification.permission = "granted");
  }
  constructor(title) { window.notices.push(title); }
};
const create = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return create.call(this); };
document.hasFocus = () => false;
"""


def heard(page):
    return page.evaluate("[asked, notices.length, tones]")


def test_she_is_told_of_who_waits_only_after_she_asked_for_it(visit):
    anna, maria, omar = visit("anna"), visit("maria"), visit("omar")
    anna.add_init_script(EARS)
    anna.goto("/inbox/?list=waiting")
    bell = anna.get_by_role("button", name="Sound and notices")
    expect(bell).to_have_attribute("aria-pressed", "false")
    first = begin(maria, "Quietly, please", "Talk to a person")
    expect(row(anna, first)).to_be_visible()
    assert heard(anna) == [0, 0, 0]
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")
    assert heard(anna) == [1, 0, 2]  # asked once; it says how it sounds
    second = begin(omar, "Now aloud", "Talk to a person")
    expect(row(anna, second)).to_be_visible()
    anna.wait_for_function("notices.length === 1")
    assert anna.evaluate("notices") == ["Omar waits"]
    assert heard(anna) == [1, 1, 4]
    anna.reload()
    expect(bell).to_have_attribute("aria-pressed", "true")
    assert heard(anna) == [0, 0, 0]  # what stood there when she came is no news
    bell.click()
    third = begin(maria, "Quiet again", "Talk to a person")
    expect(row(anna, third)).to_be_visible()
    assert heard(anna) == [0, 0, 0]


def test_she_is_told_of_who_waits_while_she_looks_at_her_own(visit):
    anna, maria, omar = visit("anna"), visit("maria"), visit("omar")
    anna.add_init_script(EARS)
    begin(maria, "Waiting before she came", "Talk to a person")
    anna.clock.install()
    anna.goto("/inbox/?list=mine")
    anna.get_by_role("button", name="Sound and notices").click()
    anna.clock.run_for(16_000)
    assert heard(anna)[1] == 0  # those who waited already are no news
    begin(omar, "Hello over there", "Talk to a person")
    anna.clock.run_for(16_000)
    for _ in range(50):  # the page's own waiting stands still with its clock
        if anna.evaluate("notices.length"):
            break
        anna.wait_for_timeout(200)
    assert anna.evaluate("notices") == ["Omar waits"]
    anna.get_by_role("button", name="Sound and notices").click()
