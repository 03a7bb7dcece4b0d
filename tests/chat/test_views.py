"""The talk's pages without a browser: forms that need no JavaScript, what is kept and when, and what is refused."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import consent, people
from accounts.models import Customer, Purpose
from analytics.ledger.models import Event
from chat import handoff, intake, outbox
from chat.models import Conversation, Holder, Message

OURS = {"origin": "http://testserver"}
PANE = {"hx-request": "true"}


@pytest.fixture
def hers(client_of, maria):
    return client_of(maria)


@pytest.fixture
def agents(client_of, anna):
    return client_of(anna)


@pytest.fixture
def url(conversation):
    def named(name):
        return reverse(f"chat:{name}", args=[conversation.public_id])

    return named


def start(browser, text="Where is my order?", headers=OURS, **fields):
    return browser.post(reverse("chat:new"), {"client_id": uuid4().hex, "text": text, **fields}, headers=headers)


# Beginning


def test_a_guest_begins_by_name_and_address_and_is_asked_for_consent_in_the_same_breath(shop):
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(reverse("chat:new"))
    assert not page.cookies
    assert page.content.count(b'name="purpose"') == len(Purpose)
    assert b"csrfmiddlewaretoken" not in page.content

    answer = start(browser, name="Greta", email="greta@example.com", purpose=["learning"])
    conversation = Conversation.objects.get()
    assert answer.url == reverse("chat:talk", args=[conversation.public_id])
    assert (conversation.customer.name, conversation.customer.email) == ("Greta", "greta@example.com")
    assert consent.allowed(conversation.customer) == {Purpose.NECESSARY, Purpose.LEARNING}
    assert b"Where is my order?" in browser.get(answer.url).content


def test_a_foreign_page_begins_nothing(shop):
    answer = start(Client(enforce_csrf_checks=True), headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert not Customer.objects.exists()


def test_the_same_form_sent_twice_begins_once(shop, hers):
    form = {"client_id": "twice-and-once", "text": "Only once", "purpose": []}
    for _ in range(2):
        hers.post(reverse("chat:new"), form, headers=OURS)
    assert Conversation.objects.count() == 1
    assert Message.objects.filter(author="shopper").count() == 1


def test_a_person_is_asked_for_before_a_word_is_said(shop, hers):
    answer = start(hers, text="", person="1")
    assert Conversation.objects.get().holder == Holder.QUEUE
    assert b"Waiting for a person" in hers.get(answer.url).content


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "x" * 8001},
        {"email": "not an address"},
        {"client_id": "short"},
        {"client_id": "<script>alert(1)</script>"},
        {"name": "n" * 201},
    ],
)
@pytest.mark.parametrize("headers", [OURS, OURS | PANE], ids=["page", "pane"])
def test_a_wrong_form_comes_back_and_leaves_nothing(shop, wrong, headers):
    answer = start(Client(), headers=headers, **wrong)
    assert answer.status_code == 422
    assert b"<script>alert(1)" not in answer.content
    assert (b"<html" in answer.content) == ("hx-request" not in headers)
    assert not Customer.objects.exists()


def test_nothing_is_asked_twice_and_new_words_are_asked_again(shop, hers, maria, conversation, now):
    consent.decide(people.customer_of(maria, shop), dict.fromkeys(Purpose, True), how="chat", at=now)
    assert b'name="purpose"' not in hers.get(reverse("chat:new")).content
    talk = reverse("chat:talk", args=[conversation.public_id])
    assert reverse("accounts:consent_ask") not in hers.get(talk).content.decode()
    consent.publish(shop, Purpose.LEARNING, {"en": "Other words"})
    assert b'name="purpose"' in hers.get(reverse("chat:new")).content
    assert reverse("accounts:consent_ask") in hers.get(talk).content.decode()


# The pane and the pages


def test_looking_keeps_nothing(shop):
    for name in ("home", "pane", "new"):
        for headers in ({}, PANE):
            answer = Client().get(reverse(f"chat:{name}"), headers=headers, follow=True)
            assert answer.status_code == 200
            assert not answer.cookies


def test_the_pane_is_where_she_left_off(shop, hers, say):
    say("My first words")
    page = hers.get(reverse("chat:pane"), headers=PANE).content.decode()
    assert "My first words" in page
    assert "<html" not in page
    assert "data-shuts-pane" in page


def test_the_list_shows_her_conversations_newest_first(shop, hers, customer, say, later):
    say("The older one")
    other = intake.open_conversation(customer, opening_id="opening-2", at=later)
    intake.receive(intake.Inbound(other.pk, "another-client", "The newer one"), at=later)
    for headers in ({}, PANE):
        page = hers.get(reverse("chat:home"), headers=headers).content.decode()
        assert page.index("The newer one") < page.index("The older one")


def test_no_page_of_a_talk_is_kept_by_anybody(shop, hers, agents, url, say):
    say("Private")
    for browser, names in ((hers, ("talk", "earlier", "since")), (agents, ("thread", "staff_earlier", "staff_since"))):
        for name in names:
            assert "no-store" in browser.get(url(name))["Cache-Control"]
    for name in ("home", "pane", "new"):
        assert "no-store" in hers.get(reverse(f"chat:{name}"))["Cache-Control"]


UGLY = """<script>alert(1)</script> <img src=x onerror=alert(1)> https://shop.example/?a="><script> 'quotes' مرحبا"""


