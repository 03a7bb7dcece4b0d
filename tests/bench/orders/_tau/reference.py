"""What the policy of tau_retail makes of an action, written from its text alone, on the plain database of the set.

It knows nothing of the product. `picture` is what the two are compared by: everything an action could have changed.
"""

from decimal import Decimal
from typing import Any

PENDING, DELIVERED, CANCELLED = "pending", "delivered", "cancelled"
# After these the policy allows nothing more with the order.
ITEMS_MODIFIED, RETURN_REQUESTED, EXCHANGE_REQUESTED = "items modified", "return requested", "exchange requested"
REASONS = ("no longer needed", "ordered by mistake")


class Denied(Exception):
    """The policy forbids it; nothing is changed."""


def apply(database: dict[str, Any], name: str, arguments: dict[str, Any]) -> None:
    """Do one action, or raise Denied and leave everything as it is. What only looks things up changes nothing."""
    action = ACTIONS.get(name)
    if action is not None:
        action(database, **arguments)


def cancel(database, order_id, reason):
    order = _order(database, order_id, PENDING)
    if reason not in REASONS:
        raise Denied("This reason is not acceptable.")
    for paid in [one for one in order["payment_history"] if one["transaction_type"] == "payment"]:
        _pay_back(database, order, paid["payment_method_id"], _money(paid["amount"]))
    order["status"] = CANCELLED
    order["reason"] = reason


def change_address(database, order_id, **address):
    _order(database, order_id, PENDING)["address"] = address


def change_payment(database, order_id, payment_method_id):
    order = _order(database, order_id, PENDING)
    new = _method(database, order, payment_method_id)
    (first,) = order["payment_history"]
    if payment_method_id == first["payment_method_id"]:
        raise Denied("It must differ from the original method.")
    amount = _money(first["amount"])
    _must_cover(new, amount)
    _pay(database, order, payment_method_id, amount)
    _pay_back(database, order, first["payment_method_id"], amount)


def change_items(database, order_id, item_ids, new_item_ids, payment_method_id):
    order = _order(database, order_id, PENDING)
    difference = _difference(database, order, item_ids, new_item_ids)
    method = _method(database, order, payment_method_id)
    _must_cover(method, difference)
    if difference > 0:
        _pay(database, order, payment_method_id, difference)
    elif difference < 0:
        _pay_back(database, order, payment_method_id, -difference)
    for old, new in zip(item_ids, new_item_ids, strict=True):
        item = next(one for one in order["items"] if one["item_id"] == old)
        variant = database["products"][item["product_id"]]["variants"][new]
        item |= {"item_id": new, "price": variant["price"], "options": variant["options"]}
    order["status"] = ITEMS_MODIFIED


def give_back(database, order_id, item_ids, payment_method_id):
    order = _order(database, order_id, DELIVERED)
    method = _method(database, order, payment_method_id)
    if payment_method_id != order["payment_history"][0]["payment_method_id"] and method["source"] != "gift_card":
        raise Denied("It must be the original method or a gift card.")
    _must_have(order, item_ids)
    order["status"] = RETURN_REQUESTED
    order["returned"] = {"items": sorted(item_ids), "method": payment_method_id}


def exchange(database, order_id, item_ids, new_item_ids, payment_method_id):
    order = _order(database, order_id, DELIVERED)
    difference = _difference(database, order, item_ids, new_item_ids)
    _must_cover(_method(database, order, payment_method_id), difference)
    order["status"] = EXCHANGE_REQUESTED
    order["exchanged"] = {
        "items": sorted(zip(item_ids, new_item_ids, strict=True)),
        "method": payment_method_id,
        "difference": difference,
    }


def move(database, user_id, **address):
    database["users"][user_id]["address"] = address


ACTIONS = {
    "cancel_pending_order": cancel,
    "modify_pending_order_address": change_address,
    "modify_pending_order_payment": change_payment,
    "modify_pending_order_items": change_items,
    "return_delivered_order_items": give_back,
    "exchange_delivered_order_items": exchange,
    "modify_user_address": move,
}


def picture(database: dict[str, Any]) -> dict[str, Any]:
    """The whole state in one comparable form: amounts exact, orders of things that have none sorted."""
    return {
        "people": {
            user_id: {
                "address": user["address"],
                "gift cards": {
                    method["id"]: _money(method["balance"])
                    for method in user["payment_methods"].values()
                    if method["source"] == "gift_card"
                },
            }
            for user_id, user in database["users"].items()
        },
        "orders": {
            order_id: {
                "status": order["status"],
                "reason": order.get("reason", ""),
                "address": order["address"],
                "items": sorted(
                    (item["item_id"], item["name"], _money(item["price"]), sorted(item["options"].items()))
                    for item in order["items"]
                ),
                "tracking": sorted(number for each in order["fulfillments"] for number in each["tracking_id"]),
                "money": sorted(
                    (one["transaction_type"], one["payment_method_id"], _money(one["amount"]))
                    for one in order["payment_history"]
                ),
                "returned": order.get("returned"),
                "exchanged": order.get("exchanged"),
            }
            for order_id, order in database["orders"].items()
        },
    }


def _order(database, order_id, status):
    order = database["orders"].get(order_id)
    if order is None or order["status"] != status:
        raise Denied(f"Only a {status} order allows this.")
    return order


def _method(database, order, payment_method_id):
    methods = database["users"][order["user_id"]]["payment_methods"]
    if payment_method_id not in methods:
        raise Denied("This is not a payment method of hers.")
    return methods[payment_method_id]


def _must_have(order, item_ids):
    has = [item["item_id"] for item in order["items"]]
    if any(item_ids.count(one) > has.count(one) for one in item_ids):
        raise Denied("The order does not have these items.")


def _difference(database, order, item_ids, new_item_ids):
    """What the new items cost more than the old; each an available one of the same product, and another one."""
    _must_have(order, item_ids)
    if len(item_ids) != len(new_item_ids):
        raise Denied("Each item needs one that takes its place.")
    total = Decimal(0)
    for old, new in zip(item_ids, new_item_ids, strict=True):
        item = next(one for one in order["items"] if one["item_id"] == old)
        variant = database["products"][item["product_id"]]["variants"].get(new)
        if variant is None or not variant["available"] or new == old:
            raise Denied("It must be an available, different item of the same product.")
        total += _money(variant["price"]) - _money(item["price"])
    return total


def _must_cover(method, amount):
    if method["source"] == "gift_card" and _money(method["balance"]) < amount:
        raise Denied("The gift card does not cover it.")


def _pay(database, order, payment_method_id, amount):
    _move_money(database, order, payment_method_id, "payment", amount, -amount)


def _pay_back(database, order, payment_method_id, amount):
    _move_money(database, order, payment_method_id, "refund", amount, amount)


def _move_money(database, order, payment_method_id, kind, amount, to_card):
    order["payment_history"].append(
        {"transaction_type": kind, "amount": amount, "payment_method_id": payment_method_id}
    )
    method = _method(database, order, payment_method_id)
    if method["source"] == "gift_card":
        method["balance"] = _money(method["balance"]) + to_card


def _money(value) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
