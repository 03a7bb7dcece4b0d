"""Orders and products protect themselves, and are seen by those they concern."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from accounts import models, people
from tests.factories import (
    NOON,
    CustomerFactory,
    OrderFactory,
    OrderLineFactory,
    ProductFactory,
    ShipmentFactory,
    TeamFactory,
    UserFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(maria, shop):
    """One row of everything that belongs to Maria's order."""
    line = OrderLineFactory(order__customer=people.customer_for(maria, shop))
    order = line.order
    shipment = ShipmentFactory(order=order)
    event = shipment.events.create(external_id="1", text="Left", at=NOON)
    payment = order.payments.create(external_id="1", method="Card", amount=5, currency="EUR")
    back = models.Return.objects.create(shop=shop, order=order, number="R-1", asked_at=NOON)
    back_line = back.lines.create(line=line)
    refund = order.refunds.create(external_id="1", amount=5, currency="EUR", asked_at=NOON)
    return [order, line, shipment, event, payment, back, back_line, refund]


def test_what_she_bought_is_seen_by_her_and_the_team_alone(bought, maria, omar, anna, boss, stranger):
    anybody, gone = AnonymousUser(), UserFactory(is_active=False)
    for row in bought:
        seen_by = {who for who in (maria, omar, anna, boss, stranger, gone) if _sees(who, row)}
        assert seen_by == {maria, anna, boss}, row
        assert not _sees(anybody, row)


def test_the_owner_of_the_installation_sees_every_shop(bought):
    owner = UserFactory(is_superuser=True)

    assert all(_sees(owner, row) for row in bought)


def test_who_was_switched_off_sees_nothing(bought, maria, anna):
    for who in (maria, anna):
        who.is_active = False
        assert not any(_sees(who, row) for row in bought)


def test_an_agent_of_two_shops_sees_a_row_once(bought, anna, other_shop):
    models.Membership.objects.create(user=anna, shop=other_shop)

    assert list(models.Order.objects.visible_to(anna)) == [bought[0]]


def test_the_catalogue_and_the_teams_are_the_teams_business(shop, anna, maria, stranger):
    variant, team = VariantFactory(product__shop=shop), TeamFactory(shop=shop)
    for row in (variant, variant.product, team, anna.memberships.get(), shop):
        assert _sees(anna, row)
        assert not _sees(stranger, row)
        assert not _sees(maria, row)


def test_colleagues_see_each_other_and_shoppers_only_themselves(anna, boss, maria, stranger):
    assert set(models.User.objects.visible_to(anna)) == {anna, boss}
    assert set(models.User.objects.visible_to(maria)) == {maria}
    assert set(models.User.objects.visible_to(stranger)) == {stranger}


def test_an_order_number_is_one_in_a_shop_and_free_in_another(shop, other_shop):
    OrderFactory(customer=CustomerFactory(shop=shop), number="1042")
    OrderFactory(customer=CustomerFactory(shop=other_shop), number="1042")

    with pytest.raises(IntegrityError, match="order_number_is_one_in_a_shop"), transaction.atomic():
        OrderFactory(customer=CustomerFactory(shop=shop), number="1042")


@pytest.mark.parametrize(
    ("constraint", "make"),
    [
        ("order_number_is_not_empty", lambda: OrderFactory(number="")),
        ("order_total_is_not_negative", lambda: OrderFactory(total=Decimal("-0.01"))),
        ("order_shipping_is_not_negative", lambda: OrderFactory(shipping=-1)),
        ("order_currency_is_a_code", lambda: OrderFactory(currency="eur")),
        ("an_order_line_has_something", lambda: OrderLineFactory(quantity=0)),
        ("order_line_price_is_not_negative", lambda: OrderLineFactory(price=-1)),
        ("variant_price_is_not_negative", lambda: VariantFactory(price=-1)),
        ("variant_currency_is_a_code", lambda: VariantFactory(currency="E1R")),
        ("payment_is_more_than_nothing", lambda: OrderFactory().payments.create(amount=0, currency="EUR")),
        (
            "refund_is_more_than_nothing",
            lambda: OrderFactory().refunds.create(amount=0, currency="EUR", asked_at=NOON),
        ),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(constraint, make):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()


def test_what_a_system_sends_twice_is_one_row(shop):
    order, product = OrderFactory(), ProductFactory(shop=shop)
    shipment, variant = ShipmentFactory(order=order), VariantFactory(product=product)
    shipment.events.create(external_id="1", text="Left", at=NOON)
    order.payments.create(external_id="1", amount=1, currency="EUR")
    again = {
        "one_product_for_an_external_id": lambda: ProductFactory(shop=shop, external_id=product.external_id),
        "one_variant_for_a_stock_number": lambda: VariantFactory(product=product, sku=variant.sku),
        "one_shipment_for_a_tracking_number": lambda: ShipmentFactory(
            order=order, tracking_number=shipment.tracking_number
        ),
        "one_tracking_event_for_an_external_id": lambda: shipment.events.create(external_id="1", at=NOON),
        "one_payment_for_an_external_id": lambda: order.payments.create(external_id="1", amount=1, currency="EUR"),
    }
    for constraint, make in again.items():
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            make()


def test_a_line_keeps_the_name_and_price_of_the_day(shop):
    variant = VariantFactory(product__shop=shop, product__name="Lamp", price=Decimal("10.00"))
    line = OrderLineFactory(variant=variant, name="Lamp", price=variant.price, quantity=3)

    variant.product.name, variant.price = "Light", Decimal("99.00")
    variant.product.save()
    variant.save()

    line.refresh_from_db()
    assert (line.name, line.total) == ("Lamp", Decimal("30.00"))
    variant.delete()
    line.refresh_from_db()
    assert (line.variant, line.name) == (None, "Lamp")


def _sees(who, row):
    return type(row).objects.visible_to(who).filter(pk=row.pk).exists()
