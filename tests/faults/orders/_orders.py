import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.utils import formats

from accounts.commerce.facts import EventFacts, LineFacts, OrderFacts, PaymentFacts, ShipmentFacts
from accounts.models import Address
from chat.flows import telling

CARRIERS = ("DHL", "Colissimo", "UPS", "GLS", "Correos", "Northwind Parcel", "FedEx")
NAMES = ("Desk lamp", "Linen shirt", "Fjord table lamp", "Mug", "Set of 4 bowls", "Wool blanket 150x200")
COLOURS = ("blue", "red", "oak", "M", "42")
TOWNS = ("69001 Lyon", "28013 Madrid", "10115 Berlin", "8001 Zürich")
SAID = ("In the sorting centre", "Handed over to the driver", "Arrived in the parcel shop")
METHODS = ("Visa ending in 4242", "PayPal", "gift card", "Mastercard ending in 9081")


def order(chance: random.Random) -> OrderFacts:
    """An order on its way, with everything in it that there is to say of one."""
    placed = datetime(2026, 1, 1, 9, tzinfo=UTC) + timedelta(days=chance.randrange(300))
    currency = chance.choice(["EUR", "USD", "GBP"])
    lines = tuple(_line(chance, position) for position in range(1, chance.randint(2, 5)))
    goods = sum((line.total for line in lines), start=Decimal(0))
    total = goods + Decimal("4.90")
    expected = (placed + timedelta(days=5)).date()
    parcel = ShipmentFacts(
        carrier=chance.choice(CARRIERS),
        tracking_number=chance.choice(["6A", "JD", ""]) + str(chance.randrange(10**9, 10**11)),
        tracking_url="",
        status="moving",
        shipped_at=placed + timedelta(days=1),
        expected_on=expected,
        delivered_at=None,
        newest=EventFacts(chance.choice(SAID), "", placed + timedelta(days=2)),
    )
    paid = PaymentFacts("p1", chance.choice(METHODS), "m1", "paid", total, currency, placed)
    ship_to = f"Maria Lund\nRue {chance.choice('ABCDEF')} {chance.randint(1, 99)}\n{chance.choice(TOWNS)}"
    return OrderFacts(
        id=1,
        shop_id=1,
        customer_id=1,
        number=str(chance.randrange(1000, 10**6)),
        external_id="",
        status="shipped",
        is_open=True,
        placed_at=placed,
        expected_on=expected,
        cancelled_at=None,
        cancel_reason="",
        lines=lines,
        goods=goods,
        shipping=Decimal("4.90"),
        discount=Decimal("0.00"),
        tax=Decimal("0.00"),
        total=total,
        currency=currency,
        ship_to=ship_to,
        address=Address(),
        shipments=(parcel,),
        payments=(paid,),
        refunds=(),
        returns=(),
        done=(),
        as_of=None,
    )


def values(facts: OrderFacts, other: str, language: str, status: str) -> dict:
    """What fills the holes of a sentence about it, in this language."""
    parcel, line, paid = facts.shipments[0], facts.lines[0], facts.payments[0]
    assert parcel.newest is not None
    days = (facts.placed_at.date(), parcel.shipped_at.date(), parcel.newest.at.date(), facts.expected_on)
    amounts = (
        facts.goods,
        facts.total,
        facts.shipping,
        *(each for line in facts.lines for each in (line.price, line.total)),
    )
    told = {
        "language": language,
        "number": facts.number,
        "other": other,
        "status": status,
        "carrier": parcel.carrier,
        "tracking": parcel.tracking_number,
        "expected": _day(facts.expected_on),
        "expected_on": facts.expected_on,
        "event": parcel.newest.text,
        "at": _day(parcel.newest.at.date()),
        "at_on": parcel.newest.at.date(),
        "as_day": _day,
        "total": telling.amount(facts.total, facts.currency),
        "paid": telling.amount(paid.amount, paid.currency),
        "method": paid.method,
        "line": telling.piece(line),
        "price": telling.amount(line.total, facts.currency),
        "town": facts.ship_to.splitlines()[-1],
    }
    texts = {value for value in told.values() if isinstance(value, str)}
    return {**told, "so": texts | set(map(_day, days)) | {telling.amount(each, facts.currency) for each in amounts}}


def _line(chance: random.Random, position: int) -> LineFacts:
    price, quantity = Decimal(chance.randrange(100, 90_000)) / 100, chance.choice([1, 1, 2, 3, 12])
    return LineFacts(
        position=position,
        sku=f"S{position}",
        name=chance.choice(NAMES),
        options=(("kind", chance.choice(COLOURS)),),
        quantity=quantity,
        price=price,
        total=price * quantity,
        sent_back=0,
        product="",
        kind="",
    )


def _day(on) -> str:
    return formats.date_format(on, "DATE_FORMAT")
