from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import presence
from accounts.models import AgentPresence
from analytics.ledger.models import Event
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_who_came_takes_talks_until_she_steps_away(anna, shop):
    presence.come(anna, shop, at=NOON, capacity=3)
    assert [there.user for there in presence.available(shop, at=NOON)] == [anna]

    presence.step_away(anna, shop, at=NOON)
    assert not presence.available(shop, at=NOON)


def test_who_falls_silent_takes_no_talks(anna, shop):
    presence.come(anna, shop, at=NOON)

    assert presence.available(shop, at=NOON + presence.SILENCE)
    assert not presence.available(shop, at=NOON + presence.SILENCE + timedelta(seconds=1))


def test_a_heartbeat_keeps_her_there(anna, shop):
    presence.come(anna, shop, at=NOON)
    later = NOON + timedelta(minutes=5)

    assert presence.seen(anna, shop, at=later)
    assert presence.available(shop, at=later)


def test_a_heartbeat_does_not_bring_back_who_left(anna, shop):
    presence.come(anna, shop, at=NOON)
    presence.leave(anna, shop, at=NOON)

    assert not presence.seen(anna, shop, at=NOON)
    assert not presence.available(shop, at=NOON)


def test_only_the_team_can_be_there(maria, stranger, shop):
    for outsider in (maria, stranger):
        with pytest.raises(presence.NotOnTheTeam):
            presence.come(outsider, shop, at=NOON)


def test_who_left_the_team_is_not_there(anna, shop):
    presence.come(anna, shop, at=NOON)
    anna.memberships.all().delete()

    assert not presence.available(shop, at=NOON)


def test_who_was_switched_off_is_not_there(anna, shop):
    presence.come(anna, shop, at=NOON)
    anna.is_active = False
    anna.save(update_fields=["is_active"])

    assert not presence.available(shop, at=NOON)


def test_being_here_is_not_being_there(anna, shop, other_shop):
    presence.come(anna, shop, at=NOON)

    assert not presence.available(other_shop, at=NOON)


def test_only_a_change_is_news(anna, shop):
    for _ in range(3):
        presence.come(anna, shop, at=NOON)

    assert Event.objects.filter(kind="presence.changed").count() == 1


def test_a_state_nobody_knows_is_refused(anna, shop):
    with pytest.raises(IntegrityError, match="presence_status_is_known"), transaction.atomic():
        AgentPresence.objects.create(user=anna, shop=shop, status="asleep")


def test_nobody_holds_less_than_nothing(anna, shop):
    with pytest.raises(IntegrityError), transaction.atomic():
        AgentPresence.objects.create(user=anna, shop=shop, capacity=-1)
