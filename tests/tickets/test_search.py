"""Tickets are found by number, subject, words of their talk and notes; and by nobody of another shop."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat import intake, outbox
from tests import factories
from tickets import lists, opening, ports, search, work
from tickets.models import Kind, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(anna):
    return lambda text, by=anna: [hit.ticket.number for hit in search.tickets(by, text)]


@pytest.fixture
def second(shop, now):
    guest = factories.CustomerFactory(shop=shop)
    return opening.from_form(guest, subject="The wrong shade", text="It is teal.", opening_id="form-2", at=now)


def test_each_thing_one_may_see_finds_it(found, ticket, second, anna, after):
    work.note(second.pk, by=anna, text="Ask the warehouse in Lyon", client_id="n", at=after(1))
    outbox.post_person(second.conversation, by=anna, text="Sending petrol instead", client_id="p", at=after(2))

    assert found("#1") == found("1") == found("flickers") == [ticket.number]
    for words in ("#2", "shade", "wrong shade", '"wrong shade"', "teal", "warehouse", "PETROL", "teal -petrol"):
        assert found(words) == [second.number], words
    assert found("nothing like it") == []


def test_a_subject_goes_before_a_word_in_passing(found, ticket, second, say, after):
    say(second, "There was a lamp in it that flickers, among the many other things in this parcel", at=after(1))
    assert found("flickers") == [ticket.number, second.number]


def test_what_was_said_belongs_to_the_ticket_of_its_time(found, ticket, anna, customer, say, status, after):
    work.reply(ticket.pk, by=anna, text="Done", client_id="r", at=after(1), status=status("solved"))
    say(ticket, "Now the plug sparks", at=after(60 * 24 * 30))
    new = Ticket.objects.get(follows=ticket)

    assert found("sparks") == [new.number]
    assert found("done") == [ticket.number]


def test_a_talk_without_a_ticket_finds_none(found, customer, now):
    talk = intake.open_conversation(customer, opening_id="talk", at=now)
    intake.receive(intake.Inbound(talk.pk, "a", "A teal lamp"), at=now)
    assert found("teal") == []


def test_nobody_finds_anything_in_another_shop(found, ticket, stranger, anna, after):
    work.note(ticket.pk, by=anna, text="Ask the warehouse", client_id="n", at=after(1))
    for words in ("#1", "flickers", "warehouse"):
        assert found(words, by=stranger) == []


@pytest.mark.parametrize("text", ["-lamp", "\x00", "!!!", "x" * 300])
def test_what_cannot_be_looked_for_is_said_kindly(text, ticket, anna, client_of):
    with pytest.raises(ports.Refused):
        search.tickets(anna, text)
    page = client_of(anna).get(reverse("tickets:search"), {"q": text})
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()


def test_the_page_shows_what_was_said_marked_and_safe(client_of, anna, ticket, say, after):
    say(ticket, "<b>sparks</b> & smoke", at=after(1))
    page = client_of(anna).get(reverse("tickets:search"), {"q": "sparks"}).content.decode()

    assert "<mark>sparks</mark>" in page
    assert "<b>" not in page
    assert client_of(anna).get(reverse("tickets:search"), {"q": "zebra"}).status_code == 200


def test_as_many_queries_for_many_hits_as_for_one(client_of, anna, shop, ticket, now):
    agents, page = client_of(anna), reverse("tickets:search")
    agents.get(page, {"q": "flickers"})
    with CaptureQueriesContext(connection) as few:
        agents.get(page, {"q": "flickers"})
    for place in range(12):
        customer = factories.CustomerFactory(shop=shop)
        opening.from_form(customer, subject="It flickers", text="flickers", opening_id=f"f{place}", at=now)
    with CaptureQueriesContext(connection) as many:
        assert len(agents.get(page, {"q": "flickers"}).context["hits"]) == 13
    assert len(many) == len(few)


# --- pages of a list


@pytest.mark.parametrize("order", lists.ORDERS)
@pytest.mark.parametrize("name", ["undone", "closed"])
def test_pages_of_several_shops_are_one_order_without_gaps(name, order, anna, shop, other_shop, monkeypatch, after):
    monkeypatch.setattr(lists, "ROWS", 4)
    factories.MembershipFactory(user=anna, shop=other_shop)
    for place in range(11):
        customer = factories.CustomerFactory(shop=(shop, other_shop)[place % 2])
        opened = opening.open_ticket(customer, subject=str(place), by=None, at=after(place), priority=1 + place % 4)
        due = after(place * 7 % 11) if place % 3 else None
        Ticket.objects.filter(pk=opened.pk).update(due_at=due, kind=Kind.NEW if name == "undone" else Kind.CLOSED)
    by = lists.ORDERS["changed" if name in lists.DONE and order in lists.ONLY_LIVE else order][1]
    right = list(Ticket.objects.order_by(*by))

    pages = [lists.page(anna, name, order=order, filters=lists.Q(), number=number) for number in (1, 2, 3)]
    assert [one for page in pages for one in page.object_list] == right
    assert [page.has_next for page in pages] == [True, True, False]
