"""Shopify, by its GraphQL Admin interface.

Cancelling and writing an address may be asked twice; a refund carries our key as Shopify wants it, and a return carries
it in its note, where we look first.
"""

from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID

from accounts.commerce import orders, records
from accounts.commerce.facts import OrderFacts
from accounts.commerce.plans import Plan
from accounts.commerce.records import OrderRecord, ProductRecord
from accounts.commerce.wishes import Cancel, GiveBack, MoneyBack, NewAddress, Wish
from accounts.models import Address as Place
from accounts.models import Shop
from accounts.platforms import Away, Declined, Patience, Sending
from accounts.platforms.calls import Address, System, understood

VERSION = "2026-04"

_ORDER = """
fragment order on Order {
  id name email createdAt cancelledAt cancelReason displayFinancialStatus displayFulfillmentStatus currencyCode
  customer { id displayName defaultEmailAddress { emailAddress } }
  shippingAddress { name address1 address2 zip city province countryCodeV2 }
  totalPriceSet { shopMoney { amount } }
  totalShippingPriceSet { shopMoney { amount } }
  totalTaxSet { shopMoney { amount } }
  totalDiscountsSet { shopMoney { amount } }
  taxesIncluded
  lineItems(first: 100) { nodes {
    id name sku quantity variantTitle originalUnitPriceSet { shopMoney { amount } } } }
  transactions(first: 50) { id kind status gateway formattedGateway processedAt amountSet { shopMoney { amount } } }
  fulfillments(first: 20) {
    displayStatus createdAt deliveredAt estimatedDeliveryAt trackingInfo(first: 1) { company number url }
    fulfillmentLineItems(first: 100) { nodes { id quantity lineItem { id } } } }
  refunds(first: 50) { id note createdAt totalRefundedSet { shopMoney { amount } }
    transactions(first: 10) { nodes { status } } }
  returns(first: 20) { nodes { name status createdAt returnLineItems(first: 100) { nodes {
    ... on ReturnLineItem { quantity returnReasonNote fulfillmentLineItem { lineItem { id } } } } } } }
}
"""
_ORDERS = (
    "query($first: Int!, $query: String!) { orders(first: $first, query: $query) { nodes { ...order } } }" + _ORDER
)
_PRODUCT = """
query($id: ID!) { product(id: $id) {
  id title productType description status onlineStoreUrl featuredMedia { preview { image { url } } }
  variants(first: 100) { nodes {
    id sku title price availableForSale inventoryQuantity inventoryItem { tracked } selectedOptions { name value } } }
} }
"""
_CANCEL = """
mutation($id: ID!, $note: String!, $refund: OrderCancelRefundMethodInput) {
  orderCancel(orderId: $id, reason: CUSTOMER, restock: true, refundMethod: $refund, notifyCustomer: false,
    staffNote: $note) { job { id } userErrors: orderCancelUserErrors { message } } }
"""
_ADDRESS = "mutation($input: OrderInput!) { orderUpdate(input: $input) { userErrors { message } } }"
_REFUND = """
mutation($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { refund { id } userErrors { message } } }
"""
_RETURN = "mutation($input: ReturnInput!) { returnCreate(returnInput: $input) { userErrors { message } } }"

_RETURNS = {
    "REQUESTED": "asked",
    "OPEN": "approved",
    "CLOSED": "closed",
    "DECLINED": "refused",
    "CANCELED": "refused",
}


class Shopify:
    keeps_keys = False

    def __init__(self, shop: Shop, address: str, patience: Patience) -> None:
        where = Address.read(address)
        token = {"x-shopify-access-token": where.password or where.user}
        self.shop = shop
        self.system = System(f"{where.base}/admin/api/{VERSION}", token, patience)

    def order(self, number: str) -> OrderRecord | None:
        told = self._find(number)
        return self._record(told) if told is not None else None

    def orders_of(self, email: str) -> list[OrderRecord]:
        found = self._orders(f"email:{_quoted(email)}", first=orders.MANY)
        mine = understood(lambda: [one for one in found if (one["email"] or "").lower() == email.lower()])
        return [self._record(one) for one in mine]

    def product(self, external_id: str) -> ProductRecord | None:
        told = self._ask(_PRODUCT, id=external_id)
        node = understood(lambda: told["product"])
        return understood(lambda: records.product(_product(node), self.shop)) if node is not None else None

    def change(self, order: OrderFacts, wish: Wish, plan: Plan, *, key: UUID, sending: Sending) -> OrderRecord | None:
        told = self._find(order.number)
        if told is None:
            raise Declined("The order is not there any more")
        if understood(lambda: _is_done(told, wish, key)):
            return self._record(told)
        asked, given, name = understood(lambda: _asking(told, wish, plan, key))
        sending()
        self._do(asked, name, given)
        told = self._find(order.number)
        if isinstance(wish, Cancel) and not (told and understood(lambda: told["cancelledAt"])):
            raise Away("It was taken, and is not done yet")
        return self._record(told) if told is not None else None

    def _find(self, number: str) -> Any:
        wanted = orders.spellings(number)
        found = self._orders(f"name:{_quoted(number.strip().lstrip('#'))}", first=5)
        return understood(lambda: next((one for one in found if one["name"] in wanted), None))

    def _orders(self, query: str, *, first: int) -> list[Any]:
        told = self._ask(_ORDERS, query=query, first=first)
        return understood(lambda: list(told["orders"]["nodes"]))

    def _ask(self, asked: str, **given: Any) -> Any:
        try:
            return self._tell(asked, given)
        except Declined as declined:  # to be told nothing is no answer
            raise Away(*declined.args) from declined

    def _do(self, asked: str, name: str, given: dict[str, Any]) -> None:
        told = self._tell(asked, given)
        if why := understood(lambda: [each["message"] for each in told[name]["userErrors"]]):
            raise Declined(f"Shopify does not allow it: {str(why)[:300]}")

    def _tell(self, asked: str, given: dict[str, Any]) -> Any:
        """Its errors come with 200; none of them says whether anything was done."""
        told = self.system.tell("POST", "/graphql.json", {"query": asked, "variables": given})
        if understood(lambda: told.get("errors")):
            raise Away(f"Shopify answers with errors: {str(told['errors'])[:300]}")
        return understood(lambda: told["data"])

    def _record(self, told: Any) -> OrderRecord:
        return understood(lambda: records.order(_order(told), self.shop))


