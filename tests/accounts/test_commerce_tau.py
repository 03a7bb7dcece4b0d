"""A whole shop of somebody else comes in, and every order is told as it was."""

import json

import pytest

from accounts.commerce import importing, orders
from accounts.models import Customer
from tests.bench.orders import _tau
from tests.bench.orders._tau import mapping, ours, reference
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not _tau.is_here(), reason=_tau.MISSING)]


@pytest.fixture
def database():
    return _tau.database()


@pytest.fixture
def brought(database, shop, tmp_path):
    path = tmp_path / "shop.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in mapping.records(database)))
    return importing.bring(shop, [path], at=NOON)


def test_the_whole_database_comes_in_and_every_order_is_told_as_it_was(brought, database, shop):
    assert brought.created == {"customer": 500, "product": 50, "order": 1000}
    assert brought.problems == []

    drawn, expected = ours.picture(shop), reference.picture(database)

    assert drawn["people"] == expected["people"]
    assert drawn["orders"] == expected["orders"]


def test_each_person_is_told_her_orders_and_no_others(brought, database, shop):
    for customer in Customer.objects.filter(shop=shop):
        told = {facts.number for facts in orders.newest(customer.pk, limit=100)}
        assert told == set(database["users"][customer.external_id]["orders"])
