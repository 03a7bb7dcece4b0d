"""How an answer came about, and what a talk is about: for the team, from what was kept."""

from datetime import timedelta

import pytest
from django.urls import reverse

from chat import handoff, outbox, talk, turns
from chat.desk import reasons
from chat.models import BotVersion, Conversation, Message
from chat.turns import Reply, Turn

pytestmark = pytest.mark.django_db

KEPT = {
    "asked": "How do I descale it?",
    "confidence": 0.8125,
    "floor": 0.42,
    "passages": [
        {"article": "1", "title": "Descaling the kettle", "heading": "Vinegar", "score": 0.913},
        {"article": "2", "title": "Boiling", "heading": "", "score": 0.2},
    ],
    "understood": {"intent": "care", "confidence": 0.77, "mood": "angry", "urgent": False, "named": []},
}


@pytest.fixture
def answer(conversation, say, now):
    """An answer of the assistant, posted by its own story."""
    say("How do I descale it?")
    turn = turns.claim(conversation.pk, at=now + timedelta(seconds=5))
    assert isinstance(turn, Turn)
    reply = Reply(text="With vinegar.", reasoning=KEPT)
    return outbox.post_reply(turn, reply, at=now)


def asked(browser, name, public_id, **headers):
    return browser.get(reverse(f"chat:{name}", args=[public_id]), headers=headers)


def test_what_the_assistant_went_by_is_all_there(answer, shop, now, client_of, anna):
    version = BotVersion.objects.create(shop=shop, name="Autumn", created_at=now)
    Message.objects.filter(pk=answer.pk).update(version=version)
    page = asked(client_of(anna), "why", answer.public_id, **{"hx-request": "true"}).content.decode()
    for word in ("How do I descale it?", "81 %", "42 %", "care", "77 %", "angry", "Autumn", "Descaling the kettle",
                 "Vinegar", "0.913", "0.200", "Answered after"):  # fmt: skip
        assert word in page, word
    assert "<html" not in page


def test_without_javascript_it_is_a_page(answer, client_of, anna):
    page = asked(client_of(anna), "why", answer.public_id).content.decode()
    assert "<html" in page
    assert "0.913" in page


def test_the_shopper_never_sees_it(answer, conversation, client_of, maria):
    page = client_of(maria).get(reverse("chat:talk", args=[conversation.public_id])).content.decode()
    assert "With vinegar." in page
    assert "Why this answer" not in page
    assert asked(client_of(maria), "why", answer.public_id).status_code == 404


def test_only_an_answer_of_the_assistant_has_a_why(answer, conversation, client_of, anna):
    hers = conversation.messages.get(author="shopper")
    assert asked(client_of(anna), "why", hers.public_id).status_code == 404


def test_an_answer_of_which_nothing_was_kept_says_so(conversation, now, client_of, anna):
    locked = Conversation.objects.select_related("customer", "shop").get(pk=conversation.pk)
    said = talk.say(locked, author="bot", text="Hello", at=now)
    talk.keep(locked)
    assert reasons.of(said).passages == []
    assert "none trained yet" in asked(client_of(anna), "why", said.public_id).content.decode()


def test_a_summary_says_how_it_began_and_where_it_stands(conversation, say, client_of, anna, now):
    say("Where is my <b>order</b> 1042?", 1)
    for number in range(2, 9):
        say(f"Line {number}, this is a scam!!", number)
    handoff.ask_person(conversation.pk, at=now)
    told = reasons.summary(conversation)
    assert told.began == "Where is my <b>order</b> 1042?"
    assert told.lately == [f"Line {number}, this is a scam!!" for number in (6, 7, 8)]
    assert (told.by_customer, told.is_upset) == (8, True)
    page = asked(client_of(anna), "summary", conversation.public_id, **{"hx-request": "true"}).content.decode()
    assert "Where is my &lt;b&gt;order" in page
    assert "upset" in page