def _asking(told: Any, wish: Wish, plan: Plan, key: UUID) -> tuple[str, dict[str, Any], str]:
    """The mutation, what it is given, and its name."""
    match wish:
        case Cancel():
            refund = {"originalPaymentMethodsRefund": True} if plan.back else None
            return _CANCEL, {"id": told["id"], "note": f"{wish.reason} ({key})"[:255], "refund": refund}, "orderCancel"
        case NewAddress():
            given = {"id": told["id"], "shippingAddress": _shipping(wish.address)}
            return _ADDRESS, {"input": given}, "orderUpdate"
        case MoneyBack() if not wish.method:
            gateways = {each["id"]: each["gateway"] for each in told["transactions"]}
            moved = [
                {
                    "orderId": told["id"],
                    "parentId": money.payment,
                    "kind": "REFUND",
                    "gateway": gateways[money.payment],
                    "amount": str(money.amount),
                }
                for money in plan.back
            ]
            given = {"orderId": told["id"], "note": f"{wish.reason} ({key})"[-255:], "transactions": moved}
            return _REFUND, {"input": given, "key": str(key)}, "refundCreate"
        case GiveBack():
            lines = [each for piece in plan.pieces for each in _sent_out(told, piece.position, piece.quantity, key)]
            return _RETURN, {"input": {"orderId": told["id"], "returnLineItems": lines}}, "returnCreate"
    raise Declined("Shopify has nothing of the kind")


def _sent_out(told: Any, position: int, quantity: int, key: UUID) -> list[dict[str, Any]]:
    """A return names what went out, parcel by parcel."""
    line = _lines(told)[position - 1]["id"]
    found = []
    for each in (each for sent in told["fulfillments"] for each in sent["fulfillmentLineItems"]["nodes"]):
        taken = min(quantity, each["quantity"]) if each["lineItem"]["id"] == line else 0
        quantity -= taken
        if taken:
            note = {"returnReason": "OTHER", "returnReasonNote": str(key)}
            found.append({"fulfillmentLineItemId": each["id"], "quantity": taken, **note})
    if quantity:
        raise Declined("Not all of it was sent out")
    return found


def _is_done(told: Any, wish: Wish, key: UUID) -> bool:
    match wish:
        case Cancel():
            return bool(told["cancelledAt"])
        case NewAddress():
            return False  # said again it is the same
        case MoneyBack():
            return any(str(key) in (each["note"] or "") for each in told["refunds"])
    lines = [line for back in told["returns"]["nodes"] for line in back["returnLineItems"]["nodes"]]
    return any(str(key) in (line.get("returnReasonNote") or "") for line in lines)


