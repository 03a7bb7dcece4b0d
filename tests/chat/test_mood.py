"""How a message sounds, and who is offered a person for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from chat import assistant, mood, training, turns, understanding
from tests.chat.test_training import LESSONS


def cases():
    for line in (Path(__file__).parent / "moods.txt").read_text().splitlines():
        if line and not line.startswith("# "):
            told, _, said = line.partition(" | ")
            yield said, told


@pytest.mark.parametrize(("said", "told"), list(cases()))
def test_shoppers_are_heard_as_they_sound(settings, said, told):
    settings.EMBEDDINGS = "fake"  # by words and signs alone; what was learned is measured by the bench
    heard = mood.read(said)

    assert f"{heard.kind}{' urgent' if heard.is_urgent else ''}" == told


@pytest.fixture
def asks(say, conversation, later, settings):
    settings.EMBEDDINGS = "fake"
    say("hello")
    turn = turns.claim(conversation.pk, at=later)
    return lambda text: replace(turn, asked=(text,))


def test_an_annoyed_shopper_is_offered_a_person_at_once(asks):
    calm = assistant.reply(asks("hey, how are you?"), draft=lambda text: None)
    cross = assistant.reply(asks("useless bot, this is ridiculous"), draft=lambda text: None)

    assert "Talk to a person" not in calm.suggestions
    assert cross.suggestions.count("Talk to a person") == 1
    assert cross.reasoning["understood"]["mood"] == "frustrated"


def test_what_was_named_is_kept_by_its_kind_alone(asks):
    reply = assistant.reply(asks("thanks, mine is lena@example.com"), draft=lambda text: None)

    assert reply.reasoning["understood"]["named"] == ["email"]
    assert "lena" not in str(reply.reasoning["understood"])


def test_the_serving_version_says_the_intent(asks, shop, now):
    version = training.train_now(shop, LESSONS, rejects=True, at=now, progress=lambda *_: None)

    assert understanding.read(replace(asks("the refund is late"), version_id=version.pk)).intent == "refund"
    assert understanding.read(asks("the refund is late")).intent is None


def test_a_version_that_cannot_be_read_costs_no_answer(asks, shop, now):
    version = training.train_now(shop, LESSONS, rejects=True, at=now, progress=lambda *_: None)
    version.checksum = "0" * 64
    version.save()

    reply = assistant.reply(replace(asks("hey, how are you?"), version_id=version.pk), draft=lambda text: None)

    assert "a program" in reply.text
    assert reply.reasoning["understood"]["intent"] is None
