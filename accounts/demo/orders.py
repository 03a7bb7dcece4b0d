"""A year of orders. Each lives through its days by the shop's own times and prices, until today or its fate."""

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from accounts.demo.customers import COUNTRIES, MARIA, OMAR, Person
from accounts.models import (
    Customer,
    Order,
    OrderLine,
    Payment,
    Refund,
    Return,
    ReturnLine,
    Shipment,
    Shop,
    TrackingEvent,
    Variant,
)

LARGE = {"HN-BRS", "HN-BLK", "MR-170"}  # they travel with DHL Freight
CLOSES = time(13)  # what is ordered before leaves the same day
LEAVES = time(16, 20)


class Wish(NamedTuple):
    """An order that is in the demo on purpose: who, how long ago, what, and what becomes of it."""

    person: Person
    ago: timedelta
    skus: dict[str, int]
    fate: str = ""


# Fates: "unpaid" (a transfer still to come), "paid" and "packed" (no further yet), "expired", "cancelled", "express",
# "returned" (all of it), "part" (one line came back), "asked", "approved", "received", "refused" (a return at that
# point), "failed" (nobody opened), "lost".
PARCEL = Wish(MARIA, timedelta(days=3), {"PR-BRS": 1, "WB-4": 1})
LUMEN_AND_LOOM = [
    Wish(MARIA, timedelta(days=318), {"HW-GRY": 1}),
    Wish(MARIA, timedelta(days=201), {"LC-SND": 2}, "returned"),
    Wish(MARIA, timedelta(days=96), {"SM-OAT": 4, "CC-1L": 1}),
    Wish(MARIA, timedelta(days=24), {"PB-SND": 1, "SB-1": 1}, "approved"),
    PARCEL,
    Wish(MARIA, timedelta(hours=20), {"GC-50": 1, "SM-SEA": 2}, "packed"),
    Wish(MARIA, timedelta(hours=5), {"WT-70": 2, "BM-SND": 1}, "paid"),
    Wish(MARIA, timedelta(hours=2), {"CU-250": 2}, "unpaid"),
    Wish(OMAR, timedelta(days=145), {"FJ-CLR": 1, "WB-1": 1}),
    Wish(OMAR, timedelta(days=40), {"PM-40": 1}, "cancelled"),
    Wish(OMAR, timedelta(days=12), {"TT-2": 2, "LN-RST": 1}),
    Wish(OMAR, timedelta(days=2), {"OB-35": 1, "SM-OAT": 2}),
    Wish(OMAR, timedelta(hours=3), {"LC-INK": 2, "CH-5": 1}, "paid"),
]
SMALL_HOURS = [Wish(MARIA, timedelta(days=71), {"FF-AMB": 1, "MC-3": 1})]
_DRAWN_FATES = ["returned"] * 7 + ["part"] * 6 + ["cancelled"] * 8 + ["expired"] * 3 + ["refused"] * 2 + ["express"] * 8
_SLOW = ["asked", "received", "failed", "lost"]
_RECENT_FATES = ["unpaid", "unpaid", "paid", "paid", "packed", "packed", "cancelled", *_SLOW]
_FAULT = "A seam or an edge is not as it should be."
_LABELS = {"FR": "0", "CH": "9.90", "GB": "9.90", "NO": "9.90"}
_REASONS = [
    "The colour is darker than in the picture.",
    "Too large for the table.",
    "It was a present and there are two now.",
    "I thought the linen would be smoother.",
    _FAULT,
    "It does not suit the room.",
]
_METHODS = {"BE": ["Bancontact", "Card"], "NL": ["iDEAL", "iDEAL", "Card"]}
_OTHER_METHODS = ["Card", "Card", "Card", "PayPal", "PayPal", "Apple Pay", "Google Pay"]


@dataclass
class Rows:
    """What is to be written, table by table."""

    orders: list[Order] = field(default_factory=list)
    lines: list[OrderLine] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)
    stops: list[TrackingEvent] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    returned: list[ReturnLine] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    def keep(self) -> None:
        Order.objects.bulk_create(self.orders)
        OrderLine.objects.bulk_create(self.lines)
        Payment.objects.bulk_create(self.payments)
        Shipment.objects.bulk_create(self.shipments)
        TrackingEvent.objects.bulk_create(self.stops)
        Return.objects.bulk_create(self.returns)
        ReturnLine.objects.bulk_create(self.returned)
        Refund.objects.bulk_create(self.refunds)


