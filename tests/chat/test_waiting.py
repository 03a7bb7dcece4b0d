"""Who had to wait for the conversation's lock reads what became true meanwhile."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from chat import handoff, intake, talk
from tests.installation import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] == 1


def meanwhile(change, conversation, act):
    """Do something to a conversation that waits until the change is committed; what it returned or raised."""
    answer = []

    def wait_and_act():
        try:
            with transaction.atomic():
                answer.append(act(conversation.pk))
        except Exception as error:
            answer.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=wait_and_act)
    with transaction.atomic():
        change(conversation.pk)
        other.start()
        assert wait_for(waits, 10)
    other.join(10)
    return answer[0]


def test_a_lock_that_waited_for_a_take_over_knows_who_took(conversation, anna):
    held = meanwhile(lambda pk: handoff.take(pk, by=anna, at=timezone.now()), conversation, talk.lock)
    assert held.is_held_by(anna)
    assert held.person.name == anna.name


def test_a_message_that_waited_for_a_change_of_hands_leaves_it_as_it_is(conversation, anna, boss):
    handoff.take(conversation.pk, by=anna, at=timezone.now())
    meanwhile(
        lambda pk: handoff.take(pk, by=boss, at=timezone.now(), from_person=True),
        conversation,
        lambda pk: intake.receive(intake.Inbound(pk, "while-it-changed", "Hello?"), at=timezone.now()),
    )
    conversation.refresh_from_db()
    assert conversation.is_held_by(boss)
    assert conversation.messages.filter(text="Hello?").exists()


def test_who_comes_too_late_hears_who_was_faster(conversation, anna, boss):
    late = meanwhile(
        lambda pk: handoff.take(pk, by=anna, at=timezone.now()),
        conversation,
        lambda pk: handoff.take(pk, by=boss, at=timezone.now()),
    )
    assert isinstance(late, handoff.AlreadyTaken)
    assert anna.name in str(late)
