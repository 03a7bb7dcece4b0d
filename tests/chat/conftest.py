from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import people
from chat import assistant, intake, outbox, turns


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def later(now):
    return now + timedelta(seconds=5)


@pytest.fixture
def customer(maria, shop):
    return people.customer_for(maria, shop)


@pytest.fixture
def conversation(customer, now):
    return intake.open_conversation(customer, opening_id="opening-1", at=now)


@pytest.fixture
def say(conversation, now):
    """The shopper says something; the number makes its client id."""

    def said(text, number=1, *, at=None):
        return intake.receive(intake.Inbound(conversation.pk, f"client-{number}", text), at=at or now).message

    return said


@pytest.fixture
def fresh():
    """The row as the table has it now."""

    def read(row):
        return type(row).objects.get(pk=row.pk)

    return read


@pytest.fixture
def talk(conversation, say, now):
    """She says something and gets the assistant's answer to it."""
    said = []

    def talked(*words, after=timedelta()):
        for each in words:
            said.append(say(each, number=len(said) + 1, at=now + after))
        turn = turns.claim(conversation.pk, at=now + after + timedelta(seconds=5))
        reply = assistant.reply(turn, draft=lambda text: None)
        message = outbox.post_reply(turn, reply, at=now + after + timedelta(seconds=5))
        conversation.refresh_from_db()
        return message

    return talked
