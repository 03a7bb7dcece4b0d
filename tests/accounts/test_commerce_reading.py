"""What is read about orders and products is complete, hers alone, and costs the same however much there is."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts import merging, people
from accounts.commerce import catalogue, orders
from accounts.models import Order, Return, Shipment
from tests.factories import (
    NOON,
    CustomerFactory,
    OrderFactory,
    OrderLineFactory,
    PaymentMethodFactory,
    ProductFactory,
    ShipmentFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(maria, shop):
    return people.customer_for(maria, shop)


def bought(customer, number="1042", **more):
    """An order that has one of everything."""
    order = OrderFactory(customer=customer, number=number, total=Decimal("42.80"), shipping=Decimal("3.00"), **more)
    variant = VariantFactory(product__shop=customer.shop, price=Decimal("19.90"), options={"color": "blue"})
    line = OrderLineFactory(order=order, position=1, variant=variant, sku=variant.sku, quantity=2)
    line.options = {"color": "blue"}
    line.save()
    shipment = ShipmentFactory(order=order, status=Shipment.Status.MOVING, expected_on=date(2026, 3, 6))
    for hour, text in ((2, "Sorted"), (1, "Handed over"), (3, "In the van")):
        shipment.events.create(external_id=str(hour), text=text, place="Lyon", at=NOON + timedelta(hours=hour))
    card = PaymentMethodFactory(customer=customer)
    paid = order.payments.create(
        external_id="1", method="Card", paid_with=card, status="paid", amount="42.80", currency="EUR"
    )
    order.refunds.create(external_id="1", payment=paid, amount="19.90", currency="EUR", asked_at=NOON)
    back = Return.objects.create(shop=order.shop, order=order, number=f"R-{number}", asked_at=NOON, settled_with=card)
    back.lines.create(line=line, quantity=1)
    return order


def test_everything_an_answer_may_say_is_in_the_facts(customer):
    order = bought(customer)

    facts = orders.by_number(customer.pk, "1042")

    assert (facts.number, facts.status, facts.is_open, facts.placed_at) == ("1042", "placed", True, NOON)
    assert (facts.goods, facts.shipping, facts.total, facts.currency) == (
        Decimal("39.80"),
        Decimal("3.00"),
        Decimal("42.80"),
        "EUR",
    )
    (line,) = facts.lines
    assert (line.name, line.options, line.quantity, line.sent_back, line.left) == (
        order.lines.get().name,
        (("color", "blue"),),
        2,
        1,
        1,
    )
    assert line.product == order.lines.get().variant.product.external_id
    (shipment,) = facts.shipments
    assert (shipment.carrier, shipment.newest.text, shipment.newest.place) == ("Colissimo", "In the van", "Lyon")
    assert facts.expected_on == date(2026, 3, 6)
    assert [(p.method, p.amount) for p in facts.payments] == [("Visa ending in 4242", Decimal("42.80"))]
    assert [(r.method, r.amount) for r in facts.refunds] == [("Visa ending in 4242", Decimal("19.90"))]
    assert [(r.number, r.kind, r.lines[0].quantity) for r in facts.returns] == [("R-1042", "return", 1)]


@pytest.mark.parametrize("typed", ["W12", "#W12", " w12 ", "# w12"])
@pytest.mark.parametrize("kept", ["W12", "#W12"])
def test_a_number_is_found_however_it_is_typed(customer, typed, kept):
    OrderFactory(customer=customer, number=kept)

    assert orders.by_number(customer.pk, typed).number == kept


@pytest.mark.parametrize("typed", ["", "#", "W", "W1", "W123", "%", "W12' OR 1=1", "1" * 9000])
def test_nothing_else_is_found(customer, typed):
    OrderFactory(customer=customer, number="W12")

    assert orders.by_number(customer.pk, typed) is None


def test_an_order_is_read_by_its_owner_and_the_team_alone(customer, maria, omar, anna, stranger, shop, other_shop):
    bought(customer)
    elsewhere = CustomerFactory(shop=other_shop)
    bought(elsewhere)
    omars = people.customer_for(omar, shop)

    assert orders.by_number(omars.pk, "1042") is None
    assert orders.newest(omars.pk) == orders.open_orders(omars.pk) == ()
    for who, sees in ((maria, True), (anna, True), (omar, False), (stranger, False), (AnonymousUser(), False)):
        assert (orders.seen_by(who, shop, "#1042") is not None) is sees, who
    assert orders.seen_by(anna, other_shop, "1042") is None
    assert orders.seen_by(stranger, other_shop, "1042").customer_id == elsewhere.pk


def test_open_orders_are_those_still_to_come_newest_first(customer):
    for days, status in enumerate(Order.Status.values):
        OrderFactory(customer=customer, number=status, status=status, placed_at=NOON - timedelta(days=days))

    assert [each.number for each in orders.open_orders(customer.pk)] == ["placed", "paid", "packed", "shipped"]
    assert [each.number for each in orders.newest(customer.pk, limit=2)] == ["placed", "paid"]


def test_an_order_that_arrived_is_expected_no_more(customer):
    order = OrderFactory(customer=customer, number="1", status="delivered", expected_on=date(2026, 3, 1))
    ShipmentFactory(order=order, expected_on=date(2026, 3, 2), delivered_at=NOON)
    late = ShipmentFactory(order=order, expected_on=date(2026, 3, 3))

    assert orders.by_number(customer.pk, "1").delivered_at is None
    late.delivered_at = NOON + timedelta(days=1)
    late.save()
    facts = orders.by_number(customer.pk, "1")
    assert (facts.expected_on, facts.delivered_at) == (None, NOON + timedelta(days=1))


def test_a_refused_return_sends_nothing_back(customer):
    bought(customer)
    Return.objects.update(status=Return.Status.REFUSED)

    assert orders.by_number(customer.pk, "1042").lines[0].left == 2


def test_reading_many_orders_costs_as_many_queries_as_reading_one(customer, django_assert_num_queries):
    bought(customer)
    with django_assert_num_queries(9):
        orders.newest(customer.pk)
    for number in range(5):
        bought(customer, number=str(number))
    with django_assert_num_queries(9):
        assert len(orders.open_orders(customer.pk)) == 6


@pytest.fixture
def lamps(shop):
    fjord = ProductFactory(shop=shop, name="Fjord table lamp", kind="Lamps", properties={"material": "oak"})
    VariantFactory(product=fjord, sku="FJ-CLR", name="clear", price=89, stock=14, options={"glass": "clear"})
    VariantFactory(product=fjord, sku="FJ-SMK", name="smoke", price=94, stock=0)
    pier = ProductFactory(shop=shop, name="Pier reading lamp", kind="Lamps")
    VariantFactory(product=pier, sku="PR-BRS", price=129, stock=None, is_offered=False)
    ProductFactory(shop=shop, name="Café crème mug", kind="Table")
    ProductFactory(shop=shop, name="Old lamp", kind="Lamps", is_sold=False)
    return {"fjord": fjord, "pier": pier}


def test_a_product_says_what_it_is_and_what_can_be_had(shop, lamps):
    facts = catalogue.by_sku(shop.pk, "FJ-SMK")

    assert facts == catalogue.product(shop.pk, lamps["fjord"].external_id)
    assert (facts.name, facts.properties, facts.is_available) == ("Fjord table lamp", (("material", "oak"),), True)
    assert [(v.sku, v.stock, v.is_available, v.options) for v in facts.variants] == [
        ("FJ-CLR", 14, True, (("glass", "clear"),)),
        ("FJ-SMK", 0, False, ()),
    ]
    assert facts.prices == (Decimal(89), Decimal(89))
    assert not catalogue.by_sku(shop.pk, "PR-BRS").is_available


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("Is the fjord lamp in stock?", ["Fjord table lamp", "Pier reading lamp"]),
        ("what does PR-BRS cost", ["Pier reading lamp"]),
        ("do you have LAMPS", ["Fjord table lamp", "Pier reading lamp"]),
        ("tables lamp fjord", ["Fjord table lamp", "Pier reading lamp", "Café crème mug"]),
        ("cafe creme mugs", ["Café crème mug"]),
        ("a car", []),
        ("", []),
        ("& | ! :* ' \\", []),
    ],
)
def test_products_are_found_by_the_words_people_use(shop, lamps, asked, names):
    assert [each.name for each in catalogue.find(shop.pk, asked)] == names


def test_the_catalogue_of_another_shop_is_not_there(other_shop, lamps):
    assert catalogue.find(other_shop.pk, "fjord lamp FJ-CLR") == ()
    assert catalogue.by_sku(other_shop.pk, "FJ-CLR") is None


def test_searching_many_products_costs_as_many_queries_as_searching_few(shop, lamps, django_assert_num_queries):
    for _ in range(5):
        VariantFactory(product__shop=shop)
    with django_assert_num_queries(3):
        catalogue.find(shop.pk, "lamps")


def test_two_rows_that_are_one_person_keep_the_address_and_the_way_to_it(customer, shop):
    known = CustomerFactory(shop=shop, external_id="c-7", address={"city": "Lyon"})

    merging.merge(known, customer)

    known.refresh_from_db()
    customer.refresh_from_db()
    assert (known.address, known.external_id, customer.address) == ({}, "c-7", {"city": "Lyon"})