def test_what_people_write_is_never_a_page_of_ours(shop, hers, agents, maria, url, say):
    people.introduce(maria, name="<b>Maria</b>", language="en")
    say(UGLY)
    pages = [
        (hers, url("talk")),
        (agents, url("thread")),
        (hers, reverse("chat:home")),
        (agents, reverse("chat:inbox")),
    ]
    for browser, address in pages:
        page = browser.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>Maria" not in page
        assert "مرحبا" in page


def test_an_address_in_a_message_opens_beside_the_talk(hers, url, say):
    say("See https://example.com/a?b=1&c=2 please")
    assert (
        '<a href="https://example.com/a?b=1&amp;c=2" rel="nofollow noopener" target="_blank">'
        in hers.get(url("talk")).content.decode()
    )


def test_older_messages_come_in_pages(hers, url, say):
    for number in range(120):
        say(f"number {number}", number)
    page = hers.get(url("talk")).content.decode()
    seen = re.findall(r"number \d+", page)
    while earlier := re.search(r'data-earlier="([^"]+)"', page):
        page = hers.get(earlier[1]).content.decode()
        seen = re.findall(r"number \d+", page) + seen
    assert seen == [f"number {number}" for number in range(120)]
    assert "number 20" in hers.get(url("talk"), {"before": 31}).content.decode()  # a page, without JavaScript


@pytest.mark.parametrize("place", ["-1", "0", "x", "9" * 30, "1e3", ""])
def test_a_strange_place_is_no_error(hers, agents, url, say, place):
    say("Hello")
    for browser, names in ((hers, ("talk", "earlier", "since")), (agents, ("thread", "staff_earlier", "staff_since"))):
        for name in names:
            assert browser.get(url(name), {"before": place, "seq": place}).status_code == 200


# What a page costs


def cost(browser, address):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def test_a_page_costs_the_same_with_two_messages_as_with_fifty(hers, agents, url, say, conversation, anna, now):
    outbox.post_person(conversation.pk, by=anna, text="Hello", client_id="from-anna-1", at=now)
    say("number 1")
    pages = [(hers, url("talk")), (agents, url("thread")), (hers, url("since"))]
    before = [cost(*page) for page in pages]
    for number in range(2, 50):
        say(f"number {number}", number)
    assert [cost(*page) for page in pages] == before
    assert max(before) < 30


def test_a_list_costs_the_same_with_one_row_as_with_twenty(hers, agents, shop, customer, conversation, anna, now):
    lists = [(agents, reverse("chat:inbox")), (hers, reverse("chat:home"))]
    handoff.take(conversation.pk, by=anna, at=now)
    before = [cost(*page) for page in lists]
    for number in range(20):
        guest = people.guest(shop, name=f"Guest {number}", email="", language="en")
        for whose in (guest, customer):
            handoff.take(intake.open_conversation(whose, opening_id=f"row-{number}", at=now).pk, by=anna, at=now)
    assert [cost(*page) for page in lists] == before


# Saying something by post


def post(browser, address, **fields):
    return browser.post(address, fields, headers={"accept": "application/json"})


def test_a_message_by_post_is_acknowledged_and_again_when_it_comes_again(hers, url):
    first, second = (post(hers, url("send"), client_id="by-post-1", text="Hello").json() for _ in range(2))
    assert (first["type"], first["seq"], first["repeated"]) == ("ack", 1, False)
    assert second == first | {"repeated": True}
    assert Message.objects.filter(author="shopper").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "   "},
        {"text": "x" * 8001},
        {"text": "Hello", "client_id": "a b"},
        {"text": "Hello", "files": "not-an-id"},
        {"text": "Hello", "files": str(uuid4())},
        {"text": "Hello", "files": [str(uuid4())] * 6},
    ],
)
def test_what_cannot_be_said_is_refused_with_a_reason(hers, agents, url, wrong):
    for browser, name in ((hers, "send"), (agents, "staff_send")):
        answer = post(browser, url(name), **{"client_id": "wrong-one-1", **wrong})
        assert answer.status_code == 422
        assert answer.json()["text"]
        plain = browser.post(url(name), {"client_id": "wrong-one-1", **wrong, "plain": "1"})
        assert plain.status_code == 422
        assert b"Back to the conversation" in plain.content
    assert not Message.objects.exists()


