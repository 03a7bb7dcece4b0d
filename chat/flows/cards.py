"""What stands beside an answer on a receipt: an order, a product, what a yes will do. Plain JSON, kept with it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.commerce.facts import OrderFacts, ProductFacts
from accounts.commerce.plans import Plan
from accounts.commerce.wishes import NewAddress, Wish
from chat.flows import telling

Card = dict[str, Any]
LINES, WHOLE = 5, 2


def orders(several: tuple[OrderFacts, ...]) -> tuple[Card, ...]:
    """Whole where there are two at most; of more, as much of each as tells them apart."""
    return tuple(order(each) if len(several) <= WHOLE else _short(order(each)) for each in several)


def products(several: list[ProductFacts]) -> tuple[Card, ...]:
    return tuple(product(each) if len(several) <= WHOLE else {**product(each), "rows": []} for each in several)


def _short(card: Card) -> Card:
    rest = max(0, len(card["lines"]) + card["more"] - 1)
    empty = dict.fromkeys(("expected_on", "carrier", "tracking_number", "tracking_url"), "")
    return {**card, **empty, "lines": card["lines"][:1], "more": rest}


def order(facts: OrderFacts) -> Card:
    parcel = facts.shipments[-1] if facts.shipments else None
    return {
        "kind": "order",
        "number": facts.number,
        "status": facts.status,
        "placed_at": facts.placed_at.isoformat(),
        "expected_on": facts.expected_on.isoformat() if facts.expected_on else "",
        "lines": [[telling.piece(line), telling.amount(line.total, facts.currency)] for line in facts.lines[:LINES]],
        "more": max(0, len(facts.lines) - LINES),
        "total": telling.amount(facts.total, facts.currency),
        "carrier": parcel.carrier if parcel else "",
        "tracking_number": parcel.tracking_number if parcel else "",
        "tracking_url": parcel.tracking_url if parcel else "",
        "as_of": facts.as_of.isoformat() if facts.as_of else "",
    }


def product(facts: ProductFacts) -> Card:
    low = facts.prices[0] if facts.prices else None
    stocks = [variant.stock for variant in facts.variants]
    return {
        "kind": "product",
        "name": facts.name,
        "url": facts.url,
        "image_url": facts.image_url,
        "price": telling.amount(low, facts.variants[0].currency) if low is not None else "",
        "is_from": bool(facts.prices and facts.prices[0] != facts.prices[1]),
        "stock": sum(stock for stock in stocks if stock is not None) if any(s is not None for s in stocks) else None,
        "is_available": facts.is_available,
        "rows": [list(pair) for pair in facts.properties],
    }


def confirmation(facts: OrderFacts, title: str, wish: Wish, plan: Plan) -> Card:
    """What exactly will happen: which pieces, which money, which address."""
    return {"kind": "confirmation", "title": title, "rows": [list(row) for row in _rows(facts, wish, plan)]}


def _rows(facts: OrderFacts, wish: Wish, plan: Plan) -> Iterator[tuple[str, str]]:
    if isinstance(wish, NewAddress):
        yield _("New address"), str(wish.address)
    for piece in plan.pieces:
        yield f"{piece.quantity} x {piece.name}", piece.replacement
    for back in plan.back:
        yield _("Back to %(method)s") % {"method": back.method}, telling.amount(back.amount, facts.currency)
    if plan.charge:
        label = _("Taken from %(method)s") % {"method": plan.charge.method}
        yield label, telling.amount(plan.charge.amount, facts.currency)
    if plan.later and plan.later.amount:
        label = _("Taken from %(method)s once the goods are with us")
        if plan.difference <= 0:
            label = _("Back to %(method)s once the goods are with us")
        yield label % {"method": plan.later.method}, telling.amount(plan.later.amount, facts.currency)
