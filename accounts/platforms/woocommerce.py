"""WooCommerce, by its REST interface v3. It keeps no keys, so each change leaves ours as a mark on what it changed."""

from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.utils.html import strip_tags

from accounts.commerce import orders, records
from accounts.commerce.facts import OrderFacts
from accounts.commerce.plans import Money, Plan
from accounts.commerce.records import OrderRecord, ProductRecord
from accounts.commerce.wishes import Cancel, MoneyBack, NewAddress, Wish
from accounts.models import Address as Place
from accounts.models import Shop
from accounts.platforms import Away, Declined, Patience, Sending
from accounts.platforms.calls import Address, System, basic, understood

# What its words mean in ours. "completed" says that the shop is done with it, not that it arrived.
STATUS = {
    "pending": "placed",
    "on-hold": "placed",
    "failed": "placed",
    "checkout-draft": "placed",
    "processing": "paid",
    "completed": "shipped",
    "cancelled": "cancelled",
    "trash": "cancelled",
    "refunded": "returned",
}
VARIANTS = 100  # the most that one page tells


class WooCommerce:
    keeps_keys = False

    def __init__(self, shop: Shop, address: str, patience: Patience) -> None:
        where = Address.read(address)
        self.shop = shop
        self.system = System(f"{where.base}/wp-json/wc/v3", basic(where.user, where.password), patience)

    def order(self, number: str) -> OrderRecord | None:
        told = self._find(number)
        return self._record(told) if told is not None else None

    def orders_of(self, email: str) -> list[OrderRecord]:
        """Its search looks at more than the address, so the address is compared again."""
        told = self.system.read("/orders", search=email, per_page=orders.MANY) or []
        mine = understood(lambda: [one for one in told if one["billing"]["email"].lower() == email.lower()])
        return [self._record(one) for one in mine]

    def product(self, external_id: str) -> ProductRecord | None:
        told = self.system.read(f"/products/{quote(external_id, safe='')}")
        if told is None:
            return None
        variants = [told]
        if understood(lambda: told["type"]) == "variable":
            variants = self.system.read(f"/products/{int(told['id'])}/variations", per_page=VARIANTS) or []
        return understood(lambda: records.product(_product(told, variants), self.shop))

    def change(self, order: OrderFacts, wish: Wish, plan: Plan, *, key: UUID, sending: Sending) -> OrderRecord | None:
        """Money first: if its way is barred, nothing was changed."""
        if not isinstance(wish, Cancel | NewAddress | MoneyBack) or any(money.at_once for money in plan.back):
            raise Declined("WooCommerce has nothing of the kind")
        told = self._find(order.number)
        if told is None:
            raise Declined("The order is not there any more")
        path = understood(lambda: f"/orders/{int(told['id'])}")
        if _is_marked(told, key):
            return self._record(told)
        begun = False
        for place, money in enumerate(plan.back, 1):
            begun = self._pay_back(path, money, f"{key}/{place}", sending=sending, begun=begun) or begun
        if isinstance(wish, Cancel):
            told = self._put(path, {"status": "cancelled"}, key, sending=sending, begun=begun)
        elif isinstance(wish, NewAddress):
            told = self._put(path, {"shipping": _shipping(wish.address)}, key, sending=sending, begun=begun)
        else:
            told = self.system.read(path)
        return self._record(told) if told is not None else None

    def _pay_back(self, path: str, money: Money, mark: str, *, sending: Sending, begun: bool) -> bool:
        known = self.system.read(f"{path}/refunds", per_page=100) or []
        if any(_is_marked(one, mark) for one in known):
            return True
        body = {"amount": str(money.amount), "api_refund": True, "meta_data": [_mark(mark)]}
        sending()
        self._tell("POST", f"{path}/refunds", body, begun=begun)
        return True

    def _put(self, path: str, body: dict[str, Any], key: UUID, *, sending: Sending, begun: bool) -> Any:
        sending()
        return self._tell("PUT", path, {**body, "meta_data": [_mark(key)]}, begun=begun)

    def _tell(self, method: str, path: str, body: dict[str, Any], *, begun: bool) -> Any:
        """Once a part of it is done, a refusal of the rest cannot say that nothing was changed."""
        try:
            return self.system.tell(method, path, body)
        except Declined as declined:
            if begun:
                raise Away(f"Done in part: {declined.args[0]}") from declined
            raise

    def _find(self, number: str) -> Any:
        """By its id, which is the number unless an extension counts otherwise; then by a search."""
        bare = number.strip().lstrip("#")
        wanted = orders.spellings(number)
        told = self.system.read(f"/orders/{bare}") if bare.isascii() and bare.isdigit() else None
        if told is not None and understood(lambda: str(told["number"])) in wanted:
            return told
        found = self.system.read("/orders", search=bare, per_page=orders.MANY) or []
        return understood(lambda: next((one for one in found if str(one["number"]) in wanted), None))

    def _record(self, told: Any) -> OrderRecord:
        path = understood(lambda: f"/orders/{int(told['id'])}/refunds" if told["refunds"] else "")
        refunds = self.system.read(path, per_page=100) if path else []
        return understood(lambda: records.order(_order(told, refunds or []), self.shop))


