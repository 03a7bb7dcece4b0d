"""What a shop system says about people, products and orders: docs/import.md is this file in words."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.commerce.told import Told, Wrong
from accounts.models import Address, Order, Payment, PaymentMethod, Refund, Return, Shipment, Shop

LINES, PARTS = 500, 200  # the most of each in one record


@dataclass(frozen=True)
class MethodRecord:
    external_id: str
    kind: str
    label: str
    balance: Decimal | None
    currency: str


@dataclass(frozen=True)
class CustomerRecord:
    external_id: str
    email: str
    name: str = ""
    phone: str = ""
    language: str = ""
    address: Address = field(default_factory=Address)
    payment_methods: tuple[MethodRecord, ...] = ()


@dataclass(frozen=True)
class VariantRecord:
    sku: str
    name: str
    price: Decimal
    currency: str
    stock: int | None
    is_offered: bool
    options: dict[str, str]


@dataclass(frozen=True)
class ProductRecord:
    external_id: str
    name: str
    kind: str
    description: str
    url: str
    image_url: str
    is_sold: bool
    properties: dict[str, str]
    variants: tuple[VariantRecord, ...]


@dataclass(frozen=True)
class LineRecord:
    sku: str
    name: str
    price: Decimal
    quantity: int
    options: dict[str, str]


@dataclass(frozen=True)
class PaymentRecord:
    external_id: str
    method: str
    paid_with: str
    status: str
    amount: Decimal
    currency: str
    paid_at: datetime | None


@dataclass(frozen=True)
class EventRecord:
    external_id: str
    text: str
    place: str
    at: datetime


@dataclass(frozen=True)
class ShipmentRecord:
    carrier: str
    tracking_number: str
    tracking_url: str
    status: str
    shipped_at: datetime | None
    expected_on: date | None
    delivered_at: datetime | None
    events: tuple[EventRecord, ...]


@dataclass(frozen=True)
class RefundRecord:
    external_id: str
    payment: str
    goes_to: str
    status: str
    amount: Decimal
    currency: str
    asked_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class ReturnedRecord:
    line: int
    quantity: int
    replaced_by: str


@dataclass(frozen=True)
class ReturnRecord:
    number: str
    kind: str
    status: str
    settled_with: str
    difference: Decimal
    reason: str
    asked_at: datetime
    received_at: datetime | None
    lines: tuple[ReturnedRecord, ...]


@dataclass(frozen=True)
class OrderRecord:
    """Parts that are None were not spoken of, and stay as they are."""

    number: str
    external_id: str
    customer: CustomerRecord | str
    status: str
    currency: str
    placed_at: datetime
    expected_on: date | None
    cancelled_at: datetime | None
    cancel_reason: str
    shipping: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    address: Address
    ship_to: str
    lines: tuple[LineRecord, ...]
    payments: tuple[PaymentRecord, ...] | None
    shipments: tuple[ShipmentRecord, ...] | None
    refunds: tuple[RefundRecord, ...] | None
    returns: tuple[ReturnRecord, ...] | None
    updated_at: datetime | None = None  # when the system of the file changed it last


Record = CustomerRecord | ProductRecord | OrderRecord


def customer(told: Any, shop: Shop) -> CustomerRecord:
    with Told(told, shop) as it:
        found = CustomerRecord(
            external_id=it.text("id", 100),
            email=it.email("email"),
            name=it.text("name", 200),
            phone=it.text("phone", 40),
            language=it.text("language", 10),
            address=it.address("address"),
            payment_methods=it.each("payment_methods", _method, most=PARTS) or (),
        )
    if not (found.external_id or found.email):
        raise Wrong(_("A customer needs an id or an e-mail address."))
    return found


def product(told: Any, shop: Shop) -> ProductRecord:
    with Told(told, shop) as it:
        return ProductRecord(
            external_id=it.text("id", 100, needed=True),
            name=it.text("name", 200, needed=True),
            kind=it.text("kind", 100),
            description=it.text("description", 20_000),
            url=it.url("url"),
            image_url=it.url("image_url"),
            is_sold=it.flag("is_sold", True),
            properties=it.values("properties"),
            variants=it.each("variants", _variant, most=LINES) or (),
        )


def order(told: Any, shop: Shop) -> OrderRecord:
    with Told(told, shop) as it:
        currency = it.currency("currency")
        lines = it.each("lines", _line, most=LINES, needed=True) or ()
        shipping, discount, tax = (it.amount(name, Decimal(0)) for name in ("shipping", "discount", "tax"))
        sums = sum((line.price * line.quantity for line in lines), shipping + tax - discount)
        total = it.amount("total", max(sums, Decimal(0)))
        address = it.address("address")
        inside = {"currency": currency, "total": total or None}
        found = OrderRecord(
            number=it.text("number", 50, needed=True),
            external_id=it.text("id", 100),
            customer=_whose(it),
            status=it.choice("status", Order.Status.values, Order.Status.PLACED),
            currency=currency,
            placed_at=it.must(it.time("placed_at"), "placed_at"),
            expected_on=it.day("expected_on"),
            cancelled_at=it.time("cancelled_at"),
            cancel_reason=it.text("cancel_reason", 300),
            shipping=shipping,
            discount=discount,
            tax=tax,
            total=total,
            address=address,
            ship_to=it.text("ship_to", 1000) or str(address),
            lines=lines,
            payments=it.each("payments", _payment, most=PARTS, inside=inside),
            shipments=it.each("shipments", _shipment, most=PARTS),
            refunds=it.each("refunds", _refund, most=PARTS, inside=inside),
            returns=it.each("returns", _return, most=PARTS),
            updated_at=it.time("updated_at"),
        )
    for returned in (each for back in found.returns or () for each in back.lines):
        if not 1 <= returned.line <= len(lines):
            raise Wrong(_("There is no line %(number)s to return.") % {"number": returned.line})
    return found


def _whose(it: Told) -> CustomerRecord | str:
    """Somebody by id or address, or told of whole."""
    whole = it.value("customer")
    return customer(whole, it.shop) if isinstance(whole, dict) else it.text("customer", 254, needed=True)


def _method(it: Told, number: int) -> MethodRecord:
    kind = it.choice("kind", PaymentMethod.Kind.values, PaymentMethod.Kind.OTHER)
    balance = it.amount("balance", None)
    if (kind == PaymentMethod.Kind.GIFT_CARD) is (balance is None):
        raise Wrong(_("A gift card, and nothing else, has a balance."))
    return MethodRecord(
        it.text("id", 100, needed=True), kind, it.text("label", 100), balance, it.currency("currency", it.shop.currency)
    )


def _variant(it: Told, number: int) -> VariantRecord:
    return VariantRecord(
        sku=it.text("sku", 100, needed=True),
        name=it.text("name", 200),
        price=it.must(it.amount("price", None), "price"),
        currency=it.currency("currency", it.shop.currency),
        stock=it.whole("stock", None),
        is_offered=it.flag("available", True),
        options=it.values("options"),
    )


def _line(it: Told, number: int) -> LineRecord:
    quantity = it.whole("quantity", 1) or 0
    if quantity < 1:
        raise Wrong(_("The quantity must be at least 1."))
    return LineRecord(
        sku=it.text("sku", 100),
        name=it.text("name", 300, needed=True),
        price=it.must(it.amount("price", None), "price"),
        quantity=quantity,
        options=it.values("options"),
    )


def _payment(it: Told, number: int) -> PaymentRecord:
    return PaymentRecord(
        external_id=it.text("id", 100) or str(number),
        method=it.text("method", 50),
        paid_with=it.text("paid_with", 100),
        status=it.choice("status", Payment.Status.values, Payment.Status.PAID),
        amount=it.something("amount", it.inside["total"]),
        currency=it.currency("currency", it.inside["currency"]),
        paid_at=it.time("paid_at"),
    )


def _event(it: Told, number: int) -> EventRecord:
    return EventRecord(
        external_id=it.text("id", 100) or str(number),
        text=it.text("text", 300, needed=True),
        place=it.text("place", 200),
        at=it.must(it.time("at"), "at"),
    )


def _shipment(it: Told, number: int) -> ShipmentRecord:
    return ShipmentRecord(
        carrier=it.text("carrier", 100),
        tracking_number=it.text("tracking_number", 100),
        tracking_url=it.url("tracking_url"),
        status=it.choice("status", Shipment.Status.values, Shipment.Status.READY),
        shipped_at=it.time("shipped_at"),
        expected_on=it.day("expected_on"),
        delivered_at=it.time("delivered_at"),
        events=it.each("events", _event, most=PARTS) or (),
    )


def _refund(it: Told, number: int) -> RefundRecord:
    return RefundRecord(
        external_id=it.text("id", 100) or str(number),
        payment=it.text("payment", 100),
        goes_to=it.text("goes_to", 100),
        status=it.choice("status", Refund.Status.values, Refund.Status.PENDING),
        amount=it.something("amount"),
        currency=it.currency("currency", it.inside["currency"]),
        asked_at=it.must(it.time("asked_at"), "asked_at"),
        done_at=it.time("done_at"),
    )


def _return(it: Told, number: int) -> ReturnRecord:
    return ReturnRecord(
        number=it.text("number", 60, needed=True),
        kind=it.choice("kind", Return.Kind.values, Return.Kind.RETURN),
        status=it.choice("status", Return.Status.values, Return.Status.ASKED),
        settled_with=it.text("settled_with", 100),
        difference=it.amount("difference", Decimal(0), least=None),
        reason=it.text("reason", 2000),
        asked_at=it.must(it.time("asked_at"), "asked_at"),
        received_at=it.time("received_at"),
        lines=it.each("lines", _returned, most=LINES) or (),
    )


def _returned(it: Told, number: int) -> ReturnedRecord:
    return ReturnedRecord(
        line=it.whole("line", 0) or 0,
        quantity=max(it.whole("quantity", 1) or 1, 1),
        replaced_by=it.text("replaced_by", 100),
    )
