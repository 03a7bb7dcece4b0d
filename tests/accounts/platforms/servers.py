"""Shops on this machine that speak as the real ones do: for tests, and for whoever breaks things on purpose.

Each keeps orders in memory, counts what really happened, and can be made to die in the middle.
"""

import copy
import json
import re
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

CREATED = "2026-03-01T09:00:00"


class Shop(ABC):
    """What every one of them has: the state, a lock, and a hand on what goes wrong."""

    scheme = user = password = ""

    def __init__(self):
        self.lock, self.happened, self.asked, self.orders = threading.RLock(), Counter(), [], {}
        self.wrong = lambda method, path: None  # what is answered instead, before anything is done
        self.lost = lambda method, path: False  # whether the answer gets lost after it was done
        self.pause = lambda: None

    @abstractmethod
    def answer(self, method, path, query, headers, body):
        """A status, and what is said."""

    @abstractmethod
    def has_key(self, headers):
        """Whether who asks may."""


class RestShop(Shop):
    scheme, password = "rest", "secret-token"

    def __init__(self):
        super().__init__()
        self.keys = {}

    def has_key(self, headers):
        return headers["authorization"] == f"Bearer {self.password}"

    def add(self, number):
        self.orders[number] = {
            "number": number,
            "id": f"o-{number}",
            "customer": {"id": "c-1", "email": "maria@example.com", "name": "Maria Lund"},
            "status": "paid",
            "currency": "EUR",
            "placed_at": f"{CREATED}Z",
            "updated_at": f"{CREATED}Z",
            "address": {"name": "Maria Lund", "line1": "12 Harbour Lane", "postcode": "1100-148", "city": "Lisbon"},
            "lines": [{"sku": "FJ-CLR", "name": "Fjord lamp", "price": "19.90", "quantity": 2}],
            "payments": [{"id": "p-1", "method": "Visa", "amount": "39.80", "paid_at": f"{CREATED}Z"}],
            "shipments": [],
            "refunds": [],
        }

    def answer(self, method, path, query, headers, body):
        if method == "GET" and path == "/orders":
            return 200, {"orders": [one for one in self.orders.values() if one["customer"]["email"] == query["email"]]}
        if method == "GET" and path == "/products/P-1":
            variants = [{"sku": "FJ-CLR", "price": "19.90", "stock": 14, "options": {"glass": "clear"}}]
            return 200, {"id": "P-1", "name": "Fjord lamp", "properties": {"material": "oak"}, "variants": variants}
        found = re.fullmatch(r"/orders/([^/]+)(/changes)?", path)
        order = self.orders.get(found[1]) if found else None
        if order is None:
            return 404, {}
        if method == "POST" and found[2]:
            return self._change(order, headers["idempotency-key"], body)
        return 200, order

    def _change(self, order, key, body):
        if key not in self.keys:
            if body["action"] == "exchange":
                return 409, {"why": "not here"}
            if body["action"] == "cancel":
                order["status"] = "cancelled"
            elif body["action"] == "address":
                order["address"] = body["wish"]["address"]
            for money in body["plan"]["back"]:
                refund = {"id": f"{key}", "amount": money["amount"], "asked_at": f"{CREATED}Z", "status": "done"}
                order["refunds"].append(refund)
            self.happened[order["number"], body["action"]] += 1
            self.keys[key] = copy.deepcopy(order)
        return 200, self.keys[key]


