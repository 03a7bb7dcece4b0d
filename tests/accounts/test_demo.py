from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import authenticate
from django.db.models import F, Q, Sum
from django.urls import reverse

from accounts import demo, people
from accounts.demo import customers, goods, orders
from accounts.models import (
    Customer,
    Membership,
    Order,
    OrderLine,
    Payment,
    Product,
    Refund,
    Return,
    Role,
    Shipment,
    Shop,
    TrackingEvent,
    User,
    Variant,
)
from analytics.ledger.models import Event
from tests.factories import NOON

pytestmark = pytest.mark.django_db
TABLES = [Shop, User, Membership, Customer, Product, Variant, Order, OrderLine, Payment, Shipment, TrackingEvent, Event]


@pytest.fixture
def lumen():
    demo.seed(NOON)
    return Shop.objects.get(slug=demo.SLUG)


def test_the_demo_shop_can_be_entered_by_everybody_it_names(lumen):
    logins = demo.logins()

    assert [role for role, _, _ in logins] == ["shopper", "shopper", "agent", "agent", "admin"]
    for role, email, password in logins:
        user = authenticate(None, email=email, password=password)
        assert user is not None
        assert user.role_in(lumen) == Role(role)
        assert user.emailaddress_set.get().verified


def test_furnishing_twice_changes_nothing(lumen):
    before = [list(model.objects.order_by("pk").values()) for model in TABLES]

    assert demo.seed() == demo.logins()
    assert [list(model.objects.order_by("pk").values()) for model in TABLES] == before


def test_what_a_visitor_changed_is_not_put_back(lumen):
    Order.objects.filter(shop=lumen, number="1046").update(status=Order.Status.CANCELLED)

    demo.seed(NOON)

    assert Order.objects.get(shop=lumen, number="1046").status == Order.Status.CANCELLED


def test_two_brands_have_a_year_behind_them(lumen):
    small = Shop.objects.get(slug="small-hours")

    assert lumen.orders.count() == 200
    assert small.orders.count() == 12
    assert lumen.customers.count() == 30
    assert lumen.products.count() == len(goods.LUMEN_AND_LOOM) >= 40
    assert people.shop_at(host="small-hours.localhost") == small
    assert people.shop_at() == lumen
    oldest, newest = lumen.orders.order_by("placed_at").values_list("placed_at", flat=True)[::199]
    assert NOON - timedelta(days=366) < oldest < NOON - timedelta(days=300)
    assert NOON - timedelta(days=1) < newest < NOON


def test_every_order_adds_up(lumen):
    for order in Order.objects.annotate(goods=Sum(F("lines__price") * F("lines__quantity"))):
        assert order.total == order.goods + order.shipping > 0
        assert order.payments.get().amount == order.total
        assert sum(refund.amount for refund in order.refunds.all()) <= order.total


def test_delivery_costs_what_the_help_centre_says(lumen):
    country = {person.email: customers.COUNTRIES[person.country] for person in customers.LUMEN_AND_LOOM}
    for order in lumen.orders.select_related("customer").prefetch_related("lines"):
        told = country[order.customer.email]
        if any(line.sku in orders.LARGE for line in order.lines.all()):
            assert order.shipping == (19 if told.name == "France" else 29)
        elif order.shipping != Decimal(told.express):
            free = order.total - order.shipping >= told.free_from
            only_cards = all(line.sku.startswith("GC-") for line in order.lines.all())
            assert order.shipping == (0 if free or only_cards else Decimal(told.shipping))


@pytest.mark.parametrize("hours", [0, 7, 31, 55, 79, 103, 127])
def test_every_state_is_there_whenever_the_demo_begins(hours):
    """On every day of the week, by day and by night."""
    at = NOON + timedelta(hours=hours)
    demo.seed(at)
    shop = Shop.objects.get(slug=demo.SLUG)

    assert set(shop.orders.values_list("status", flat=True)) == set(Order.Status.values)
    assert set(Payment.objects.values_list("status", flat=True)) == set(Payment.Status.values)
    assert set(Shipment.objects.values_list("status", flat=True)) >= {"moving", "delivered", "failed", "lost"}
    assert set(Return.objects.values_list("status", flat=True)) == set(Return.Status.values)
    assert set(Refund.objects.values_list("status", flat=True)) >= {"pending", "done"}
    parcel = shop.orders.get(number="1042")
    assert (parcel.status, parcel.customer.email) == (Order.Status.SHIPPED, "maria@demo.example")
    assert parcel.shipments.get().events.count() >= 2
    open_ones = shop.orders.filter(customer=parcel.customer).exclude(status__in=["delivered", "returned", "cancelled"])
    assert open_ones.count() == 4


def test_nothing_has_happened_after_now_or_before_its_cause(lumen):
    later = Q(placed_at__gt=NOON) | Q(cancelled_at__gt=NOON) | Q(cancelled_at__lt=F("placed_at"))
    assert not Order.objects.filter(later).exists()
    assert not Payment.objects.filter(Q(paid_at__gt=NOON) | Q(paid_at__lt=F("order__placed_at"))).exists()
    assert not Shipment.objects.filter(
        Q(shipped_at__gt=NOON) | Q(delivered_at__gt=NOON) | Q(shipped_at__lt=F("order__placed_at"))
    ).exists()
    assert not TrackingEvent.objects.filter(at__gt=NOON).exists()
    early = Q(received_at__lt=F("asked_at")) | Q(asked_at__lt=F("order__shipments__delivered_at"))
    assert not Return.objects.filter(early | Q(received_at__gt=NOON)).exists()
    assert not Refund.objects.filter(Q(done_at__gt=NOON) | Q(asked_at__gt=NOON)).exists()
    assert not Order.objects.filter(customer__created_at__gt=F("placed_at")).exists()
    assert not Event.objects.filter(at__gt=NOON).exists()
    numbers = lumen.orders.order_by("placed_at").values_list("number", flat=True)
    assert [int(number) for number in numbers] == sorted(int(number) for number in numbers)


def test_parcels_leave_and_arrive_on_working_days(lumen):
    for shipment in Shipment.objects.all():
        assert shipment.shipped_at.weekday() < 5
        assert shipment.delivered_at is None or shipment.delivered_at.weekday() < 5


def test_the_demo_pages_open(lumen, client_of):
    user = User.objects.get(email="maria@demo.example")
    maria = client_of(user)

    for number in Order.objects.visible_to(user).filter(shop=lumen).values_list("number", flat=True):
        assert maria.get(reverse("accounts:order", args=[number])).status_code == 200
    foreign = lumen.orders.exclude(customer__user=user).first()
    assert maria.get(reverse("accounts:order", args=[foreign.number])).status_code == 404


def test_somebody_who_only_bought_is_a_customer_without_an_account(lumen):
    kim = people.known_by(lumen, "kim@demo.example")

    assert kim.is_guest
    assert kim.orders.exists()


def test_every_product_has_its_picture():
    from django.contrib.staticfiles import finders

    for good in [*goods.LUMEN_AND_LOOM, *goods.SMALL_HOURS]:
        assert finders.find(f"demo/{good.picture}.svg"), good.picture
