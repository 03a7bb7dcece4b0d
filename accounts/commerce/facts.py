"""What an answer about an order or a product may say: frozen, complete, and nothing else."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Address, Payment, Refund

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LineFacts:
    position: int
    sku: str
    name: str
    options: Options
    quantity: int
    price: Decimal
    total: Decimal
    sent_back: int  # how many of them are in a return that was not refused
    product: str  # the product's id in the shop system, if it is still known
    kind: str  # of the product

    @property
    def left(self) -> int:
        return self.quantity - self.sent_back


@dataclass(frozen=True)
class EventFacts:
    text: str
    place: str
    at: datetime


@dataclass(frozen=True)
class ShipmentFacts:
    carrier: str
    tracking_number: str
    tracking_url: str
    status: str
    shipped_at: datetime | None
    expected_on: date | None
    delivered_at: datetime | None
    newest: EventFacts | None


@dataclass(frozen=True)
class MethodFacts:
    """Something she can pay with, or be paid back to."""

    id: str
    kind: str
    label: str
    balance: Decimal | None  # of a gift card
    currency: str


@dataclass(frozen=True)
class PaymentFacts:
    id: str
    method: str
    method_id: str
    status: str
    amount: Decimal
    currency: str
    paid_at: datetime | None


@dataclass(frozen=True)
class RefundFacts:
    id: str
    payment: str  # the id of the payment it undoes, if one is known
    method: str
    method_id: str
    status: str
    amount: Decimal
    currency: str
    asked_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class ReturnedFacts:
    position: int
    sku: str
    name: str
    quantity: int
    replaced_by: str  # the stock number of what comes instead
    replacement: str


@dataclass(frozen=True)
class ReturnFacts:
    number: str
    kind: str
    status: str
    lines: tuple[ReturnedFacts, ...]
    settled_with: str
    settled_with_id: str
    difference: Decimal
    asked_at: datetime
    received_at: datetime | None


@dataclass(frozen=True)
class OrderFacts:
    id: int
    shop_id: int
    customer_id: int | None
    number: str
    external_id: str
    status: str
    is_open: bool
    placed_at: datetime
    expected_on: date | None
    cancelled_at: datetime | None
    cancel_reason: str
    lines: tuple[LineFacts, ...]
    goods: Decimal
    shipping: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    currency: str
    ship_to: str
    address: Address
    shipments: tuple[ShipmentFacts, ...]
    payments: tuple[PaymentFacts, ...]
    refunds: tuple[RefundFacts, ...]
    returns: tuple[ReturnFacts, ...]
    done: tuple[str, ...]  # the actions that were carried out here, or are under way
    as_of: datetime | None  # when the shop system told us; None: these rows are the shop's own

    @property
    def delivered_at(self) -> datetime | None:
        """When the last of its parcels arrived, once all of them have."""
        arrived = [shipment.delivered_at for shipment in self.shipments]
        return max((at for at in arrived if at), default=None) if all(arrived) else None

    @property
    def still_paid(self) -> tuple[tuple[PaymentFacts, Decimal], ...]:
        """What came in and has not gone back, payment by payment; money back that names no payment undoes the last."""
        left: list[list[Any]] = [
            [payment, payment.amount] for payment in self.payments if payment.status == Payment.Status.PAID
        ]
        for refund in self.refunds:
            if refund.status != Refund.Status.FAILED:
                _take_off(left, refund)
        return tuple((payment, amount) for payment, amount in left if amount > 0)


def _take_off(left: list[list[Any]], refund: RefundFacts) -> None:
    amount = refund.amount
    named = [pair for pair in left if pair[0].id == refund.payment]
    for pair in [*named, *reversed(left)]:
        taken = min(amount, pair[1])
        pair[1] -= taken
        amount -= taken


@dataclass(frozen=True)
class VariantFacts:
    sku: str
    name: str
    options: Options
    price: Decimal
    currency: str
    stock: int | None  # None: nobody counts it
    is_available: bool


@dataclass(frozen=True)
class ProductFacts:
    external_id: str
    shop_id: int
    name: str
    kind: str
    description: str
    properties: Options
    url: str
    image_url: str
    is_sold: bool
    variants: tuple[VariantFacts, ...]
    as_of: datetime | None

    @property
    def is_available(self) -> bool:
        return any(variant.is_available for variant in self.variants)

    @property
    def prices(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest of what can be had; of all, where nothing can."""
        prices = [v.price for v in self.variants if v.is_available] or [v.price for v in self.variants]
        return (min(prices), max(prices)) if prices else None
