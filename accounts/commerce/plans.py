"""What a wish comes to: which money moves where, and which lines change. Nothing is asked that makes no sense."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.commerce.facts import LineFacts, MethodFacts, OrderFacts
from accounts.commerce.wishes import (
    Cancel,
    Exchange,
    GiveBack,
    MoneyBack,
    NewAddress,
    NewItems,
    NewPayment,
    Part,
    Swap,
    Wish,
)
from accounts.models import Address, PaymentMethod, Variant

NOTHING = Decimal(0)


class Senseless(ValueError):
    """This cannot be done, whatever the rules say; the text may be shown to her."""


@dataclass(frozen=True)
class Money:
    """An amount on its way to or from a payment method. `payment`: which payment it undoes."""

    amount: Decimal
    method: str
    method_id: str = ""
    payment: str = ""
    at_once: bool = False


@dataclass(frozen=True)
class Piece:
    """Some of a line, and what comes instead."""

    position: int
    quantity: int
    name: str
    sku: str = ""
    replacement: str = ""
    price: Decimal = NOTHING


@dataclass(frozen=True)
class Plan:
    """`back` and `charge` move now, `later` and `difference` once the goods are there."""

    pieces: tuple[Piece, ...] = ()
    back: tuple[Money, ...] = ()
    charge: Money | None = None
    later: Money | None = None
    difference: Decimal = NOTHING
    total: Decimal = NOTHING


@dataclass(frozen=True)
class Means:
    """What a plan is made with: her payment methods, and the variants that are named."""

    methods: Sequence[MethodFacts] = ()
    variants: Mapping[str, Variant] = field(default_factory=dict)

    def method(self, order: OrderFacts, method_id: str) -> tuple[str, str, MethodFacts | None]:
        """Id, label, and what is known of it; without an id the one the order was paid with."""
        original = order.payments[0] if order.payments else None
        wanted = method_id or (original.method_id if original else "")
        known = next((each for each in self.methods if each.id == wanted), None)
        if method_id and known is None:
            raise Senseless(_("This is not a payment method of yours that we know."))
        return wanted, known.label if known else (original.method if original else ""), known


def plan(order: OrderFacts, wish: Wish, means: Means) -> Plan:
    """What it comes to; Senseless if it cannot be."""
    match wish:
        case Cancel():
            return Plan(back=_all_back(order, means), total=order.total)
        case NewAddress():
            check_address(wish.address)
            return Plan(total=order.total)
        case NewPayment():
            return _new_payment(order, wish, means)
        case NewItems():
            return _new_items(order, wish, means)
        case GiveBack():
            return _give_back(order, wish, means)
        case Exchange():
            return _exchange(order, wish, means)
        case MoneyBack():
            return _money_back(order, wish, means)


def check_address(address: Address) -> None:
    if not (address.line1 and address.city):
        raise Senseless(_("An address needs a street and a town."))


def _all_back(order: OrderFacts, means: Means) -> tuple[Money, ...]:
    return tuple(
        Money(left, payment.method, payment.method_id, payment.id, at_once=_is_gift_card(means, payment.method_id))
        for payment, left in order.still_paid
    )


def _new_payment(order: OrderFacts, wish: NewPayment, means: Means) -> Plan:
    back = _all_back(order, means)
    if len(back) != 1:
        raise Senseless(_("This order was not paid in one payment, so a person has to change it."))
    wanted, label, known = means.method(order, wish.method)
    if wanted == back[0].method_id:
        raise Senseless(_("This order is paid with %(method)s already.") % {"method": label})
    _must_cover(known, back[0].amount)
    charge = Money(back[0].amount, label, wanted, at_once=_is_gift_card(means, wanted))
    return Plan(back=back, charge=charge, total=order.total)


def _new_items(order: OrderFacts, wish: NewItems, means: Means) -> Plan:
    pieces = _swapped(order, wish.swaps, means)
    wanted, label, known = means.method(order, wish.method)
    difference = _difference(order, pieces)
    _must_cover(known, difference)
    moved = Money(abs(difference), label, wanted, at_once=_is_gift_card(means, wanted))
    return Plan(
        pieces=pieces,
        back=(moved,) if difference < 0 else (),
        charge=moved if difference > 0 else None,
        difference=difference,
        total=order.total + difference,
    )


def _give_back(order: OrderFacts, wish: GiveBack, means: Means) -> Plan:
    pieces = tuple(
        Piece(line.position, quantity, line.name, price=line.price)
        for part in wish.parts
        for line, quantity in [_taken(order, part, wish.parts)]
    )
    if not pieces:
        raise Senseless(_("Say which goods come back."))
    wanted, label, _known = means.method(order, wish.method)
    worth = sum((piece.price * piece.quantity for piece in pieces), NOTHING)
    if order.discount and order.goods:
        worth = (worth * (order.goods - order.discount) / order.goods).quantize(Decimal("0.01"))
    later = Money(worth, label, wanted, at_once=_is_gift_card(means, wanted)) if worth > 0 else None
    return Plan(pieces=pieces, later=later, total=order.total)


def _exchange(order: OrderFacts, wish: Exchange, means: Means) -> Plan:
    pieces = _swapped(order, wish.swaps, means)
    wanted, label, known = means.method(order, wish.method)
    difference = _difference(order, pieces)
    _must_cover(known, difference)
    later = Money(abs(difference), label, wanted, at_once=_is_gift_card(means, wanted))
    return Plan(pieces=pieces, later=later, difference=difference, total=order.total)


def _money_back(order: OrderFacts, wish: MoneyBack, means: Means) -> Plan:
    paid = sum((left for _, left in order.still_paid), NOTHING)
    amount = paid if wish.amount is None else wish.amount
    if not 0 < amount <= paid:
        raise Senseless(
            _("Of this order %(amount)s %(currency)s are paid and have not gone back; more cannot.")
            % {"amount": paid, "currency": order.currency}
        )
    if wish.method:
        wanted, label, _known = means.method(order, wish.method)
        return Plan(back=(Money(amount, label, wanted, at_once=False),), total=order.total)
    back = []
    for payment, left in order.still_paid:
        taken = min(left, amount)
        amount -= taken
        if taken:
            back.append(Money(taken, payment.method, payment.method_id, payment.id))
    return Plan(back=tuple(back), total=order.total)


def _swapped(order: OrderFacts, swaps: Sequence[Swap], means: Means) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for swap in swaps:
        line, quantity = _taken(order, swap, swaps)
        variant = means.variants.get(swap.sku)
        if variant is None or variant.currency != order.currency:
            raise Senseless(_("There is no “%(sku)s” to replace it with.") % {"sku": swap.sku})
        if variant.sku == line.sku:
            raise Senseless(_("%(name)s would be replaced by itself.") % {"name": line.name})
        needed = quantity + sum(piece.quantity for piece in pieces if piece.sku == variant.sku)
        if not variant.is_available or (variant.stock is not None and variant.stock < needed):
            raise Senseless(_("%(name)s is not available just now.") % {"name": variant.title})
        pieces.append(Piece(line.position, quantity, line.name, variant.sku, variant.title, variant.price))
    if not pieces:
        raise Senseless(_("Say which goods are to be replaced, and by what."))
    return tuple(pieces)


def _taken(order: OrderFacts, part: Part | Swap, parts: Sequence[Part | Swap]) -> tuple[LineFacts, int]:
    """The line that is meant, and how many of it; no more than are left, and no line twice."""
    line = next((line for line in order.lines if line.position == part.position), None)
    if line is None or sum(each.position == part.position for each in parts) != 1:
        raise Senseless(_("Order %(number)s has no such line.") % {"number": order.number})
    quantity = line.left if part.quantity is None else part.quantity
    if not 1 <= quantity <= line.left:
        raise Senseless(
            _("Of %(name)s there are %(left)s in this order that have not been sent back.")
            % {"name": line.name, "left": line.left}
        )
    return line, quantity


def _difference(order: OrderFacts, pieces: Sequence[Piece]) -> Decimal:
    price = {line.position: line.price for line in order.lines}
    return sum(((piece.price - price[piece.position]) * piece.quantity for piece in pieces), NOTHING)


def _must_cover(method: MethodFacts | None, amount: Decimal) -> None:
    if method is not None and method.balance is not None and method.balance < amount:
        raise Senseless(
            _("There are %(balance)s %(currency)s left on %(method)s, and %(amount)s are needed.")
            % {"balance": method.balance, "currency": method.currency, "method": method.label, "amount": amount}
        )


def _is_gift_card(means: Means, method_id: str) -> bool:
    return any(each.id == method_id and each.kind == PaymentMethod.Kind.GIFT_CARD for each in means.methods)


def plain(made: Plan) -> dict[str, Any]:
    """As JSON can carry it."""
    return {
        "pieces": [_plain(piece) for piece in made.pieces],
        "back": [_plain(money) for money in made.back],
        "charge": _plain(made.charge) if made.charge else None,
        "later": _plain(made.later) if made.later else None,
        "difference": str(made.difference),
        "total": str(made.total),
    }


def read(told: Mapping[str, Any]) -> Plan:
    """What `plain` wrote."""
    return Plan(
        pieces=tuple(Piece(**one | {"price": Decimal(one["price"])}) for one in told["pieces"]),
        back=tuple(_money(one) for one in told["back"]),
        charge=_money(told["charge"]) if told["charge"] else None,
        later=_money(told["later"]) if told["later"] else None,
        difference=Decimal(told["difference"]),
        total=Decimal(told["total"]),
    )


def _plain(part: Piece | Money) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in vars(part).items()}


def _money(told: Mapping[str, Any]) -> Money:
    return Money(**{**told, "amount": Decimal(told["amount"])})
