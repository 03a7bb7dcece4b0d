"""A turn is loaded with orders as the shop's system tells them now, and without them if it does not answer."""

import pytest

from accounts.commerce import orders
from chat import turns
from tests.accounts.platforms.servers import RestShop, fails, serving

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("answers", [True, False])
def test_the_turn_is_loaded_whatever_the_shop_says(conversation, customer, say, later, settings, answers):
    system = RestShop()
    system.add("1042")
    system.orders["1042"]["customer"]["email"] = customer.user.email
    system.wrong = lambda method, path: None if answers else fails
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    say("Where is my order?")
    with serving(system) as address:
        settings.SHOP_SYSTEMS = {"": address}
        turn = turns.claim(conversation.pk, at=later)

    assert turn.question == "Where is my order?"
    assert [(each.number, each.as_of) for each in orders.newest(customer.pk)] == ([("1042", later)] if answers else [])
