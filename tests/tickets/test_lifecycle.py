"""A ticket from its first word to its last, through the stories alone."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import merging, people, privacy
from analytics.ledger.models import Event
from chat import handoff, intake, ticketing
from chat.models import Conversation, Holder, Message
from tests import factories
from tickets import lifecycle, opening, ports, statuses, work
from tickets.models import Kind, Ticket, TicketChange

pytestmark = pytest.mark.django_db


def kinds_of(ticket):
    return list(ticket.changes.order_by("pk").values_list("what", flat=True))


# --- opening


def test_a_form_opens_a_ticket_once_with_its_words_in_a_talk_for_people(ticket, customer, now, fresh):
    again = opening.from_form(customer, subject="The lamp flickers", text="Again", opening_id="form-1", at=now)

    assert again.pk == ticket.pk
    assert (ticket.number, ticket.kind, ticket.customer) == (1, Kind.NEW, customer)
    talk = Conversation.objects.get(pk=ticket.conversation)
    assert talk.holder == Holder.QUEUE
    assert [line.text for line in ports.talks.timeline(ticket.conversation) if line.side == "customer"] == [
        "It flickers."
    ]


def test_numbers_have_no_gaps_and_are_each_shops_own(customer, other_shop, now):
    elsewhere = factories.CustomerFactory(shop=other_shop)
    with pytest.raises(opening.NoSubject):
        opening.open_ticket(customer, subject=" ", by=None, at=now)
    for each in range(3):
        opening.open_ticket(customer, subject="Mine", by=None, at=now, opening_id=f"{each // 2}")
    with transaction.atomic():
        opening.open_ticket(customer, subject="Never", by=None, at=now)
        transaction.set_rollback(True)
    opening.open_ticket(customer, subject="Mine", by=None, at=now)
    opening.open_ticket(elsewhere, subject="Theirs", by=None, at=now)

    assert list(Ticket.objects.filter(shop=customer.shop).order_by("number").values_list("number", flat=True)) == [
        1,
        2,
        3,
    ]
    assert Ticket.objects.get(shop=other_shop).number == 1


@pytest.mark.django_db(transaction=True)
def test_eight_who_open_at_once_get_eight_numbers(customer, now):
    def one(place):
        opening.open_ticket(customer, subject="At once", by=None, at=now, opening_id=f"at-once-{place}")
        connection.close()

    crowd = [threading.Thread(target=one, args=(place,)) for place in range(8)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(30)

    assert sorted(Ticket.objects.values_list("number", flat=True)) == list(range(1, 9))


def test_one_click_makes_a_ticket_of_a_talk_with_all_that_was_said(customer, anna, now, after):
    order = factories.OrderFactory(customer=customer, shop=customer.shop, number="1042")
    talk = intake.open_conversation(customer, opening_id="talk", at=now)
    intake.receive(intake.Inbound(talk.pk, "a", "My lamp from order 1042 is broken."), at=now)
    Message.objects.filter(conversation=talk).update(details={"cards": [{"number": "1042"}]})

    ticket = ticketing.make(talk, by=anna, at=after(5))
    assert ticketing.make(talk, by=anna, at=after(6)).pk == ticket.pk
    assert (ticket.subject, ticket.assignee) == ("My lamp from order 1042 is broken.", anna)
    assert [line.text for line in ports.talks.timeline(ticket.conversation)] == ["My lamp from order 1042 is broken."]
    assert list(ticket.orders.all()) == [order]


# --- replies


def test_a_reply_is_a_message_of_the_talk_and_opens_the_ticket(ticket, anna, after, status, fresh):
    for _twice in range(2):
        work.reply(
            ticket.pk, by=anna, text="Turn it off and on.", client_id="r", at=after(10), status=status("waiting")
        )

    ticket = fresh(ticket)
    assert (ticket.kind, ticket.assignee) == (Kind.WAITING, anna)
    assert Message.objects.filter(conversation=ticket.conversation, author="person").count() == 1
    assert kinds_of(ticket) == ["opened", "status", "assignee", "status"]


def test_what_the_talk_refuses_leaves_the_ticket_as_it_was(ticket, anna, boss, after, fresh):
    handoff.take(ticket.conversation, by=anna, at=after(10))
    work.take(ticket.pk, by=anna, at=after(10))
    before = fresh(ticket)
    for text in ("From a colleague", " "):
        with pytest.raises(ports.Refused):
            work.reply(ticket.pk, by=boss, text=text, client_id="s", at=after(11))

    assert (fresh(ticket).version, fresh(ticket).assignee) == (before.version, anna)


def test_whoever_answered_a_ticket_has_room_for_other_talks_until_the_customer_writes(ticket, anna, say, after):
    work.reply(ticket.pk, by=anna, text="Which bulb?", client_id="r", at=after(10))
    talk = Conversation.objects.get(pk=ticket.conversation)
    assert (talk.holder, talk.is_open) == (Holder.BOT, False)
    say(ticket, "The round one", at=after(20))

    talk.refresh_from_db()
    assert (talk.holder, talk.is_open) == (Holder.QUEUE, True)


def test_a_reply_written_in_the_inbox_counts_as_well(ticket, anna, say, after, fresh):
    say(ticket, "Hello", at=after(10), by=anna)

    assert fresh(ticket).kind == Kind.OPEN


def test_whom_we_waited_for_has_spoken(ticket, anna, say, after, status, fresh):
    lifecycle.set_status(ticket.pk, status("waiting"), by=anna, at=after(5))
    say(ticket, "Still dark", at=after(60))

    assert fresh(ticket).kind == Kind.OPEN
    assert ticket.changes.latest("pk").side == TicketChange.Side.CUSTOMER


def test_on_hold_stays_on_hold_whatever_is_said(ticket, anna, say, after, status, fresh):
    lifecycle.set_status(ticket.pk, status("on_hold"), by=anna, at=after(5))
    say(ticket, "Still dark", at=after(60))

    assert fresh(ticket).kind == Kind.ON_HOLD


def test_an_agents_ticket_gets_its_talk_with_the_first_reply(customer, anna, now, after, fresh):
    ticket = opening.by_agent(customer, subject="We sent the wrong shade", by=anna, at=now)
    assert ticket.conversation is None
    work.reply(ticket.pk, by=anna, text="We are sorry.", client_id="r", at=after(1))

    assert [line.text for line in ports.talks.timeline(fresh(ticket).conversation) if line.side == "team"] == [
        "We are sorry."
    ]


# --- solved, and what comes after


def test_a_word_within_the_grace_time_opens_it_again(ticket, anna, say, after, status, fresh):
    lifecycle.set_status(ticket.pk, status("solved"), by=anna, at=after(5))
    say(ticket, "It is back", at=after(days=7, minutes=5))

    ticket = fresh(ticket)
    assert (ticket.kind, ticket.solved_at, Ticket.objects.count()) == (Kind.OPEN, None, 1)


def test_a_later_word_opens_another_that_is_linked(ticket, anna, say, after, status, fresh):
    lifecycle.set_status(ticket.pk, status("solved"), by=anna, at=after(5))
    say(ticket, "It is back", at=after(days=7, minutes=6))
    say(ticket, "And hot", at=after(days=7, minutes=7))

    new = Ticket.objects.get(follows=ticket)
    assert (fresh(ticket).kind, new.kind, new.number) == (Kind.SOLVED, Kind.NEW, 2)
    ours = ports.talks.timeline(new.conversation, after=new.begins_after)
    assert [line.text for line in ours if line.side == "customer"] == ["It is back", "And hot"]
    theirs = ports.talks.timeline(ticket.conversation, upto=fresh(ticket).ends_with)
    assert [line.text for line in theirs if line.side == "customer"] == ["It flickers."]


def test_what_is_closed_stays_closed(ticket, anna, boss, after, status, fresh):
    lifecycle.set_status(ticket.pk, status("closed"), by=anna, at=after(5))

    with pytest.raises(lifecycle.Closed):
        lifecycle.set_status(ticket.pk, status("open"), by=boss, at=after(6))
    with pytest.raises(lifecycle.Closed):
        lifecycle.reopen(ticket.pk, by=ticket.customer, at=after(6))


def test_what_is_solved_is_closed_after_its_grace(ticket, anna, after, status, fresh, settings):
    lifecycle.set_status(ticket.pk, status("solved"), by=anna, at=after(5))
    assert lifecycle.close_solved() == 1  # noon was long ago
    assert fresh(ticket).kind == Kind.CLOSED


def test_the_customer_settles_reopens_and_rates(ticket, customer, after, fresh):
    with pytest.raises(lifecycle.NotNow):
        lifecycle.rate(ticket.pk, score=5, words="", by=customer, at=after(1))
    lifecycle.settle(ticket.pk, by=customer, at=after(2))
    lifecycle.rate(ticket.pk, score=4, words="Quick", by=customer, at=after(3))
    lifecycle.reopen(ticket.pk, by=customer, at=after(4))

    ticket = fresh(ticket)
    assert (ticket.kind, ticket.score, ticket.words) == (Kind.OPEN, 4, "Quick")
    assert Event.objects.get(kind="ticket.rated").facts == {"score": 4}


# --- changes


def test_every_change_is_told_and_recorded(ticket, anna, after, fresh, shop):
    team = factories.TeamFactory(shop=shop)
    wanted = {"priority": 4, "type": "problem", "tags": ["lamp"], "team": team, "assignee": anna, "subject": "Flickers"}
    work.change(ticket.pk, wanted, version=fresh(ticket).version, by=anna, at=after(1))

    told = ticket.changes.order_by("pk").values_list("what", "old", "new")[1:]
    assert ("priority", "normal", "urgent") in told
    assert ("tags", "", "lamp") in told
    assert {what for what, *_ in told} == {"priority", "type", "tags", "team", "assignee", "subject"}
    assert Event.objects.filter(kind__in=["ticket.changed", "ticket.assigned"]).count() == 6


def test_who_read_an_older_one_is_told_and_changes_nothing(ticket, anna, boss, after, fresh):
    version = fresh(ticket).version
    work.change(ticket.pk, {"priority": 4}, version=version, by=anna, at=after(1))
    with pytest.raises(work.Conflict) as conflict:
        work.change(ticket.pk, {"priority": 1, "subject": "Mine"}, version=version, by=boss, at=after(2))

    assert conflict.value.ticket.priority == 4
    assert fresh(ticket).subject == "The lamp flickers"


def test_words_of_the_customer_are_no_conflict(ticket, anna, say, after, fresh):
    version = fresh(ticket).version
    say(ticket, "And hot", at=after(1))
    work.change(ticket.pk, {"priority": 4}, version=version, by=anna, at=after(2))

    assert fresh(ticket).priority == 4


def test_nothing_foreign_gets_onto_a_ticket(ticket, anna, stranger, other_shop, after, fresh):
    foreign = {
        "team": factories.TeamFactory(shop=other_shop),
        "assignee": stranger,
        "orders": [factories.OrderFactory()],
        "status": statuses.first(other_shop, "open"),
        "priority": 9,
    }
    for part, value in foreign.items():
        with pytest.raises(ValueError, match=r"."):
            work.change(ticket.pk, {part: value}, version=fresh(ticket).version, by=anna, at=after(1))
    assert kinds_of(ticket) == ["opened"]


def test_a_change_is_never_altered(ticket):
    with pytest.raises(DatabaseError, match="never altered"), transaction.atomic():
        TicketChange.objects.update(new="Something else")


def test_a_note_is_kept_once_and_no_customer_reads_it(ticket, anna, maria, now):
    for _twice in range(2):
        work.note(ticket.pk, by=anna, text="They are right", client_id="n", at=now)

    assert ticket.notes.count() == 1
    assert not ticket.notes.model.objects.visible_to(maria).exists()
    assert all("right" not in line.text for line in ports.talks.timeline(ticket.conversation))


# --- people


def test_tickets_go_along_when_two_customers_become_one(ticket, customer, anna, shop, now, fresh):
    guest = people.guest(shop, name="M. Lund")
    hers = opening.open_ticket(guest, subject="As a guest", by=None, at=now)
    merging.merge(guest, customer, by=anna, at=now)
    assert fresh(hers).customer == customer

    merging.part(customer.merges.get(), by=anna, at=now)
    assert fresh(hers).customer == guest


def test_everything_personal_is_handed_over_and_erased(ticket, customer, anna, now, after, fresh):
    work.note(ticket.pk, by=anna, text="They are right", client_id="n", at=now)
    lifecycle.settle(ticket.pk, by=customer, at=after(1))
    lifecycle.rate(ticket.pk, score=4, words="Quick", by=customer, at=after(2))
    lists = [said for label, said in privacy.LISTINGS.items() if label.startswith("tickets.") and said.erase]
    exported = repr([list(said.export(customer)) for said in lists])
    assert all(words in exported for words in ("The lamp flickers", "They are right", "Quick"))
    for said in lists:
        said.erase(customer)

    assert "flickers" not in repr([list(said.export(customer)) for said in lists])
    assert (fresh(ticket).subject, ticket.notes.count(), ticket.changes.count()) == ("-", 0, 0)
