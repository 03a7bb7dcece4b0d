"""Many hands at one ticket and its talk, each in a thread of its own: none waits for somebody who waits for them."""

import threading

import pytest
from django.db import connection, transaction

from analytics.ledger.models import Event
from chat import talk
from chat.models import Message
from tests.installation import wait_for
from tickets import automation, lifecycle, macros, opening, work
from tickets.models import Kind, Macro, Rule, Ticket

PATIENCE = 20
pytestmark = pytest.mark.django_db(transaction=True)


def _is_waited_for():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


def somebody_waits_for_a_lock():
    assert wait_for(_is_waited_for, PATIENCE), "nobody waits for anything"


@pytest.fixture
def beside():
    """Something done in a thread of its own; what it said in the end, or what went wrong."""
    started = []

    def start(act, *given, **more):
        told = []

        def run():
            try:
                told.append(act(*given, **more))
            except Exception as failure:
                told.append(failure)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        started.append(thread)
        return lambda: (thread.join(PATIENCE), told[0])[1]

    yield start
    for thread in started:
        thread.join(PATIENCE)


@pytest.fixture
def solved(ticket, anna, after, customer):
    work.reply(ticket.pk, by=anna, text="Turn it off and on.", client_id="r", at=after(1))
    lifecycle.settle(ticket.pk, by=customer, at=after(2))
    return Ticket.objects.get(pk=ticket.pk)


def test_a_ticket_is_made_of_a_held_talk_while_a_colleague_replies(solved, customer, anna, after, beside):
    """As the assistant's reply does it: first the talk is held, then a ticket is made of it."""
    with transaction.atomic():
        talk.lock(solved.conversation)
        replied = beside(work.reply, solved.pk, by=anna, text="Is it?", client_id="s", at=after(3))
        somebody_waits_for_a_lock()
        made = opening.from_talk(customer, talk=solved.conversation, subject="Dark again", by=None, at=after(3))

    assert replied() is None
    assert made.pk != solved.pk
    assert Message.objects.filter(conversation=solved.conversation, text="Is it?").count() == 1


def test_a_ticket_is_made_of_a_talk_while_another_goes_on_from_it(solved, customer, anna, after, beside):
    """Both want the count of the shop, and the ticket that was before."""
    with transaction.atomic():
        Ticket.objects.to_lock().get(pk=solved.pk)
        made = beside(opening.from_talk, customer, talk=solved.conversation, subject="Dark again", by=anna, at=after(3))
        somebody_waits_for_a_lock()
        opening.open_ticket(customer, subject="Goes on", by=customer, at=after(3))

    assert isinstance(made(), Ticket), made()


def test_two_begin_the_talk_of_a_ticket_at_once(customer, anna, boss, after, beside):
    ticket = opening.by_agent(customer, subject="The wrong shade", by=anna, at=after())
    with transaction.atomic():
        Ticket.objects.to_lock().get(pk=ticket.pk)
        first = [
            beside(work.reply, ticket.pk, by=anna, text=f"Word {number}", client_id=f"w{number}", at=after(1))
            for number in range(3)
        ]
        somebody_waits_for_a_lock()

    assert [told() for told in first] == [None, None, None]
    talk_of = Ticket.objects.get(pk=ticket.pk).conversation
    assert Message.objects.filter(conversation=talk_of, author="person").count() == 3


def test_whatever_is_done_at_once_all_of_it_is_there(ticket, customer, anna, boss, after, beside):
    done = [
        beside(work.reply, ticket.pk, by=anna, text="First", client_id="r", at=after(1)),
        beside(work.reply_as_customer, ticket.pk, by=customer, text="Mine", client_id="c", at=after(1)),
        beside(lifecycle.hear_talk, ticket.conversation),
        beside(work.note, ticket.pk, by=boss, text="Between us", client_id="n", at=after(1)),
        beside(work.take, ticket.pk, by=boss, at=after(1)),
        beside(work.follow, ticket.pk, by=boss, at=after(1), on=True),
    ]

    assert not [told for each in done if isinstance(told := each(), Exception)]
    found = Ticket.objects.get(pk=ticket.pk)
    said = Message.objects.filter(conversation=ticket.conversation)
    assert (found.kind, found.notes.count(), list(found.followers.all())) == (Kind.OPEN, 1, [boss])
    assert set(said.exclude(author="system").values_list("text", flat=True)) == {"It flickers.", "First", "Mine"}


@pytest.mark.parametrize("_round", range(3))
def test_a_macro_a_rule_and_a_reply_at_the_same_moment_lose_nothing(_round, ticket, anna, boss, shop, after, beside):
    macro = Macro.objects.create(shop=shop, name="M", add_tags="macro", reply="By macro", note="Macro", priority=3)
    Rule.objects.create(shop=shop, name="R", when="opened", add_tags="rule", reply="By rule", note="Rule", speaker=boss)
    event = Event.objects.get(kind="ticket.opened")
    with transaction.atomic():
        talk.lock(ticket.conversation)
        done = [
            beside(macros.use, ticket.pk, macro, by=anna, client_id="m", at=after(1)),
            beside(automation.react, event, at=after(1)),
            beside(work.reply, ticket.pk, by=boss, text="By hand", client_id="r", at=after(1)),
        ]
        somebody_waits_for_a_lock()

    assert [each() for each in done] == [None, None, None]
    found = Ticket.objects.get(pk=ticket.pk)
    said = Message.objects.filter(conversation=ticket.conversation, author="person")
    assert set(said.values_list("text", flat=True)) == {"By macro", "By rule", "By hand"}
    assert {note.text for note in found.notes.all()} == {"Macro", "Rule"}
    assert (set(found.tags), found.priority, found.kind) == ({"macro", "rule"}, 3, Kind.OPEN)
