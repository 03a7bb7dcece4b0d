"""What she reads of her orders is what the shop says now, or what we knew, with its time."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from accounts import people
from accounts.commerce import live, orders
from tests.accounts.platforms import servers
from tests.factories import NOON, CustomerFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def customer(maria, shop):
    return people.customer_for(maria, shop)


def freshen(customer, at=LATER):
    live.freshen(customer, at=at)
    return [(each.number.lstrip("#"), each.status, each.as_of) for each in orders.newest(customer.pk)]


def test_orders_come_in_when_she_asks(there, customer):
    assert freshen(customer) == [("1042", "paid", LATER)]


def test_she_is_not_asked_about_again_within_a_minute(there, customer):
    freshen(customer)
    before = len(there.asked)
    freshen(customer)
    assert len(there.asked) == before


@pytest.mark.parametrize("bad", servers.BAD, ids=lambda bad: bad.__name__)
def test_of_a_bad_shop_she_reads_what_we_knew(there, customer, monkeypatch, bad):
    freshen(customer)
    cache.clear()
    monkeypatch.setattr(live, "WITHIN", 1.0)
    there.wrong = lambda method, path: bad

    assert freshen(customer, at=LATER + timedelta(hours=1)) == [("1042", "paid", LATER)]


def test_a_shop_that_is_away_is_left_alone_for_a_while(there, customer, omar, shop):
    there.wrong = lambda method, path: servers.fails
    freshen(customer)
    before = len(there.asked)
    live.freshen(people.customer_for(omar, shop), at=LATER)
    assert len(there.asked) == before


def test_nobody_is_asked_about_by_an_address_she_has_not_proven(there, shop):
    guest = CustomerFactory(shop=shop, email="maria@example.com", email_verified=False)
    assert freshen(guest) == []
    assert there.asked == []
