from datetime import timedelta
from itertools import count

import pytest

from accounts import people
from chat import intake, outbox
from tests.factories import NOON
from tickets import opening, statuses


@pytest.fixture
def now():
    return NOON


@pytest.fixture
def after():
    """So many minutes after noon."""
    return lambda minutes=0, **more: NOON + timedelta(minutes=minutes, **more)


@pytest.fixture
def customer(maria, shop):
    return people.customer_for(maria, shop)


@pytest.fixture
def ticket(customer, now):
    """Maria has written into the form."""
    return opening.from_form(customer, subject="The lamp flickers", text="It flickers.", opening_id="form-1", at=now)


@pytest.fixture
def fresh():
    return lambda row: type(row).objects.get(pk=row.pk)


@pytest.fixture
def status(shop):
    return lambda kind: statuses.first(shop, kind)


@pytest.fixture
def say(hear):
    """The customer or somebody of the team speaks in the talk of a ticket, and the ticket hears of it."""
    numbers = count(1)

    def said(ticket, text, *, at, by=None):
        words = f"said-{next(numbers)}"
        if by is None:
            intake.receive(intake.Inbound(ticket.conversation, words, text), at=at)
        else:
            outbox.post_person(ticket.conversation, by=by, text=text, client_id=words, at=at)
        hear()

    return said
