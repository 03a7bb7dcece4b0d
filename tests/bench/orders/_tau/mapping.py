"""tau_retail as records of `import_shop`.

| there | here |
|---|---|
| user | customer with her address and payment methods; first and last name as one |
| product, item | product, variant: its stock number is the item's id, unavailable is not offered |
| order | order, one line an item; it names no shipping and no time, so all were placed at one moment |
| pending, processed, delivered, cancelled | paid, packed, delivered, cancelled |
| payment, refund of the history | payment, refund, by their place in the history |
| tracking id | parcel without a carrier |
"""

from collections.abc import Iterator
from typing import Any

PLACED_AT = "2026-03-02T12:00:00-05:00"
STATUS = {"pending": "paid", "processed": "packed", "delivered": "delivered", "cancelled": "cancelled"}
KIND = {"credit_card": "card", "paypal": "wallet", "gift_card": "gift_card"}
CURRENCY = "USD"


def records(database: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for user in database["users"].values():
        yield {"type": "customer"} | customer(user)
    for product_ in database["products"].values():
        yield {"type": "product"} | product(product_)
    for order_ in database["orders"].values():
        yield {"type": "order"} | order(order_)


def customer(user: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": user["user_id"],
        "email": user["email"],
        "name": " ".join(user["name"].values()),
        "address": address(user["address"]),
        "payment_methods": [
            {
                "id": method["id"],
                "kind": KIND[method["source"]],
                "label": f"{method['brand']} ending in {method['last_four']}" if "brand" in method else "",
                "balance": method.get("balance"),
                "currency": CURRENCY,
            }
            for method in user["payment_methods"].values()
        ],
    }


def product(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": told["product_id"],
        "name": told["name"],
        "variants": [
            {
                "sku": item["item_id"],
                "price": item["price"],
                "currency": CURRENCY,
                "available": item["available"],
                "options": item["options"],
            }
            for item in told["variants"].values()
        ],
    }


def order(told: dict[str, Any]) -> dict[str, Any]:
    money = list(enumerate(told["payment_history"], 1))
    return {
        "number": told["order_id"],
        "customer": told["user_id"],
        "status": STATUS[told["status"]],
        "currency": CURRENCY,
        "placed_at": PLACED_AT,
        "address": address(told["address"]),
        "lines": [
            {"sku": item["item_id"], "name": item["name"], "price": item["price"], "options": item["options"]}
            for item in told["items"]
        ],
        "shipments": [
            {"tracking_number": number, "status": "delivered" if told["status"] == "delivered" else "moving"}
            for parcel in told["fulfillments"]
            for number in parcel["tracking_id"]
        ],
        "payments": [
            {"id": str(place), "paid_with": one["payment_method_id"], "amount": one["amount"]}
            for place, one in money
            if one["transaction_type"] == "payment"
        ],
        "refunds": [
            {
                "id": str(place),
                "goes_to": one["payment_method_id"],
                "amount": one["amount"],
                "status": "done",
                "asked_at": PLACED_AT,
            }
            for place, one in money
            if one["transaction_type"] == "refund"
        ],
    }


def address(told: dict[str, str]) -> dict[str, str]:
    return {
        "line1": told["address1"],
        "line2": told["address2"],
        "postcode": told["zip"],
        "city": told["city"],
        "region": told["state"],
        "country": told["country"],
    }
