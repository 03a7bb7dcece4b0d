"""The gold actions of a task, done by the product's own functions."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from accounts.commerce import changes, orders
from accounts.commerce.changes import Outcome
from accounts.commerce.facts import OrderFacts
from accounts.commerce.wishes import (
    Cancel,
    Exchange,
    GiveBack,
    NewAddress,
    NewItems,
    NewPayment,
    Part,
    Swap,
)
from accounts.models import Address, Customer, Order, Shop

KEYS = UUID("5d6a3f5e-0000-4000-8000-000000000000")


def act(shop: Shop, name: str, told: dict[str, Any], *, key: str, at: datetime) -> Outcome | None:
    """Do it; None where it only looks something up."""
    if name == "modify_user_address":
        customer = Customer.objects.get(shop=shop, external_id=told["user_id"])
        return changes.move(customer, NewAddress(_address(told)), at=at)
    if name not in _WISH:
        return None
    order = Order.objects.select_related("customer").filter(shop=shop, number=told["order_id"]).first()
    if order is None:
        return Outcome(False, "no such order")
    (facts,) = orders.facts_of(Order.objects.filter(pk=order.pk))
    return changes.carry_out(order.pk, _WISH[name](facts, told), key=uuid5(KEYS, key), by=order.customer, at=at)


def _address(told: dict[str, Any]) -> Address:
    return Address(
        line1=told["address1"],
        line2=told["address2"],
        postcode=told["zip"],
        city=told["city"],
        region=told["state"],
        country=told["country"],
    )


def _places(facts: OrderFacts, skus: list[str]) -> list[int]:
    """The line of each item; the same item twice is two lines. 0 is none."""
    left = [(line.sku, line.position) for line in facts.lines]
    places = []
    for sku in skus:
        found = next((each for each in left if each[0] == sku), None)
        if found:
            left.remove(found)
        places.append(found[1] if found else 0)
    return places


def _swaps(facts: OrderFacts, told: dict[str, Any]) -> tuple[Swap, ...]:
    places = _places(facts, told["item_ids"])
    return tuple(Swap(place, sku) for place, sku in zip(places, told["new_item_ids"], strict=True))


_WISH: dict[str, Any] = {
    "cancel_pending_order": lambda facts, told: Cancel(told["reason"]),
    "modify_pending_order_address": lambda facts, told: NewAddress(_address(told)),
    "modify_pending_order_payment": lambda facts, told: NewPayment(told["payment_method_id"]),
    "modify_pending_order_items": lambda facts, told: NewItems(_swaps(facts, told), told["payment_method_id"]),
    "return_delivered_order_items": lambda facts, told: GiveBack(
        tuple(Part(place) for place in _places(facts, told["item_ids"])), told["payment_method_id"]
    ),
    "exchange_delivered_order_items": lambda facts, told: Exchange(_swaps(facts, told), told["payment_method_id"]),
}