def _mark(key: object) -> dict[str, str]:
    return {"key": f"aftersale_{key}", "value": "1"}


def _is_marked(told: Any, key: object) -> bool:
    name = _mark(key)["key"]
    return understood(lambda: any(each["key"] == name for each in told.get("meta_data", ())))


def _order(told: Any, refunds: list[Any]) -> dict[str, Any]:
    address = _place(told["shipping"]) or _place(told["billing"])
    paid = told.get("date_paid_gmt")
    return {
        "number": str(told["number"]),
        "id": str(told["id"]),
        "customer": _customer(told),
        "status": STATUS.get(told["status"], "paid" if paid else "placed"),
        "currency": told["currency"],
        "placed_at": _utc(told["date_created_gmt"]),
        "shipping": told["shipping_total"],
        "discount": "0",  # its prices have it taken off
        "tax": told["total_tax"],
        "total": told["total"],
        "address": address.parts(),
        "lines": [_line(each) for each in told["line_items"]],
        "payments": [
            {
                "id": told.get("transaction_id") or "1",
                "method": (told.get("payment_method_title") or "")[:50],
                "status": "paid" if paid else "pending",
                "amount": told["total"],
                "paid_at": _utc(paid),
            }
        ]
        if Decimal(told["total"])
        else [],
        "refunds": [
            {
                "id": str(each["id"]),
                "amount": each["amount"],
                "status": "done" if each["refunded_payment"] else "pending",
                "asked_at": _utc(each["date_created_gmt"]),
            }
            for each in refunds
        ],
    }


def _customer(told: Any) -> dict[str, Any]:
    billing = told["billing"]
    return {
        "id": str(told["customer_id"] or ""),
        "email": billing["email"],
        "name": f"{billing['first_name']} {billing['last_name']}".strip(),
    }


def _line(each: Any) -> dict[str, Any]:
    quantity = int(each["quantity"])
    return {
        "sku": each.get("sku") or "",
        "name": each["name"],
        "price": f"{Decimal(each['total']) / quantity:.2f}",
        "quantity": quantity,
        "options": {
            str(one["display_key"])[:100]: str(one["display_value"])[:500]
            for one in each.get("meta_data", ())
            if "display_key" in one and not str(one["key"]).startswith("_")
        },
    }


def _place(told: Any) -> Place:
    return Place(
        name=f"{told['first_name']} {told['last_name']}".strip(),
        line1=told["address_1"],
        line2=told["address_2"],
        postcode=told["postcode"],
        city=told["city"],
        region=told["state"],
        country=told["country"],
    )


def _shipping(place: Place) -> dict[str, str]:
    first, _space, last = place.name.partition(" ")
    return {
        "first_name": first,
        "last_name": last,
        "address_1": place.line1,
        "address_2": place.line2,
        "postcode": place.postcode,
        "city": place.city,
        "state": place.region,
        "country": place.country,
    }


def _product(told: Any, variants: list[Any]) -> dict[str, Any]:
    is_sold = told["status"] == "publish"
    return {
        "id": str(told["id"]),
        "name": told["name"],
        "kind": (told["categories"][0]["name"] if told["categories"] else "")[:100],
        "description": unescape(strip_tags(told["short_description"] or told["description"])),
        "url": told["permalink"] or "",
        "image_url": told["images"][0]["src"] if told["images"] else "",
        "is_sold": is_sold,
        "properties": {
            each["name"]: ", ".join(each["options"]) for each in told["attributes"] if not each.get("variation")
        },
        "variants": [
            {
                "sku": each["sku"] or str(each["id"]),
                "name": "" if each is told else ", ".join(str(one["option"]) for one in each["attributes"]),
                "price": each["price"],
                "stock": max(int(each["stock_quantity"]), 0) if each["stock_quantity"] is not None else None,
                "available": each["stock_status"] != "outofstock",
                "options": {} if each is told else {one["name"]: one["option"] for one in each["attributes"]},
            }
            for each in variants
            if each["price"] not in ("", None)
        ],
    }


def _utc(told: str | None) -> str | None:
    return f"{told}Z" if told else None
