from decimal import Decimal

import pytest
from django.contrib.auth import authenticate
from django.db.models import F, Sum
from django.urls import reverse

from accounts import demo, people
from accounts.models import Customer, Order, OrderLine, Product, Role, Shop, User
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_the_demo_shop_can_be_entered_by_everybody_it_names(client_of):
    logins = demo.seed(NOON)

    assert [role for role, _, _ in logins] == ["shopper", "shopper", "agent", "agent", "admin"]
    for role, email, password in logins:
        user = authenticate(None, email=email, password=password)
        assert user is not None
        assert user.role_in(Shop.objects.get()) == Role(role)
        assert user.emailaddress_set.get().verified


def test_furnishing_twice_changes_nothing():
    before = demo.seed(NOON)
    counted = [model.objects.count() for model in (Shop, User, Customer, Product, Order, OrderLine)]

    assert demo.seed() == before
    assert [model.objects.count() for model in (Shop, User, Customer, Product, Order, OrderLine)] == counted
    assert counted[3:5] == [12, 10]


def test_what_a_visitor_changed_is_not_put_back():
    demo.seed(NOON)
    Order.objects.filter(number="1046").update(status=Order.Status.CANCELLED)

    demo.seed(NOON)

    assert Order.objects.get(number="1046").status == Order.Status.CANCELLED


def test_every_order_adds_up():
    demo.seed(NOON)

    for order in Order.objects.annotate(goods=Sum(F("lines__price") * F("lines__quantity"))):
        assert order.total == order.goods + order.shipping
        assert order.payments.get().amount == order.total
    assert Order.objects.values("status").distinct().count() >= 5
    assert Order.objects.filter(total__lte=Decimal(0)).count() == 0


def test_the_demo_pages_open(client_of):
    demo.seed(NOON)
    maria = client_of(User.objects.get(email="maria@demo.example"))

    for number in Order.objects.visible_to(User.objects.get(email="maria@demo.example")).values_list(
        "number", flat=True
    ):
        assert maria.get(reverse("accounts:order", args=[number])).status_code == 200
    assert maria.get(reverse("accounts:order", args=["1043"])).status_code == 404


def test_somebody_who_only_bought_is_a_customer_without_an_account():
    demo.seed(NOON)

    kim = people.known_by(Shop.objects.get(), "kim@demo.example")
    assert kim.is_guest
    assert kim.orders.count() == 1