class Placed(NamedTuple):
    """A wish at its hour."""

    at: datetime
    wish: Wish


def plan(shop: Shop, people: list[Person], *, count: int, wishes: list[Wish], at: datetime) -> list[Placed]:
    """A year of orders, oldest first: those that are there on purpose, and as many others as make up the count."""
    draw = _draw(shop, "plan")
    skus = dict(Variant.objects.filter(shop=shop).order_by("sku").values_list("sku", "price"))
    wishes = [*wishes, *_drawn(draw, people, skus, count - len(wishes))]
    return sorted((Placed(_hour(shop, wish, draw, at), wish) for wish in wishes), key=lambda placed: placed.at)


def place(shop: Shop, customers: dict[str, Customer], orders: list[Placed], *, first: int, at: datetime) -> None:
    """Write them down as they stand at this moment."""
    variants = {each.sku: each for each in Variant.objects.filter(shop=shop).select_related("product")}
    draw, rows = _draw(shop, "place"), Rows()
    for number, placed in enumerate(orders, start=first):
        _Story(shop, customers[placed.wish.person.email], placed, str(number), variants, rows, draw, at).tell()
    rows.keep()


def _draw(shop: Shop, what: str) -> Random:
    return Random(f"{shop.slug} {what}")  # noqa: S311  (the same year for everybody)