def _order(told: Any) -> dict[str, Any]:
    address = _place(told["shippingAddress"] or {})
    places = {each["id"]: place for place, each in enumerate(_lines(told), 1)}
    return {
        "number": told["name"],
        "id": told["id"],
        "customer": _customer(told),
        "status": _status(told),
        "currency": told["currencyCode"],
        "placed_at": told["createdAt"],
        "cancelled_at": told["cancelledAt"],
        "cancel_reason": (told["cancelReason"] or "").lower(),
        "shipping": _amount(told["totalShippingPriceSet"]),
        "discount": _amount(told["totalDiscountsSet"]),
        "tax": "0" if told["taxesIncluded"] else _amount(told["totalTaxSet"]),
        "total": _amount(told["totalPriceSet"]),
        "address": address.parts(),
        "lines": [
            {
                "sku": each["sku"] or "",
                "name": each["name"],
                "price": _amount(each["originalUnitPriceSet"]),
                "quantity": each["quantity"],
            }
            for each in _lines(told)
        ],
        "payments": [
            {
                "id": each["id"],
                "method": (each["formattedGateway"] or each["gateway"] or "")[:50],
                "status": {"SUCCESS": "paid", "PENDING": "pending"}.get(each["status"], "failed"),
                "amount": _amount(each["amountSet"]),
                "paid_at": each["processedAt"],
            }
            for each in told["transactions"]
            if each["kind"] in ("SALE", "CAPTURE")
        ],
        "shipments": [_shipment(each, place) for place, each in enumerate(told["fulfillments"], 1)],
        "refunds": [
            {
                "id": each["id"],
                "amount": _amount(each["totalRefundedSet"]),
                "status": "done"
                if all(one["status"] == "SUCCESS" for one in each["transactions"]["nodes"])
                else "pending",
                "asked_at": each["createdAt"],
            }
            for each in told["refunds"]
            if Decimal(_amount(each["totalRefundedSet"]))
        ],
        "returns": [
            {
                "number": each["name"],
                "status": _RETURNS.get(each["status"], "asked"),
                "asked_at": each["createdAt"],
                "lines": [
                    {"line": places[line["fulfillmentLineItem"]["lineItem"]["id"]], "quantity": line["quantity"]}
                    for line in each["returnLineItems"]["nodes"]
                    if line.get("fulfillmentLineItem")
                ],
            }
            for each in told["returns"]["nodes"]
        ],
    }


def _lines(told: Any) -> list[Any]:
    return [each for each in told["lineItems"]["nodes"] if each["quantity"]]


def _status(told: Any) -> str:
    if told["cancelledAt"]:
        return "cancelled"
    sent = [each for each in told["fulfillments"] if each["displayStatus"] != "CANCELED"]
    if told["displayFulfillmentStatus"] == "FULFILLED":
        return "delivered" if sent and all(each["deliveredAt"] for each in sent) else "shipped"
    if told["displayFulfillmentStatus"] in ("IN_PROGRESS", "PARTIALLY_FULFILLED"):
        return "packed"
    return "paid" if told["displayFinancialStatus"] in ("PAID", "PARTIALLY_REFUNDED", "REFUNDED") else "placed"


def _shipment(told: Any, place: int) -> dict[str, Any]:
    tracking: dict[str, Any] = next(iter(told["trackingInfo"]), {})
    status = {"DELIVERED": "delivered", "FAILURE": "failed", "NOT_DELIVERED": "failed", "CANCELED": "failed"}
    return {
        "carrier": tracking.get("company") or "",
        "tracking_number": tracking.get("number") or str(place),
        "tracking_url": tracking.get("url") or "",
        "status": status.get(told["displayStatus"], "delivered" if told["deliveredAt"] else "moving"),
        "shipped_at": told["createdAt"],
        "expected_on": (told["estimatedDeliveryAt"] or "")[:10],
        "delivered_at": told["deliveredAt"],
    }


def _customer(told: Any) -> dict[str, Any]:
    known = told["customer"] or {}
    email = (known.get("defaultEmailAddress") or {}).get("emailAddress") or told["email"] or ""
    return {"id": known.get("id") or "", "email": email, "name": known.get("displayName") or ""}


def _product(told: Any) -> dict[str, Any]:
    preview = (told["featuredMedia"] or {}).get("preview") or {}
    return {
        "id": told["id"],
        "name": told["title"],
        "kind": told["productType"] or "",
        "description": unescape(told["description"] or ""),
        "url": told["onlineStoreUrl"] or "",
        "image_url": (preview.get("image") or {}).get("url") or "",
        "is_sold": told["status"] == "ACTIVE",
        "variants": [
            {
                "sku": each["sku"] or each["id"],
                "name": "" if each["title"] == "Default Title" else each["title"],
                "price": each["price"],
                "stock": max(each["inventoryQuantity"] or 0, 0) if each["inventoryItem"]["tracked"] else None,
                "available": each["availableForSale"],
                "options": {one["name"]: one["value"] for one in each["selectedOptions"] if one["name"] != "Title"},
            }
            for each in told["variants"]["nodes"]
        ],
    }


def _place(told: Any) -> Place:
    names = {"name": "name", "line1": "address1", "line2": "address2", "postcode": "zip", "city": "city"}
    names |= {"region": "province", "country": "countryCodeV2"}
    return Place(**{ours: (told.get(theirs) or "").strip() for ours, theirs in names.items()})


def _shipping(place: Place) -> dict[str, str]:
    first, _space, last = place.name.rpartition(" ")
    return {
        "firstName": first,
        "lastName": last,
        "address1": place.line1,
        "address2": place.line2,
        "zip": place.postcode,
        "city": place.city,
        "province": place.region,
        "countryCode" if len(place.country) == 2 else "country": place.country,
    }


def _amount(told: Any) -> str:
    """Its amounts may have more digits than money has."""
    return f"{Decimal(told['shopMoney']['amount']):.2f}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "").replace('"', "") + '"'