class WooShop(Shop):
    scheme, user, password = "woocommerce", "ck_1", "cs_secret"

    def __init__(self):
        super().__init__()
        self.refunds = {}

    def has_key(self, headers):
        return headers["authorization"] == "Basic Y2tfMTpjc19zZWNyZXQ="

    def add(self, number):
        place = {"first_name": "Maria", "last_name": "Lund", "address_1": "12 Harbour Lane", "address_2": ""}
        place |= {"postcode": "1100-148", "city": "Lisbon", "state": "", "country": "PT", "company": ""}
        line = {"id": 315, "name": "Fjord lamp", "product_id": 93, "variation_id": 0, "quantity": 2, "sku": "FJ-CLR"}
        line |= {"subtotal": "39.80", "total": "39.80", "total_tax": "0.00", "price": 19.9, "meta_data": []}
        self.orders[number] = {
            "id": int(number),
            "parent_id": 0,
            "number": number,
            "status": "processing",
            "currency": "EUR",
            "date_created": CREATED,
            "date_created_gmt": CREATED,
            "date_modified_gmt": CREATED,
            "discount_total": "0.00",
            "shipping_total": "0.00",
            "total": "39.80",
            "total_tax": "0.00",
            "customer_id": 26,
            "billing": {**place, "email": "maria@example.com", "phone": ""},
            "shipping": place,
            "payment_method": "card",
            "payment_method_title": "Visa",
            "transaction_id": "p-1",
            "date_paid_gmt": CREATED,
            "meta_data": [],
            "line_items": [line],
            "refunds": [],
        }
        self.refunds[number] = []

    def answer(self, method, path, query, headers, body):
        path = path.removeprefix("/wp-json/wc/v3")
        if method == "GET" and path == "/orders":
            held = [one for one in self.orders.values() if query["search"].lower() in json.dumps(one).lower()]
            return 200, held
        if path == "/products/93":
            return 200, {
                "id": 93,
                "name": "Fjord lamp",
                "type": "variable",
                "status": "publish",
                "sku": "",
                "price": "19.90",
                "permalink": "https://shop.example/lamp",
                "description": "<p>Oak &amp; glass</p>",
                "images": [],
                "short_description": "",
                "stock_status": "instock",
                "stock_quantity": None,
                "categories": [],
                "attributes": [
                    {"name": "Material", "options": ["oak"], "variation": False},
                    {"name": "Glass", "options": ["clear", "smoke"], "variation": True},
                ],
            }
        if path == "/products/93/variations":
            common = {"stock_status": "instock", "stock_quantity": 14, "price": "19.90"}
            return 200, [common | {"id": 94, "sku": "FJ-CLR", "attributes": [{"name": "Glass", "option": "clear"}]}]
        found = re.fullmatch(r"/orders/([^/]+)(/refunds)?", path)
        order = self.orders.get(found[1]) if found else None
        if order is None:
            return 404, {"code": "woocommerce_rest_shop_order_invalid_id", "data": {"status": 404}}
        if found[2]:
            return self._refunds(order, method, body)
        if method == "PUT":
            order.update({name: value for name, value in body.items() if name != "meta_data"})
            order["meta_data"] += body["meta_data"]
            self.happened[order["number"], "cancel" if "status" in body else "address"] += 1
        return 200, order

    def _refunds(self, order, method, body):
        held = self.refunds[order["number"]]
        if method == "GET":
            return 200, held
        left = 39.80 - sum(float(one["amount"]) for one in held)
        if float(body["amount"]) > left + 0.001:
            return 400, {"code": "woocommerce_rest_cannot_create_order_refund"}
        held.append({"id": 700 + len(held), "refunded_payment": True, "date_created_gmt": CREATED, **body})
        order["refunds"].append({"id": held[-1]["id"], "reason": "", "total": f"-{body['amount']}"})
        self.happened[order["number"], "refund"] += 1
        return 201, held[-1]


