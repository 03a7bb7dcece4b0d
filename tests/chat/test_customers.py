"""A customer's page, the list of them, and the notes beside a talk; who may not look is proved with all doors."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import consent, merging, notes, people
from accounts.commerce import value
from accounts.models import Customer, CustomerMerge, CustomerNote, Purpose
from chat import handoff, intake, profile
from chat.models import Conversation
from tests.factories import NOON, CustomerFactory, MembershipFactory, OrderFactory, OrderLineFactory

HTML = "<script>alert(1)</script>"
FRAGMENT = {"hx-request": "true"}


@pytest.fixture
def agents(client_of, anna):
    return client_of(anna)


@pytest.fixture
def url(customer):
    def named(name="customer", who=customer):
        return reverse(f"chat:{name}", args=[who.public_id])

    return named


def test_everything_about_her_is_on_one_page(agents, url, customer, conversation, say, anna, now):
    say("Where is my lamp?")
    handoff.ask_person(conversation.pk, at=now)
    OrderLineFactory(order=OrderFactory(customer=customer, number="1042", total=Decimal("79.80")), name="Brass lamp")
    Customer.objects.filter(pk=customer.pk).update(phone="+45 86 12 34 56", external_id="shop-9")
    consent.grant(customer, Purpose.LEARNING, how="page", at=now)
    notes.write(customer, "Prefers a call.", by=anna, at=now)
    notes.tag(customer, "vip", by=anna, at=now)

    page = agents.get(url()).content.decode()

    for words in (
        *("Maria Lund", "maria@example.com", "Email, proven", "+45 86 12 34 56", "shop-9", "Web chat"),
        *("Order 1042", "Brass lamp", "79.80", "1 order", "Where is my lamp?", "Prefers a call.", "Anna Weiss", "vip"),
        *("Order 1042 placed", "Allowed: Learning from your conversations", "Handed to a person: asked for a person"),
    ):
        assert words in page, words


def test_what_people_typed_stays_text(agents, url, customer, conversation, say, anna, now):
    say(HTML)
    Customer.objects.filter(pk=customer.pk).update(name=HTML, phone=HTML)
    OrderLineFactory(order=OrderFactory(customer=customer, number=HTML), name=HTML)
    notes.write(customer, f"{HTML}\nnext line", by=anna, at=now)
    notes.tag(customer, HTML, by=anna, at=now)

    for page in (agents.get(url()), agents.get(reverse("chat:customers")), agents.get(url("thread", conversation))):
        assert page.status_code == 200
        assert HTML not in page.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>next line" in agents.get(url()).content.decode()


def test_the_page_costs_the_same_however_long_the_story(agents, url, customer, conversation, shop, anna, now):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert agents.get(url()).status_code == 200
        return len(caught)

    OrderLineFactory(order=OrderFactory(customer=customer))
    notes.write(customer, "One.", by=anna, at=now)
    notes.tag(customer, "one", by=anna, at=now)
    consent.grant(customer, Purpose.NEWS, how="page", at=now)
    queries()  # what is looked up once for a process
    few = queries()
    Conversation.objects.bulk_create(
        Conversation(
            shop=shop,
            customer=customer,
            opened_at=now - timedelta(minutes=number),
            last_message_at=now - timedelta(minutes=number),
            closed_at=now,
        )
        for number in range(5000)
    )
    for number in range(12):
        OrderLineFactory(order=OrderFactory(customer=customer))
        notes.write(customer, f"Note {number}", by=anna, at=now)
        notes.tag(customer, f"tag {number}", by=anna, at=now)
        consent.decide(customer, {Purpose.NEWS: bool(number % 2)}, how="page", at=now)

    assert queries() == few
    assert few <= 45
    page = agents.get(url())
    assert len(page.content) < 150_000
    assert page.context["talks"].paginator.count == 5001


def test_long_lists_are_turned_page_by_page(agents, url, customer, anna, now):
    for number in range(profile.NOTES + 1):
        notes.write(customer, f"Note number {number}.", by=anna, at=now)
    for number in range(profile.ORDERS + 1):
        OrderFactory(customer=customer, number=f"N{number}", placed_at=NOON + timedelta(days=number))

    first, second = agents.get(url()), agents.get(url() + "?notes=2&orders=2")

    assert "Note number 0." not in first.content.decode()
    assert "Note number 0." in second.content.decode()
    assert [one.number for one in second.context["order_cards"]] == ["N0"]
    assert agents.get(url() + "?notes=nonsense&orders=999&talks=-1").status_code == 200


def test_money_is_added_by_currency_and_without_what_was_cancelled(customer):
    for total, currency, status in (("10", "EUR", "paid"), ("30", "EUR", "delivered"), ("99", "EUR", "cancelled")):
        OrderFactory(customer=customer, total=Decimal(total), currency=currency, status=status)
    OrderFactory(customer=customer, total=Decimal("7.50"), currency="DKK", placed_at=NOON + timedelta(days=9))
    back = OrderFactory(customer=customer, total=Decimal("20"), currency="EUR")
    for amount, status in (("5", "done"), ("6", "pending"), ("7", "failed")):
        back.refunds.create(external_id=amount, amount=amount, currency="EUR", status=status, asked_at=NOON)

    euros, crowns = value.of(customer.pk)

    assert (euros.total, euros.refunded, euros.kept, euros.orders, euros.usual) == (60, 5, 55, 3, 20)
    assert (crowns.currency, crowns.kept, crowns.first_at) == ("DKK", Decimal("7.50"), NOON + timedelta(days=9))


def test_somebody_who_did_nothing_yet_has_a_page(agents, url, shop):
    nobody = CustomerFactory(shop=shop, name="")
    page = agents.get(url(who=nobody)).content.decode()

    assert "No orders" in page
    assert "No conversations" in page
    assert "Spent" not in page


def test_the_address_of_a_merged_row_leads_to_who_she_became(agents, url, customer, shop):
    guest = people.guest(shop, name="M")
    merging.merge(guest, customer)

    answer = agents.get(url(who=guest))

    assert (answer.status_code, answer.url) == (302, url())


# Notes and tags


def test_a_note_is_written_without_javascript_and_leads_back(agents, url, customer, conversation, anna):
    there = url("thread", conversation)
    answer = agents.post(url("customer_note"), {"text": "Prefers a call.", "next": there})

    assert answer.url == there
    assert b"Prefers a call." in agents.get(there).content
    note = CustomerNote.objects.get()
    assert (note.customer, note.author) == (customer, anna)
    answer = agents.post(url("customer_note"), {"remove": note.public_id, "next": "https://evil.example/"})
    assert answer.url == url()
    assert not CustomerNote.objects.exists()


def test_a_fragment_answers_a_fragment(agents, url, customer):
    written = agents.post(url("customer_note"), {"text": "Short."}, headers=FRAGMENT)
    worn = agents.post(url("customer_tag"), {"name": "vip"}, headers=FRAGMENT)

    assert written.content.strip().startswith(b'<section class="panel notes" id="notes"')
    assert worn.content.strip().startswith(b'<section class="panel" id="tags"')
    assert (
        b"vip"
        not in agents.post(url("customer_tag"), {"remove": "vip"}, headers=FRAGMENT).content.split(b"datalist")[0]
    )


@pytest.mark.parametrize("headers", [FRAGMENT, {}])
def test_what_cannot_be_written_comes_back_with_its_reason(agents, url, customer, headers):
    note = agents.post(url("customer_note"), {"text": " "}, headers=headers)
    tag = agents.post(url("customer_tag"), {"name": "x" * 41}, headers=headers)

    assert (note.status_code, tag.status_code) == (422, 422)
    assert b"Please write something first." in note.content
    assert b"x" * 41 in tag.content
    assert b"A tag has one to 40 characters." in tag.content


@pytest.mark.parametrize("key", ["nonsense", "00000000-0000-0000-0000-000000000000", "theirs"])
def test_another_customers_note_is_not_removed_from_here(agents, url, shop, boss, now, key):
    theirs = notes.write(CustomerFactory(shop=shop), "Hers.", by=boss, at=now)

    answer = agents.post(url("customer_note"), {"remove": theirs.public_id if key == "theirs" else key})

    assert answer.status_code == 404
    assert CustomerNote.objects.get() == theirs


def test_the_shopper_never_sees_a_note_or_a_tag(client_of, maria, conversation, customer, anna, now):
    notes.write(customer, "Difficult.", by=anna, at=now)
    notes.tag(customer, "difficult", by=anna, at=now)
    hers = client_of(maria)

    for path in ("/", "/account/", "/account/consent/", "/chat/", f"/chat/{conversation.public_id}/"):
        assert b"ifficult" not in hers.get(path).content


# The list


def test_the_list_costs_the_same_however_many_there_are(agents, shop, anna, now):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert agents.get(reverse("chat:customers")).status_code == 200
        return len(caught)

    notes.tag(CustomerFactory(shop=shop), "vip", by=anna, at=now)
    queries()
    few = queries()
    for _ in range(40):
        notes.tag(OrderFactory(customer__shop=shop).customer, "vip", by=anna, at=now)

    assert queries() == few <= 12


def test_the_list_is_searched_and_turned(agents, shop):
    for number in range(35):
        CustomerFactory(shop=shop, name=f"Kim {number}")
    greta = CustomerFactory(shop=shop, name="Greta Holm")

    def page(**asked):
        return agents.get(reverse("chat:customers"), asked)

    everybody = page()
    found = agents.get(reverse("chat:customers"), {"q": "holm"}, headers=FRAGMENT)

    assert len(everybody.context["page"].object_list) == 30
    assert [one.pk for one in found.context["page"].object_list] == [greta.pk]
    assert found.content.strip().startswith(b'<section class="stack" id="found"')
    assert b"?q=kim&amp;page=2" in page(q="kim").content
    assert len(page(q="kim", page="2").context["page"].object_list) == 5
    assert b"Nobody by these words" in page(q="zzz").content


def test_a_talk_beside_shows_who_it_is_with(agents, url, conversation, customer):
    intake.receive(intake.Inbound(conversation.pk, "first", "Hello"), at=conversation.opened_at)

    assert url().encode() in agents.get(url("thread", conversation)).content


# Joining


@pytest.fixture
def double(shop):
    return CustomerFactory(shop=shop, name="M. Lund", email="maria@example.com", phone="+45 86123456")


def pair(one, other):
    return reverse("chat:customer_join_with", args=[one.public_id, other.public_id])


def test_a_likely_double_is_shown_looked_at_joined_and_told_apart(agents, url, customer, double):
    OrderFactory(customer=double, number="D-1")
    assert pair(customer, double) in agents.get(url()).content.decode()

    look = agents.get(pair(customer, double))
    assert "Maria Lund stays. M. Lund becomes part of it." in look.content.decode()
    answer = agents.post(pair(customer, double), {"mark": look.context["look"].mark}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(url(), 302)]
    assert "Order D-1" in page
    assert "+45 86123456" in page
    assert "Tell them apart again" in page

    merge = CustomerMerge.objects.get()
    page = agents.post(reverse("chat:customer_part", args=[customer.public_id, merge.pk]), follow=True).content.decode()
    assert "Maria Lund and M. Lund are two again." in page
    assert "Order D-1" not in page
    assert "Tell them apart again" not in page


def test_what_changed_since_it_was_looked_at_is_looked_at_again(agents, customer, double):
    mark = agents.get(pair(customer, double)).context["look"].mark
    OrderFactory(customer=double)

    answer = agents.post(pair(customer, double), {"mark": mark})

    assert answer.status_code == 409
    assert b"Something changed since you looked." in answer.content
    assert not CustomerMerge.objects.exists()


def test_two_guests_may_be_joined_either_way_and_an_account_only_stays(agents, customer, double, shop):
    other = CustomerFactory(shop=shop, name="Other")
    turned = agents.get(pair(double, other), {"stays": other.public_id}).context["look"]
    assert (turned.source, turned.target) == (double, other)
    held = agents.get(pair(customer, double), {"stays": double.public_id}).context["look"]
    assert held.target == customer


def test_two_accounts_stay_two(agents, customer, omar, shop):
    answer = agents.get(pair(customer, people.customer_for(omar, shop)))

    assert answer.status_code == 409
    assert b"Two accounts are never joined." in answer.content


def test_nobody_of_another_shop_is_offered_or_joined(client_of, anna, customer, other_shop):
    MembershipFactory(user=anna, shop=other_shop)
    there = CustomerFactory(shop=other_shop, name="Maria Lund", email="maria@example.com")
    agents = client_of(anna)

    found = agents.get(reverse("chat:customer_join", args=[customer.public_id]), {"q": "maria"})

    assert found.context["found"] == found.context["candidates"] == []
    assert agents.get(pair(customer, there)).status_code == 409