def _drawn(draw: Random, people: list[Person], skus: dict[str, Decimal], count: int) -> list[Wish]:
    """Orders of everybody, more of them towards today, most of one to three things."""
    recent = min(len(_RECENT_FATES), count // 5)
    fates = [*_RECENT_FATES[:recent], *_DRAWN_FATES[: count // 5], *[""] * count]
    wishes = []
    for n, fate in enumerate(fates[:count]):
        if n < recent:
            days = draw.uniform(15, 20) if fate in _SLOW else draw.uniform(0.1, 0.9)
        else:
            days = draw.uniform(35, 350) if fate else 1 + 359 * draw.random() ** 1.4
        chosen = draw.sample(list(skus), draw.choice([1, 1, 2, 2, 3]))
        often = {sku: draw.choice([1, 1, 2, 4]) if skus[sku] < 40 else 1 for sku in chosen}
        wishes.append(Wish(draw.choice(people), timedelta(days=days), often, fate))
    return wishes


def _hour(shop: Shop, wish: Wish, draw: Random, at: datetime) -> datetime:
    """People rarely shop at night; what is of the last day stays where it is put."""
    local = (at - wish.ago).astimezone(shop.zone).replace(second=0, microsecond=0)
    if wish.ago < timedelta(days=1):
        return local
    if wish.person is MARIA:
        return local.replace(hour=10, minute=24)
    return local.replace(hour=draw.choice([8, 10, 12, 13, 16, 19, 20, 21, 21, 22]), minute=draw.randint(0, 59))


class _Story:
    """One order from the checkout to wherever it is now."""

    def __init__(
        self,
        shop: Shop,
        customer: Customer,
        placed: Placed,
        number: str,
        variants: dict[str, Variant],
        rows: Rows,
        draw: Random,
        at: datetime,
    ) -> None:
        wish = placed.wish
        self.shop, self.wish, self.number, self.rows, self.draw, self.at = shop, wish, number, rows, draw, at
        self.country = COUNTRIES[wish.person.country]
        self.is_large = bool(LARGE & set(wish.skus))
        self.is_card_only = all(sku.startswith("GC-") for sku in wish.skus)
        goods = sum((variants[sku].price * often for sku, often in wish.skus.items()), Decimal(0))
        shipping = self._shipping(goods)
        self.order = Order(
            shop=shop,
            customer=customer,
            number=number,
            status=Order.Status.PLACED,
            currency="EUR",
            shipping=shipping,
            total=goods + shipping,
            ship_to="\n".join([wish.person.name, wish.person.street, wish.person.town, self.country.name]),
            placed_at=placed.at,
        )
        self.lines = [
            OrderLine(
                order=self.order,
                position=position,
                variant=variants[sku],
                sku=sku,
                name=f"{variants[sku].product.name}, {variants[sku].name}".removesuffix(", "),
                price=variants[sku].price,
                quantity=often,
            )
            for position, (sku, often) in enumerate(wish.skus.items(), start=1)
        ]

    def tell(self) -> None:
        self.rows.orders.append(self.order)
        self.rows.lines += self.lines
        paid_at = self._pay()
        if paid_at is not None and self.wish.fate == "cancelled":
            self._cancel(paid_at + timedelta(minutes=self.draw.randint(12, 70)))
        elif paid_at is not None:
            delivered_at = self._pack(paid_at)
            if delivered_at is not None:
                self._after(delivered_at)

    def _pack(self, paid_at: datetime) -> datetime | None:
        """From paid to packed to sent; when it arrived, if it has."""
        packed_at = paid_at + timedelta(minutes=self.draw.randint(25, 110))
        left_at = self._leaving(paid_at)
        is_today = left_at.date() == self.at.astimezone(self.shop.zone).date()
        self.order.status = Order.Status.PAID
        if self.wish.fate == "packed":
            self.order.status = Order.Status.PACKED
        elif self.wish.fate == "paid" or packed_at > self.at:
            pass
        elif self.is_card_only:
            self.order.status = Order.Status.DELIVERED
        elif left_at > self.at:
            self.order.status = Order.Status.PACKED if is_today else Order.Status.PAID
        else:
            return self._ship(left_at)
        return None

    # The checkout.

    def _shipping(self, goods: Decimal) -> Decimal:
        if self.is_card_only:
            return Decimal(0)
        if self.is_large:
            return Decimal("19.00" if self.wish.person.country == "FR" else "29.00")
        if self.wish.fate == "express":
            return Decimal(self.country.express)
        return Decimal(0) if goods >= self.country.free_from else Decimal(self.country.shipping)

    def _pay(self) -> datetime | None:
        """When the money came; a transfer takes a day or two, and some never come."""
        fate, placed_at = self.wish.fate, self.order.placed_at
        waits = fate in {"unpaid", "expired"}
        methods = _METHODS.get(self.wish.person.country, _OTHER_METHODS)
        payment = Payment(
            order=self.order,
            external_id=f"pay-{self.number}",
            method="Bank transfer" if waits else self.draw.choice(methods),
            amount=self.order.total,
            currency="EUR",
        )
        self.rows.payments.append(payment)
        self.payment = payment
        if fate == "expired":
            payment.status = Payment.Status.FAILED
            self.order.status = Order.Status.CANCELLED
            self.order.cancelled_at = placed_at + timedelta(days=7)
        if waits:
            return None
        payment.status, payment.paid_at = Payment.Status.PAID, placed_at + timedelta(minutes=2)
        return payment.paid_at

    def _cancel(self, cancelled_at: datetime) -> None:
        self.order.status, self.order.cancelled_at = Order.Status.CANCELLED, cancelled_at
        self._give_back(self.order.total, asked_at=cancelled_at)

    # On its way.

    def _leaving(self, paid_at: datetime) -> datetime:
        local = paid_at.astimezone(self.shop.zone)
        day = local.date() if local.time() < CLOSES else local.date() + timedelta(days=1)
        day = _working_day(day)
        return datetime.combine(day, LEAVES, self.shop.zone)

    def _ship(self, left_at: datetime) -> datetime | None:
        """Hand it to the carrier; when it arrived, if it has."""
        if self.is_large:
            carrier, days = "DHL Freight", self.draw.randint(6, 8)
        elif self.wish.fate == "express":
            carrier, days = "Chronopost" if self.wish.person.country == "FR" else "DHL", self.country.express_days
        else:
            carrier, days = "Colissimo" if self.wish.person.country == "FR" else "DHL", self._standard_days()
        arrives_on = _working_days_after(left_at.date(), days)
        arrives_at = datetime.combine(
            arrives_on, time(self.draw.randint(9, 16), self.draw.randint(0, 59)), self.shop.zone
        )
        shipment = Shipment(
            order=self.order,
            carrier=carrier,
            tracking_number=self._tracking_number(carrier),
            status=Shipment.Status.MOVING,
            shipped_at=left_at,
            expected_on=arrives_on,
        )
        self.rows.shipments.append(shipment)
        self.order.status = Order.Status.SHIPPED
        stops = self._stops(left_at, arrives_at)
        if self.wish.fate == "lost":
            shipment.status, stops = Shipment.Status.LOST, stops[:2]
        elif self.wish.fate == "failed" and arrives_at <= self.at:
            shipment.status = Shipment.Status.FAILED
            stops.append(("Nobody at home, kept at the parcel shop", self._town(), arrives_at))
        elif arrives_at <= self.at and self.wish.fate != "lost":
            shipment.status, shipment.delivered_at = Shipment.Status.DELIVERED, arrives_at
            stops.append(("Delivered", self._town(), arrives_at))
        for n, (text, place, when) in enumerate(stops, start=1):
            if when <= self.at:
                self.rows.stops.append(
                    TrackingEvent(shipment=shipment, external_id=str(n), text=text, place=place, at=when)
                )
        return shipment.delivered_at

    def _standard_days(self) -> int:
        shortest, longest = self.country.days
        return longest if self.wish.person is MARIA else self.draw.randint(shortest, longest)

    def _tracking_number(self, carrier: str) -> str:
        digits = "".join(str(self.draw.randint(0, 9)) for _ in range(8))
        return {"Colissimo": f"8L{digits}041", "Chronopost": f"XY{digits}7FR", "DHL Freight": f"LYS{digits}"}.get(
            carrier, f"JJD01{digits}66"
        )

    def _stops(self, left_at: datetime, arrives_at: datetime) -> list[tuple[str, str, datetime]]:
        stops = [
            ("Handed to the carrier", "Saint-Priest", left_at),
            ("Left the sorting centre", "Lyon", left_at + timedelta(hours=6, minutes=10)),
        ]
        if self.wish.person.country != "FR":
            middle = left_at + (arrives_at - left_at) * 0.6
            stops.append(("Arrived in the country", f"{self.country.hub}, {self.country.name}", middle))
        stops.append(("Out for delivery", self._town(), arrives_at.replace(hour=7, minute=35)))
        return stops

    def _town(self) -> str:
        words = [word for word in self.wish.person.town.split() if not any(sign.isdigit() for sign in word)]
        return " ".join(words)

    # And back.

    def _after(self, delivered_at: datetime) -> None:
        fate = self.wish.fate
        self.order.status = Order.Status.DELIVERED
        if fate not in {"returned", "part", "asked", "approved", "received", "refused"}:
            return
        asked_at = min(delivered_at + timedelta(days=self.draw.randint(1, 9), hours=3), self.at - timedelta(hours=9))
        asked_at = max(asked_at, delivered_at + timedelta(hours=1))
        received_at = asked_at + timedelta(days=self.draw.randint(4, 7))
        done = {"returned": "closed", "part": "closed"}.get(fate, fate)
        is_back = done in {"closed", "received"}
        if is_back and received_at > self.at:
            received_at = self.at - timedelta(hours=3)
        reason = "It has been used for a month." if done == "refused" else self.draw.choice(_REASONS)
        back = Return(
            shop=self.shop,
            order=self.order,
            number=f"R-{self.number}",
            status=Return.Status(done),
            reason=reason,
            asked_at=asked_at,
            received_at=received_at if is_back else None,
        )
        self.rows.returns.append(back)
        lines = self.lines[:1] if fate == "part" else self.lines
        self.rows.returned += [ReturnLine(return_of=back, line=line, quantity=line.quantity) for line in lines]
        if fate == "returned":
            self.order.status = Order.Status.RETURNED
        if done == "closed":
            goods = sum((line.price * line.quantity for line in lines), Decimal(0))
            refunded = self.order.total if len(lines) == len(self.lines) else goods
            label = Decimal(0) if reason == _FAULT else Decimal(_LABELS.get(self.wish.person.country, "5.90"))
            self._give_back(max(refunded - label, Decimal("0.01")), asked_at=received_at, of=back)

    def _give_back(self, amount: Decimal, *, asked_at: datetime, of: Return | None = None) -> None:
        done_at = asked_at + timedelta(days=self.draw.randint(1, 4), hours=2)
        is_done = done_at <= self.at
        self.rows.refunds.append(
            Refund(
                order=self.order,
                payment=self.payment,
                return_of=of,
                external_id=f"refund-{self.number}",
                status=Refund.Status.DONE if is_done else Refund.Status.PENDING,
                amount=amount,
                currency="EUR",
                asked_at=asked_at,
                done_at=done_at if is_done else None,
            )
        )


def _working_day(day: date) -> date:
    """This day, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)


def _working_days_after(day: date, count: int) -> date:
    later = (day + timedelta(days=n) for n in itertools.count(1))
    working = (each for each in later if each.weekday() < 5)
    return next(itertools.islice(working, count - 1, None))