class ShopifyShop(Shop):
    scheme, password = "shopify", "shpat_secret"

    def __init__(self):
        super().__init__()
        self.keys = set()

    def has_key(self, headers):
        return headers["x-shopify-access-token"] == self.password

    def add(self, number):
        def money(amount):
            return {"shopMoney": {"amount": amount}}

        gid = f"gid://shopify/Order/{number}"
        place = {"name": "Maria Lund", "address1": "12 Harbour Lane", "address2": None, "zip": "1100-148"}
        line = {"id": f"{gid}/1", "name": "Fjord lamp", "sku": "FJ-CLR", "quantity": 2, "variantTitle": None}
        self.orders[number] = {
            "id": gid,
            "name": f"#{number}",
            "email": "maria@example.com",
            "createdAt": f"{CREATED}Z",
            "cancelledAt": None,
            "cancelReason": None,
            "displayFinancialStatus": "PAID",
            "currencyCode": "EUR",
            "displayFulfillmentStatus": "UNFULFILLED",
            "taxesIncluded": True,
            "totalPriceSet": money("39.80"),
            "customer": {
                "id": "gid://shopify/Customer/1",
                "displayName": "Maria Lund",
                "defaultEmailAddress": {"emailAddress": "maria@example.com"},
            },
            "shippingAddress": {**place, "city": "Lisbon", "province": None, "countryCodeV2": "PT"},
            "totalShippingPriceSet": money("0.0"),
            "totalTaxSet": money("6.35"),
            "totalDiscountsSet": money("0.0"),
            "lineItems": {"nodes": [{**line, "originalUnitPriceSet": money("19.9")}]},
            "transactions": [
                {
                    "id": "p-1",
                    "kind": "SALE",
                    "status": "SUCCESS",
                    "gateway": "shopify_payments",
                    "formattedGateway": "Visa",
                    "processedAt": f"{CREATED}Z",
                    "amountSet": money("39.80"),
                }
            ],
            "fulfillments": [],
            "refunds": [],
            "returns": {"nodes": []},
        }

    def send_out(self, number):
        """The parcel is with her."""
        order = self.orders[number]
        order["displayFulfillmentStatus"] = "FULFILLED"
        line = {"id": "fl-1", "quantity": 2, "lineItem": {"id": order["lineItems"]["nodes"][0]["id"]}}
        order["fulfillments"] = [
            {
                "displayStatus": "DELIVERED",
                "createdAt": f"{CREATED}Z",
                "deliveredAt": "2026-03-02T10:00:00Z",
                "estimatedDeliveryAt": None,
                "fulfillmentLineItems": {"nodes": [line]},
                "trackingInfo": [{"company": "CTT", "number": "EB1", "url": "https://ctt.example/EB1"}],
            }
        ]

    def answer(self, method, path, query, headers, body):
        if path != "/admin/api/2026-04/graphql.json":
            return 404, {"errors": "Not Found"}
        asked, given = body["query"], body["variables"]
        if "orders(first" in asked:
            name, _colon, value = given["query"].partition(":")
            value = value.strip('"')
            held = [one for one in self.orders.values() if value in (one[name], one[name].lstrip("#"))]
            return 200, {"data": {"orders": {"nodes": held}}}
        if "product(id" in asked:
            return 200, {"data": {"product": self._product() if given["id"] == "gid://shopify/Product/1" else None}}
        given = given.get("input", given)
        order = next(one for one in self.orders.values() if one["id"] in (given.get("id"), given.get("orderId")))
        number = order["name"].lstrip("#")
        for verb in ("orderCancel", "orderUpdate", "refundCreate", "returnCreate"):
            if f"{verb}(" in asked:
                why = getattr(self, f"_{verb}")(order, number, given, body["variables"])
                return 200, {"data": {verb: {"userErrors": [{"message": why}] if why else []}}}
        return 200, {"errors": [{"message": "What?"}]}

    def _refund(self, order, note, amount):
        order["refunds"].append(
            {
                "id": f"r-{len(order['refunds'])}",
                "note": note,
                "createdAt": f"{CREATED}Z",
                "totalRefundedSet": {"shopMoney": {"amount": amount}},
                "transactions": {"nodes": []},
            }
        )

    def _orderCancel(self, order, number, given, whole):
        if order["cancelledAt"] or order["fulfillments"]:
            return "Cannot cancel"
        order["cancelledAt"], order["cancelReason"] = f"{CREATED}Z", "CUSTOMER"
        if given["refund"]:
            self._refund(order, None, "39.80")
        self.happened[number, "cancel"] += 1
        return ""

    def _orderUpdate(self, order, number, given, whole):
        told = given["shippingAddress"]
        order["shippingAddress"] = {
            "name": f"{told['firstName']} {told['lastName']}".strip(),
            "city": told["city"],
            "zip": told["zip"],
            "address1": told["address1"],
            "address2": told["address2"],
            "province": told["province"],
            "countryCodeV2": told.get("countryCode") or told.get("country"),
        }
        self.happened[number, "address"] += 1
        return ""

    def _refundCreate(self, order, number, given, whole):
        if whole["key"] not in self.keys:
            self.keys.add(whole["key"])
            for each in given["transactions"]:
                self._refund(order, given["note"], each["amount"])
            self.happened[number, "refund"] += 1
        return ""

    def _returnCreate(self, order, number, given, whole):
        line = order["lineItems"]["nodes"][0]["id"]
        lines = [{**each, "fulfillmentLineItem": {"lineItem": {"id": line}}} for each in given["returnLineItems"]]
        nodes = order["returns"]["nodes"]
        told = {"name": f"#{number}-R{len(nodes) + 1}", "status": "OPEN", "createdAt": f"{CREATED}Z"}
        nodes.append({**told, "returnLineItems": {"nodes": lines}})
        self.happened[number, "return"] += 1
        return ""

    def _product(self):
        variant = {"id": "v-1", "sku": "FJ-CLR", "title": "clear", "price": "19.90", "availableForSale": True}
        variant |= {"inventoryQuantity": 14, "inventoryItem": {"tracked": True}}
        return {
            "id": "gid://shopify/Product/1",
            "title": "Fjord lamp",
            "productType": "Lamp",
            "status": "ACTIVE",
            "description": "Oak & glass",
            "onlineStoreUrl": None,
            "featuredMedia": None,
            "variants": {"nodes": [{**variant, "selectedOptions": [{"name": "Glass", "value": "clear"}]}]},
        }


