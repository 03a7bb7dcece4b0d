"""Two tickets become one, exactly once, and two again."""

import random
import threading

import pytest
from django.db import connection
from django.urls import reverse

from tests import factories
from tickets import joining, lifecycle, opening, statuses, timeline, work
from tickets.models import Kind, Ticket, TicketMerge


@pytest.fixture
def second(customer, now):
    return opening.from_form(customer, subject="Lamp again", text="Still dark.", opening_id="form-2", at=now)


def facts(ticket):
    ticket = Ticket.objects.get(pk=ticket.pk)
    people, orders = ({*rows.values_list("pk", flat=True)} for rows in (ticket.followers, ticket.orders))
    return (ticket.status_id, ticket.kind, ticket.solved_at, set(ticket.tags), people, orders, ticket.merged_into_id)


def test_what_was_said_and_noted_stands_in_the_one_that_goes_on(ticket, second, anna, after, fresh):
    work.note(second.pk, by=anna, text="The same lamp", client_id="n", at=after(1))
    joining.merge(second.pk, ticket.pk, by=anna, at=after(2))

    told = [getattr(entry.it, "text", "") for entry in timeline.of(fresh(ticket))]
    assert {"It flickers.", "Still dark.", "The same lamp"} <= set(told)
    assert (fresh(second).kind, fresh(second).merged_into) == (Kind.CLOSED, ticket)


def test_words_in_the_merged_ones_talk_reach_the_other(ticket, second, anna, say, status, after, fresh):
    joining.merge(second.pk, ticket.pk, by=anna, at=after(1))
    lifecycle.set_status(ticket.pk, status("waiting"), by=anna, at=after(2))
    say(fresh(second), "It is back", at=after(3))

    assert (fresh(ticket).kind, fresh(second).kind, Ticket.objects.count()) == (Kind.OPEN, Kind.CLOSED, 2)


def test_undone_each_has_what_it_had(ticket, second, anna, boss, customer, after, fresh):
    order = factories.OrderFactory(customer=customer)
    work.change(
        second.pk, {"tags": ["dark", "lamp"], "orders": [order]}, version=fresh(second).version, by=anna, at=after(1)
    )
    work.change(ticket.pk, {"tags": ["lamp"]}, version=fresh(ticket).version, by=anna, at=after(1))
    work.follow(second.pk, by=boss, at=after(1), on=True)
    before = facts(ticket), facts(second)
    done = joining.merge(second.pk, ticket.pk, by=anna, at=after(2))
    assert facts(ticket)[3:6] == ({"lamp", "dark"}, {boss.pk}, {order.pk})

    joining.unmerge(done.pk, by=anna, at=after(3))
    assert (facts(ticket), facts(second)) == before
    with pytest.raises(joining.ApartAlready):
        joining.unmerge(done.pk, by=anna, at=after(4))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_they_were_undone_they_are_that_again(seed, ticket, second, anna, boss, customer, after, fresh):
    chance = random.Random(seed)
    orders = [factories.OrderFactory(customer=customer) for _ in range(3)]
    for one in (ticket, second):
        kind = chance.choice(["new", "open", "waiting", "on_hold", "solved"])
        wanted = {
            "tags": chance.sample(["a", "b", "c"], chance.randrange(4)),
            "orders": chance.sample(orders, chance.randrange(4)),
            "status": statuses.first(one.shop, kind),
        }
        work.change(one.pk, wanted, version=fresh(one).version, by=anna, at=after(1))
        for person in chance.sample([anna, boss], chance.randrange(3)):
            work.follow(one.pk, by=person, at=after(1), on=True)
    before = facts(ticket), facts(second)
    done = joining.merge(second.pk, ticket.pk, by=anna, at=after(2))
    joining.unmerge(done.pk, by=anna, at=after(3))

    assert (facts(ticket), facts(second)) == before


def test_not_what_is_somebody_elses_closed_itself_or_merged(ticket, second, anna, other_shop, shop, status, now, after):
    guest = opening.open_ticket(factories.CustomerFactory(shop=shop), subject="Mine", by=None, at=now)
    away = opening.open_ticket(factories.CustomerFactory(shop=other_shop), subject="Theirs", by=None, at=now)
    closed = opening.by_agent(ticket.customer, subject="Closed", by=anna, at=now)
    lifecycle.set_status(closed.pk, status("closed"), by=anna, at=after(1))
    for one, other in ((ticket, ticket), (ticket, guest), (away, ticket), (closed, ticket), (ticket, closed)):
        with pytest.raises(joining.CannotMerge):
            joining.merge(one.pk, other.pk, by=anna, at=after(2))
    joining.merge(ticket.pk, second.pk, by=anna, at=after(3))
    with pytest.raises(joining.CannotMerge):
        joining.merge(second.pk, ticket.pk, by=anna, at=after(4))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(4))
def test_of_two_who_merge_in_both_directions_exactly_one_does(seed, ticket, second, anna, boss, after):
    start, refused = threading.Barrier(2), []

    def one(source, target, by):
        start.wait()
        try:
            joining.merge(source.pk, target.pk, by=by, at=after(seed))
        except joining.CannotMerge:
            refused.append(by)
        connection.close()

    crowd = [threading.Thread(target=one, args=each) for each in ((ticket, second, anna), (second, ticket, boss))]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(30)

    assert (TicketMerge.objects.count(), len(refused)) == (1, 1)
    assert Ticket.objects.filter(merged_into=None).count() == 1


def test_on_the_page_it_is_merged_and_told_apart(ticket, second, client_of, anna, maria, fresh):
    page, act = (reverse(f"tickets:{name}", args=[ticket.public_id]) for name in ("ticket", "act"))
    agents = client_of(anna)
    assert agents.post(act, {"verb": "merge", "source": second.number}).status_code == 302
    assert "Still dark." in agents.get(page).content.decode()
    assert "This goes on in" in agents.get(reverse("tickets:ticket", args=[second.public_id])).content.decode()
    hers = client_of(maria)
    assert hers.get(reverse("my_tickets:ticket", args=[second.number])).status_code == 302
    assert "Still dark." in hers.get(reverse("my_tickets:ticket", args=[ticket.number])).content.decode()

    assert agents.post(act, {"verb": "unmerge", "merge": TicketMerge.objects.get().pk}).status_code == 302
    assert fresh(second).merged_into is None
    assert agents.post(act, {"verb": "merge", "source": "x"}).status_code == 404
