"""A guest proves that an order is hers; nobody else learns that there is such an order."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from accounts import people
from accounts.commerce import proofs, rules
from accounts.models import OrderProof
from chat import actions, intake
from chat.models import Action, Author
from tests.factories import CustomerFactory, OrderFactory, OrderLineFactory

pytestmark = pytest.mark.django_db

SENT = (
    "If there is such an order with this address, a code of eight digits is on its way there. Please write it here; "
    "it is good for 15 minutes."
)


@pytest.fixture(autouse=True)
def _instant_vectors(settings, shop):
    settings.EMBEDDINGS = "fake"
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "order.code": "", "order.try": ""}
    rules.prepare(shop)


@pytest.fixture
def customer(shop):
    """A guest, as far as anybody knows."""
    return people.guest(shop)


@pytest.fixture
def order(shop):
    buyer = CustomerFactory(shop=shop, email="buyer@example.com", email_verified=True)
    order = OrderFactory(customer=buyer, number="1042", status="paid", ship_to="Rue A 1\n69001 Lyon")
    OrderLineFactory(order=order, position=1, name="Desk lamp")
    OrderFactory(customer=buyer, number="1043", status="paid", ship_to="Rue B 2\n69002 Lyon")
    return order


def carry_out():
    Action.objects.update(due_at="2020-01-01T00:00Z")
    for pk in Action.objects.filter(status="requested").values_list("pk", flat=True):
        actions.execute(pk)


def code():
    return re.search(r"\d{4} \d{4}", mail.outbox[-1].body).group()


def told(conversation):
    return conversation.messages.exclude(author=Author.SHOPPER).order_by("seq").last().text


@pytest.fixture
def proven(talk, order, conversation):
    talk("Where is order 1042 being sent?")
    talk("buyer@example.com")
    carry_out()
    talk(code())
    carry_out()
    return talk()


def test_number_address_and_code_open_one_order(talk, order, conversation):
    assert talk("Where is my order being sent?").text.startswith("I can look it up for you.")
    assert talk("1042").text.startswith("With which e-mail address")
    assert talk("It was Buyer@Example.com").text == SENT
    assert mail.outbox == []
    carry_out()
    assert mail.outbox[0].to == ["buyer@example.com"]
    assert told(conversation) == SENT

    talk(code())
    carry_out()

    assert told(conversation) == "The code fits."
    assert talk().text == "The address of order 1042:\nRue A 1\n69001 Lyon"


def test_then_all_of_that_order_is_told_and_done_and_of_no_other(proven, talk, order, fresh):
    assert talk("What did I order in 1042?").text.startswith("In order 1042:\n1 x Desk lamp")
    assert "Rue B" not in talk("Where is order 1043 being sent?").text

    talk("Please cancel order 1042")
    talk("yes")
    carry_out()

    assert fresh(order).status == "cancelled"


def test_an_agent_sees_what_was_proven_beside_that_talk(proven, conversation, customer, now, anna, client_of):
    other = intake.open_conversation(customer, opening_id="opening-2", at=now)
    beside = [
        client_of(anna).get(reverse("chat:staff_orders", args=[each.public_id])).content.decode()
        for each in (conversation, other)
    ]

    assert ["1042" in page for page in beside] == [True, False]
    assert "1043" not in beside[0]


def test_what_is_proven_is_proven_in_that_talk_alone(proven, conversation, customer, now):
    other = intake.open_conversation(customer, opening_id="opening-2", at=now)

    assert [each.number for each in proofs.proven(conversation.pk, at=now)] == ["1042"]
    assert proofs.proven(other.pk, at=now) == ()
    assert proofs.proven(conversation.pk, at=now + timedelta(hours=13)) == ()


@pytest.mark.parametrize(
    ("number", "email"),
    [("1042", "other@example.com"), ("9999", "buyer@example.com"), ("9999", "nobody@example.com")],
)
def test_a_missing_order_and_a_wrong_address_are_told_the_same(talk, order, conversation, number, email):
    talk("Where is my order?")
    talk(number)

    assert talk(email).text == SENT
    carry_out()
    talk("1234 5678")
    carry_out()

    assert mail.outbox == []
    assert told(conversation) == "This code does not fit, or it is no longer good. Please look again."
    assert not OrderProof.objects.exclude(proven_at=None).exists()


def test_after_five_tries_no_code_is_right(order, customer, conversation, now):
    proofs.send_code(customer, talk=conversation.pk, number="1042", email="buyer@example.com", at=now)
    right = code().replace(" ", "")
    wrong = "00000000" if right != "00000000" else "11111111"

    for _ in range(proofs.TRIES):
        assert not proofs.try_code(customer, talk=conversation.pk, code=wrong, at=now)

    assert not proofs.try_code(customer, talk=conversation.pk, code=right, at=now)


def test_a_code_ends(order, customer, conversation, now):
    proofs.send_code(customer, talk=conversation.pk, number="#1042", email="buyer@example.com", at=now)
    right, late = code().replace(" ", ""), now + timedelta(minutes=16)

    assert not proofs.try_code(customer, talk=conversation.pk, code=right, at=late)
    assert proofs.try_code(customer, talk=conversation.pk, code=right, at=now)


def test_a_code_is_no_good_in_another_talk_and_stands_nowhere(order, customer, conversation, now):
    other = intake.open_conversation(customer, opening_id="opening-2", at=now)
    proofs.send_code(customer, talk=conversation.pk, number="1042", email="buyer@example.com", at=now)
    right = code().replace(" ", "")

    assert not proofs.try_code(customer, talk=other.pk, code=right, at=now)
    assert right not in str(OrderProof.objects.values())


def test_codes_are_asked_for_a_few_times_only(order, customer, conversation, now, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "order.code": "3/h"}
    for guest in (customer, people.guest(customer.shop)):
        for _ in range(4):
            proofs.send_code(guest, talk=conversation.pk, number="1042", email="buyer@example.com", at=now)

    assert len(mail.outbox) == 3


def test_an_address_that_cannot_be_read_is_asked_for_once_more(talk, order):
    talk("Where is order 1042?")

    again = talk("the usual one")
    assert again.text.startswith("I could not find an address in that.")
    assert talk("buyer at example").text != again.text


def test_a_new_code_can_be_asked_for(talk, order):
    talk("Where is order 1042? I am buyer@example.com")
    carry_out()

    assert talk("Send a new code").text == SENT
    carry_out()

    assert len(mail.outbox) == 2


def test_a_shop_without_orders_does_not_ask(talk, shop):
    message = talk("Where is my order 1042?")

    assert "asks" not in message.details


def test_what_is_over_is_forgotten(order, customer, conversation, now):
    for at in (now - timedelta(days=1), now):
        proofs.send_code(customer, talk=conversation.pk, number="1042", email="x@example.com", at=at)

    assert OrderProof.objects.count() == 1