def test_a_form_without_javascript_brings_its_file_along(hers, agents, url):
    for browser, name, words in ((hers, "send", "Here it is"), (agents, "staff_send", "And here is ours")):
        file = SimpleUploadedFile("note.txt", b"a note")
        answer = browser.post(url(name), {"text": words, "file": file, "plain": "1"})
        assert answer.status_code == 302
        page = browser.get(answer.url).content.decode()
        assert words in page
        assert "note.txt" in page


def test_a_suggestion_is_said_by_its_button(hers, url):
    hers.post(url("send"), {"text": "half a draft", "chosen": "Where is my order?", "plain": "1"})
    assert Message.objects.get(author="shopper").text == "Where is my order?"


def test_what_is_newer_comes_as_a_page_or_as_json(hers, agents, url, say):
    say("one", 1)
    say("two", 2)
    page = hers.get(url("since"), {"seq": 1}).content.decode()
    assert "two" in page
    assert 'data-seq="1"' not in page
    for browser, name in ((hers, "since"), (agents, "staff_since")):
        found = browser.get(url(name), {"seq": 1, "format": "json"}).json()
        assert found["messages"][0]["text"] == "two"
        assert ("person_id" in found["state"]) == (browser is agents)


def test_asking_for_a_person_answers_with_what_is_new_alone(hers, url, say):
    said = say("An old question")
    page = hers.post(f"{url('person')}?seq={said.seq}", headers=PANE).content.decode()
    assert "A person will take over" in page
    assert "An old question" not in page


# Whose hands


def test_every_verb_changes_hands_and_an_unknown_one_does_nothing(agents, url, conversation, fresh):
    def hands(verb):
        answer = agents.post(url("hands"), {"verb": verb})
        now = fresh(conversation)
        return answer.status_code, now.holder, now.bot_enabled, now.is_open

    assert hands("take") == (302, Holder.PERSON, True, True)
    assert hands("give_back") == (302, Holder.BOT, True, True)
    assert hands("bot_off") == (302, Holder.BOT, False, True)
    assert hands("bot_on") == (302, Holder.BOT, True, True)
    assert hands("close") == (302, Holder.BOT, True, False)
    assert hands("give_back")[0] == 409
    assert hands("<script>")[0] == 404


def test_a_colleague_is_not_pushed_aside_by_accident(agents, client_of, boss, url, conversation, fresh):
    agents.post(url("hands"), {"verb": "take"})
    bosses = client_of(boss)
    refused = bosses.post(url("hands"), {"verb": "take"})
    assert refused.status_code == 409
    assert "Anna Weiss has taken this conversation." in refused.content.decode()
    assert "Take over from Anna" in bosses.get(url("thread")).content.decode()
    assert bosses.post(url("hands"), {"verb": "take_over"}).status_code == 302
    assert fresh(conversation).person == boss


def test_the_team_sees_why_it_was_handed_over(agents, hers, url, say):
    say("My lamp <b>burns</b>")
    hers.post(url("person"))
    page = agents.get(url("thread")).content.decode()
    assert "asked for a person" in page
    assert page.count("My lamp &lt;b&gt;burns&lt;/b&gt;") >= 2  # said, and in the summary


# A mark for the browser


def test_the_mark_of_an_owner_is_steady_and_tells_people_apart(client_of, maria, omar, shop):
    def mark(browser):
        return re.search(r'data-owner="([^"]+)"', browser.get("/").content.decode())[1]

    guest = Client()
    start(guest)
    marks = [mark(client_of(maria)), mark(client_of(omar)), mark(guest), mark(Client())]
    assert len(set(marks)) == 4
    assert mark(client_of(maria)) == marks[0]
    assert [each.split("-")[0] for each in marks] == ["user", "user", "guest", "guest"]


def test_an_agent_silences_her_shops_assistant_from_the_inbox(client_of, anna, shop):
    agents = client_of(anna)
    assert b"is off; people answer" not in agents.get(reverse("chat:inbox")).content
    agents.post(reverse("chat:bot", args=[shop.slug]), {"on": "0"})
    shop.refresh_from_db()
    assert not shop.bot_enabled
    assert b"is off; people answer" in agents.get(reverse("chat:inbox")).content
    assert Event.objects.filter(kind="bot.switched").count() == 1