@contextmanager
def serving(shop):
    """It answers on a port of this machine, with a secret in its address."""

    class Door(BaseHTTPRequestHandler):
        def _serve(self):
            length = int(self.headers["content-length"] or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            path = unquote(url.path)
            shop.asked.append((self.command, self.path))
            if wrong := shop.wrong(self.command, path):
                wrong(self)
                return
            shop.pause()
            with shop.lock:
                known = shop.has_key(self.headers)
                status, said = shop.answer(self.command, path, query, self.headers, body) if known else (401, {})
                said = json.dumps(said).encode()
            shop.pause()
            if shop.lost(self.command, path):
                self.close_connection = True
                return
            with suppress(OSError):
                reply(self, said, status=status)

        do_GET = do_POST = do_PUT = _serve

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    secret = f"{shop.user}:{shop.password}"
    try:
        yield f"{shop.scheme}+http://{secret}@127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def reply(door, said, *, status=200, kind="application/json", headers=()):
    door.send_response(status)
    door.send_header("Content-Type", kind)
    door.send_header("Content-Length", str(len(said)))
    for name, value in headers:
        door.send_header(name, value)
    door.end_headers()
    door.wfile.write(said)


# What bad shops say.


def fails(door):
    reply(door, b'{"error": "boom"}', status=500)


def refuses(door):
    reply(door, b"{}", status=400)


def shows_a_page(door):
    reply(door, b"<html><body>Maintenance</body></html>", kind="text/html")


def floods(door):
    with suppress(OSError):
        reply(door, b'{"orders": [' + b"0," * 5_000_000 + b"0]}")


def talks_nonsense(door):
    reply(door, b'{"number": {"a": [1, 2]}, "lines": "many", "data": 7}')


def nests(door):
    reply(door, b"[" * 200_000)


def lies_in_numbers(door):
    reply(door, b'{"number": "1042", "placed_at": "yesterday", "lines": [{"name": "x", "price": -1}], "data": null}')


def cuts_off(door):
    door.send_response(200)
    door.send_header("Content-Length", "1000")
    door.end_headers()
    door.wfile.write(b'{"number": ')
    door.close_connection = True


def hangs(door):
    time.sleep(1.5)
    door.close_connection = True


def sends_away(door):
    reply(door, b"", status=302, headers=[("Location", "/orders/1042")])


def goes_in_circles(door):
    reply(door, b"", status=302, headers=[("Location", door.path)])


def asks_to_wait(door):
    reply(door, b"{}", status=429, headers=[("Retry-After", "2")])


BAD = (
    *(fails, shows_a_page, floods, talks_nonsense, nests, lies_in_numbers, cuts_off, hangs),
    *(goes_in_circles, asks_to_wait),
)
