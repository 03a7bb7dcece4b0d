"""What is said of something that was done, or could not be: every value in it is one of the record."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils import formats
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.commerce.facts import OrderFacts
from accounts.commerce.plans import Money, Plan
from accounts.commerce.wishes import (
    Cancel,
    Exchange,
    GiveBack,
    MoneyBack,
    NewAddress,
    NewItems,
    NewPayment,
    Wish,
)
from accounts.models import Address, OrderAction


def done(order: OrderFacts, wish: Wish, plan: Plan) -> str:
    """It is done, and this is what it came to."""
    told = {"number": order.number}
    match wish:
        case Cancel():
            said = [_("Order %(number)s is cancelled.") % told]
        case NewAddress():
            said = [_("Order %(number)s goes to this address now:\n%(address)s") % {**told, "address": order.ship_to}]
        case NewPayment():
            said = [_("How order %(number)s is paid is changed.") % told]
        case NewItems():
            said = [_("Order %(number)s is changed:") % told, _pieces(plan) + "."]
            said.append(_("It comes to %(total)s now.") % {"total": _amount(order.total, order)})
        case GiveBack() | Exchange():
            said = _returned(order, plan, exchanged=isinstance(wish, Exchange))
        case MoneyBack():
            said = [_("The refund for order %(number)s is asked for.") % told]
    return " ".join([*said, *_money(order, plan)])


def title(action: str, number: str) -> str:
    """What is to be done, for the button that does it."""
    return {
        OrderAction.CANCEL: _("Cancel order %(number)s"),
        OrderAction.ADDRESS: _("Change the address of order %(number)s"),
        OrderAction.RETURN: _("Return from order %(number)s"),
        OrderAction.EXCHANGE: _("Exchange from order %(number)s"),
        OrderAction.REFUND: _("Ask for the money of order %(number)s back"),
    }[OrderAction(action)] % {"number": number}


def will(order: OrderFacts, wish: Wish, plan: Plan) -> Iterator[tuple[str, str]]:
    """What a yes will do: which pieces, which money, which address."""
    if isinstance(wish, NewAddress):
        yield _("New address"), str(wish.address)
    for piece in plan.pieces:
        yield _("%(quantity)s x %(name)s") % {"quantity": piece.quantity, "name": piece.name}, piece.replacement
    for back in plan.back:
        yield _("Back to %(method)s") % _told(back, order), _amount(back.amount, order)
    if plan.charge:
        yield _("Taken from %(method)s") % _told(plan.charge, order), _amount(plan.charge.amount, order)
    if plan.later and plan.later.amount:
        label = _("Back to %(method)s once the goods are with us")
        if plan.difference > 0:
            label = _("Taken from %(method)s once the goods are with us")
        yield label % _told(plan.later, order), _amount(plan.later.amount, order)


def moved(address: Address) -> str:
    return _("What you order from now on goes to this address:\n%(address)s") % {"address": address}


def not_reached() -> str:
    return _("The shop's own system does not answer just now. Nothing was changed; please try again later.")


def unclear() -> str:
    return _(
        "The shop's own system stopped answering while it was asked. We do not know yet whether this was done; "
        "a person will look and tell you."
    )


def _returned(order: OrderFacts, plan: Plan, *, exchanged: bool) -> list[str]:
    newest = order.returns[-1].number if order.returns else ""
    kind = _("Exchange %(return)s of order %(number)s is registered:") if exchanged else None
    kind = kind or _("Return %(return)s of order %(number)s is registered:")
    return [kind % {"return": newest, "number": order.number}, _pieces(plan) + "."]


def _pieces(plan: Plan) -> str:
    said = [
        _("%(quantity)s x %(name)s for %(replacement)s")
        % {"quantity": piece.quantity, "name": piece.name, "replacement": piece.replacement}
        if piece.sku
        else _("%(quantity)s x %(name)s") % {"quantity": piece.quantity, "name": piece.name}
        for piece in plan.pieces
    ]
    return get_text_list(said, _("and"))


def _money(order: OrderFacts, plan: Plan) -> list[str]:
    """Which money moves, now and once the goods are there."""
    said = [_back(money, order) for money in plan.back]
    if plan.charge:
        said.append(_("%(amount)s are taken from %(method)s.") % _told(plan.charge, order))
    if plan.later and plan.later.amount:
        later = _("%(amount)s go back to %(method)s once the goods are with us.")
        if plan.difference > 0:
            later = _("%(amount)s are taken from %(method)s once the goods are with us.")
        said.append(later % _told(plan.later, order))
    return said


def _back(money: Money, order: OrderFacts) -> str:
    if money.at_once:
        return _("%(amount)s are back on %(method)s.") % _told(money, order)
    return _("%(amount)s go back to %(method)s.") % _told(money, order)


def _amount(value: Decimal, order: OrderFacts) -> str:
    return f"{formats.number_format(value, 2, force_grouping=True)} {order.currency}"


def _told(money: Money, order: OrderFacts) -> dict[str, str]:
    return {"amount": _amount(money.amount, order), "method": money.method or _("the way you paid")}
