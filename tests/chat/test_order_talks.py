"""A shopper asks for her orders in her own words; what is done with them is shown first, and done after a clear yes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.commerce import rules
from accounts.models import Order, OrderChange, Payment
from chat import actions, wire
from chat.models import Action, Author
from tests.factories import (
    CustomerFactory,
    OrderFactory,
    OrderLineFactory,
    PaymentMethodFactory,
    ProductFactory,
    ShipmentFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _instant_vectors(settings, shop):
    settings.EMBEDDINGS = "fake"
    rules.prepare(shop)


@pytest.fixture
def order(customer, now):
    order = OrderFactory(customer=customer, number="1042", status="paid", ship_to="Rue A 1\n69001 Lyon", placed_at=now)
    OrderLineFactory(order=order, position=1, name="Desk lamp", price=Decimal("19.90"))
    card = PaymentMethodFactory(customer=customer)
    Payment.objects.create(
        order=order, paid_with=card, status="paid", amount=Decimal("19.90"), currency="EUR", external_id="pay-1"
    )
    return order


def carry_out():
    Action.objects.update(due_at="2020-01-01T00:00Z")
    for pk in Action.objects.values_list("pk", flat=True):
        actions.execute(pk)


def test_where_is_my_order_needs_no_number(talk, order):
    ShipmentFactory(
        order=order, carrier="Colissimo", tracking_number="6A001", status="on_the_way", expected_on=date(2026, 5, 5)
    )
    Order.objects.update(status="shipped")

    message = talk("Where is my order?")

    assert message.text == ("Order 1042 is on its way. It travels with Colissimo. It is expected on 5 May 2026.")
    assert message.details["cards"][0]["tracking_number"] == "6A001"


def test_of_several_open_orders_she_chooses_one(talk, order, customer):
    OrderFactory(customer=customer, number="1043", status="placed")

    offered = talk("Where is my order?")
    message = talk("Order 1043")

    assert offered.details["suggestions"] == ["Order 1042", "Order 1043"]
    assert message.text == "Order 1043 is placed."


def test_the_choice_keeps_what_was_asked(talk, order, customer):
    OrderFactory(customer=customer, number="1043", status="placed")
    talk("What is the address on my order?")

    assert talk("1042").text == "The address of order 1042:\nRue A 1\n69001 Lyon"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("the first one", "1042"),
        ("the second one please", "1043"),
        ("2", "1043"),
        ("the one with the desk lamp", "1042"),
        ("The woollen... the wool rug!", "1043"),
        ("the one that is placed", "1043"),
    ],
)
def test_she_points_at_one_of_those_she_was_offered(talk, order, customer, said, number):
    OrderLineFactory(order=OrderFactory(customer=customer, number="1043", status="placed"), name="Wool rug")
    talk("Where is my order?")

    assert talk(said).text.startswith(f"Order {number} is ")


@pytest.mark.parametrize("said", ["the third one", "the one I like"])
def test_what_points_at_none_or_at_several_is_no_choice(talk, order, customer, said):
    OrderLineFactory(order=OrderFactory(customer=customer, number="1043", status="placed"), name="Desk mat")
    talk("Where is my order?")

    message = talk(said)

    assert not message.text.startswith("Order 10")
    assert message.text.endswith("Which order is it?")
    assert message.details["suggestions"] == ["Order 1042", "Order 1043"]


def test_a_question_points_at_no_order(talk, order, customer):
    OrderFactory(customer=customer, number="1043", status="placed")
    talk("Where is my order?")

    assert "Order 10" not in talk("What is the first thing I should do?").text


def test_the_question_asked_again_is_the_question_alone(talk, order, customer):
    OrderLineFactory(order=OrderFactory(customer=customer, number="1043", status="placed"), name="Desk mat")
    talk("Where is my order?")
    talk("the blue whale")

    assert talk("Are you a robot?").text.count("could not find") == 0


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("What did I order in 1042?", "In order 1042:\n1 x Desk lamp: 19.90 EUR"),
        ("Where is order 1042 being sent?", "The address of order 1042:\nRue A 1\n69001 Lyon"),
        ("Tracking number for #1042?", "Order 1042 is paid; there is no tracking number for it."),
        ("Wo ist meine Bestellung?", "Die Bestellung 1042 ist bezahlt."),
    ],
)
def test_an_answer_is_the_record(talk, order, asked, told):
    assert talk(asked).text == told


def test_what_was_paid_is_told_with_how(talk, order):
    assert talk("How did I pay for 1042?").text.startswith("Order 1042 comes to 19.90 EUR. 19.90 EUR with ")


def test_the_order_of_somebody_else_is_not_there(talk, order, shop):
    OrderFactory(customer=CustomerFactory(shop=shop), number="2000", status="paid", ship_to="Rue B 2")

    message = talk("Where is order 2000 being sent?")

    assert message.text == "I find no order 2000 of yours. Which one is it?"
    assert "Rue B" not in str(message.details)


def test_nothing_is_done_before_a_yes_and_then_once(talk, order, fresh, conversation):
    shown = talk("Please cancel order 1042")
    assert (fresh(order).status, Action.objects.count()) == ("paid", 0)
    assert shown.details["cards"][0]["title"] == "Cancel order 1042"
    assert "19.90 EUR" in str(shown.details["cards"][0]["rows"])

    yes = shown.details["suggestions"][0]
    talk(yes, yes)
    carry_out()

    assert fresh(order).status == "cancelled"
    assert OrderChange.objects.count() == 1
    assert conversation.messages.filter(author=Author.SYSTEM).get().text.startswith("Order 1042 is cancelled.")


def test_pressing_again_acts_no_second_time(talk, order):
    yes = talk("Please cancel order 1042").details["suggestions"][0]
    talk(yes)
    talk(yes)

    assert Action.objects.count() == 1


@pytest.mark.parametrize("said", ["maybe", "yes but not now", "no", "Hm, yes or no", "is that sure?", "yes\nno"])
def test_anything_but_a_clear_yes_does_nothing(talk, order, said):
    talk("Please cancel order 1042")
    talk(said)

    assert not Action.objects.exists()


def test_a_yes_that_comes_late_is_asked_for_again(talk, order):
    talk("Please cancel order 1042")

    message = talk("yes", after=timedelta(minutes=20))

    assert not Action.objects.exists()
    assert message.details["asks"]["step"] == "confirm"


def test_a_yes_to_what_has_changed_since_is_asked_for_again(talk, order):
    talk("Please cancel order 1042")
    Order.objects.update(ship_to="Rue C 3")

    message = talk("yes")

    assert message.text == "Some time has passed, or the order has changed. Please look again."
    assert not Action.objects.exists()


def test_a_yes_to_nothing_does_nothing(talk, order):
    talk("yes")

    assert not Action.objects.exists()


def test_a_refusal_quotes_the_rule(talk, order):
    Order.objects.update(status="shipped")

    assert talk("Please cancel order 1042").text.endswith("An order can be cancelled only while it is placed or paid.")


def test_an_address_is_read_shown_and_changed(talk, order, fresh):
    talk("I want to change the address of order 1042")
    shown = talk("Maria Gomez\nRue Neuve 5\n75002 Paris\nFrance")
    assert shown.details["cards"][0]["rows"] == [["New address", "Maria Gomez\nRue Neuve 5\n75002 Paris\nFrance"]]

    talk("yes please")
    carry_out()

    assert fresh(order).ship_to == "Maria Gomez\nRue Neuve 5\n75002 Paris\nFrance"


def test_one_of_two_things_goes_back(talk, order, now):
    OrderLineFactory(order=order, position=2, name="Mug", price=Decimal("5.00"))
    Order.objects.update(status="delivered")
    ShipmentFactory(order=order, status="delivered", delivered_at=now)

    choice = talk("I want to return order 1042")
    shown = talk("1 x Mug")
    talk("ok")
    carry_out()

    assert choice.details["suggestions"] == ["1 x Desk lamp", "1 x Mug", "Everything"]
    assert shown.details["cards"][0]["rows"][0] == ["1 x Mug", ""]
    assert [each.quantity for each in order.returns.get().lines.all()] == [1]


def test_what_she_names_is_what_goes_back(talk, order, now, shop):
    OrderLineFactory(order=order, position=2, name="Stoneware mug", price=Decimal("5.00"))
    ProductFactory(shop=shop, name="Heather blanket")
    Order.objects.update(status="delivered")
    ShipmentFactory(order=order, status="delivered", delivered_at=now)

    named = talk("I want to return the stoneware mug of order 1042")
    assert named.details["cards"][0]["rows"][0] == ["1 x Stoneware mug", ""]

    order.lines.get(position=2).delete()
    other = talk("I want to return the blanket of order 1042")
    assert other.text == "I do not find that in order 1042. What is left of it is this. Shall I?"
    assert other.details["cards"][0]["rows"][0] == ["1 x Desk lamp", ""]


def test_it_is_exchanged_for_another_variant(talk, order, now, shop):
    lamp = ProductFactory(shop=shop, name="Desk lamp")
    blue = VariantFactory(product=lamp, options={"colour": "blue"}, price=Decimal("19.90"))
    VariantFactory(product=lamp, options={"colour": "red"}, price=Decimal("24.90"), sku="RED")
    order.lines.update(variant=blue, sku=blue.sku)
    Order.objects.update(status="delivered")
    ShipmentFactory(order=order, status="delivered", delivered_at=now)

    talk("I want to exchange something from order 1042")
    shown = talk("red")
    talk("yes")
    carry_out()

    assert "24.90" not in shown.text
    assert "5.00 EUR" in str(shown.details["cards"][0]["rows"])
    assert order.returns.get().lines.get().replaced_by.sku == "RED"


def test_a_product_is_told_from_the_catalogue(talk, shop):
    lamp = ProductFactory(shop=shop, name="Desk lamp", properties={"Material": "oak"})
    VariantFactory(product=lamp, price=Decimal("19.90"), stock=3)

    message = talk("What is the desk lamp made of?")

    assert message.text == "Desk lamp: 19.90 EUR. It can be ordered now. Material: oak."
    assert message.details["cards"][0]["stock"] == 3


def test_a_card_is_shown_and_its_buttons_send_words(talk, order, conversation, client, maria):
    message = talk("Please cancel order 1042")
    assert wire.message(message, conversation)["cards"][0]["kind"] == "confirmation"

    client.force_login(maria)
    page = client.get(reverse("chat:talk", args=[conversation.public_id])).content.decode()

    assert 'data-card="confirmation"' in page
    assert 'value="Yes: Cancel order 1042"' in page


@pytest.fixture
def lamps(shop):
    for name in ("Fjord table lamp", "Fjord floor lamp", "Oslo table lamp", "Wool blanket"):
        VariantFactory(product=ProductFactory(shop=shop, name=name), price=Decimal("19.90"), stock=3)


def test_part_of_a_name_is_enough_where_it_is_of_one_product(talk, lamps):
    assert talk("Is the Oslo lamp in stock?").text.startswith("Oslo table lamp: 19.90 EUR.")
    assert talk("How much are your blankets?").text.startswith("Wool blanket: 19.90 EUR.")


def test_where_several_are_meant_she_chooses(talk, lamps):
    offered = talk("Is the Fjord lamp in stock?")

    assert set(offered.details["suggestions"]) == {"Fjord table lamp", "Fjord floor lamp"}
    assert {card["name"] for card in offered.details["cards"]} == {"Fjord table lamp", "Fjord floor lamp"}
    assert talk("Fjord floor lamp").text.startswith("Fjord floor lamp: 19.90 EUR.")


def test_a_product_that_is_not_there_is_not_made_of_another(talk, lamps):
    assert "EUR" not in talk("How much is the leather sofa?").text


def test_an_address_that_cannot_be_read_is_asked_for_once_more_and_differently(talk, order):
    first = talk("I want to change the address of order 1042")

    again = talk("to my sister")
    refused = talk("to my sister")

    assert again.text.startswith("I could not read an address in that.")
    assert again.text != first.text
    assert refused.text == "An address needs a street and a town."


def test_of_more_than_two_orders_the_cards_are_short(talk, order, customer):
    for number in ("1043", "1044"):
        OrderLineFactory.create_batch(3, order=OrderFactory(customer=customer, number=number, status="placed"))

    offered = talk("Where is my order?").details["cards"]

    assert [len(card["lines"]) for card in offered] == [1, 1, 1]
    assert sorted(card["more"] for card in offered) == [0, 2, 2]
