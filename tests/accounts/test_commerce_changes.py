"""What is done with an order is allowed by a rule, done once, and told exactly."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts import people
from accounts.commerce import changes, orders, rules
from accounts.commerce.wishes import Cancel, Exchange, GiveBack, MoneyBack, NewAddress, Part, Swap
from accounts.models import Address, Order, OrderChange, Rule
from analytics.ledger.models import Event
from tests.factories import NOON, OrderFactory, OrderLineFactory, PaymentMethodFactory, VariantFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def customer(maria, shop):
    rules.prepare(shop)
    return people.customer_for(maria, shop)


@pytest.fixture
def order(customer):
    order = OrderFactory(customer=customer, number="1042", status="paid", total=Decimal("39.80"))
    variant = VariantFactory(product__shop=customer.shop, stock=3)
    OrderLineFactory(order=order, position=1, variant=variant, sku=variant.sku, name="Lamp", quantity=2)
    card = PaymentMethodFactory(customer=customer)
    order.payments.create(external_id="1", paid_with=card, status="paid", amount="39.80", currency="EUR")
    return order


def do(order, wish, by, *, key=None, at=LATER):
    return changes.carry_out(order.pk, wish, key=key or uuid4(), by=by, at=at)


def test_a_cancellation_pays_back_once_however_often_it_is_carried_out(order, customer):
    key = uuid4()

    told = [do(order, Cancel("changed my mind"), customer, key=key) for _ in range(3)]

    assert {(each.done, each.text) for each in told} == {
        (True, "Order 1042 is cancelled. 39.80 EUR go back to Visa ending in 4242.")
    }
    order.refresh_from_db()
    assert (order.status, order.cancel_reason) == ("cancelled", "changed my mind")
    assert [refund.amount for refund in order.refunds.all()] == [Decimal("39.80")]
    assert order.lines.get().variant.stock == 5
    assert Event.objects.filter(kind="order.changed").count() == 1


def test_a_refusal_quotes_the_rule_and_changes_nothing(order, customer):
    Order.objects.filter(pk=order.pk).update(status="shipped")
    Rule.objects.filter(shop=order.shop, action="cancel").update(words="Parcels cannot be called back.")

    told = do(order, Cancel(), customer)

    assert not told.done
    assert told.text.startswith("Order 1042 is on its way. An order can be cancelled only while it is placed or paid.")
    assert told.text.endswith("“Parcels cannot be called back.”")
    assert not order.refunds.exists()
    assert OrderChange.objects.get().state == "refused"


def test_nobody_else_can_do_anything_with_it(order, omar, stranger, shop):
    for other in (people.customer_for(omar, shop), omar, stranger):
        told = do(order, Cancel(), other)
        assert (told.done, told.text) == (False, "There is no such order.")
    order.refresh_from_db()
    assert order.status == "paid"


def test_the_team_may_do_what_a_rule_reserves_for_it(order, customer, anna):
    Order.objects.filter(pk=order.pk).update(status="packed")

    assert not do(order, Cancel(), customer).done
    assert do(order, Cancel(), anna).done


def test_an_address_is_changed_whole_or_not_at_all(order, customer):
    assert not do(order, NewAddress(Address(line1="Rua Nova 1")), customer).done
    told = do(order, NewAddress(Address(name="Maria", line1="Rua Nova 1", city="Porto")), customer)

    order.refresh_from_db()
    assert told.done
    assert order.ship_to == "Maria\nRua Nova 1\nPorto"


def test_goods_come_back_within_the_window_and_no_more_than_were_bought(order, customer):
    Order.objects.filter(pk=order.pk).update(status="delivered")
    order.shipments.create(carrier="DHL", tracking_number="1", status="delivered", delivered_at=NOON)

    too_late = do(order, GiveBack((Part(1, 1),)), customer, at=NOON + timedelta(days=31))
    done = do(order, GiveBack((Part(1, 1),)), customer)
    too_many = do(order, GiveBack((Part(1, 2),)), customer)

    assert "30 days after an order arrived" in too_late.text
    assert done.text.startswith("Return R-1042 of order 1042 is registered: 1 x Lamp. 19.90 EUR go back")
    assert (done.done, too_many.done) == (True, False)
    assert [line.left for line in orders.by_number(customer.pk, "1042").lines] == [1]


def test_an_exchange_is_for_another_variant_of_the_same_product(order, customer):
    Order.objects.filter(pk=order.pk).update(status="delivered")
    other = VariantFactory(product__shop=order.shop, sku="OTHER")
    same = VariantFactory(product=order.lines.get().variant.product, sku="SAME", stock=1)

    assert "another variant of the same product" in do(order, Exchange((Swap(1, other.sku, 1),)), customer).text
    assert do(order, Exchange((Swap(1, same.sku, 1),)), customer).done
    same.refresh_from_db()
    assert same.stock == 0


def test_no_more_money_goes_back_than_came_in(order, customer, anna):
    assert do(order, MoneyBack(Decimal("30.00")), anna).done
    told = do(order, MoneyBack(Decimal("10.00")), anna)

    assert not told.done
    assert "9.80 EUR" in told.text


def test_an_admin_writes_a_rule_and_it_holds(order, customer, boss, client_of):
    Rule.objects.filter(shop=order.shop).delete()
    assert do(order, Cancel(), customer).text == "This is not offered here; a person can help you with it."

    form = {"shop": order.shop_id, "action": "cancel", "who": "anybody", "statuses": ["paid"], "since": "placed"}
    form |= {"reasons": "ordered by mistake", "money_goes": "original", "position": 1, "is_active": "on"}
    answer = client_of(boss).post(reverse("admin:accounts_rule_add"), form)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert "these reasons: ordered by mistake" in do(order, Cancel("dull"), customer).text
    assert do(order, Cancel("Ordered by mistake"), customer).done
