"""What a rule may have against something, condition by condition, in words for her."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import formats, timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.commerce.facts import OrderFacts
from accounts.commerce.plans import Means, Plan
from accounts.commerce.wishes import Wish
from accounts.models import Order, OrderAction, PaymentMethod, Rule


@dataclass(frozen=True)
class Asked:
    """What is asked of a rule. Without a wish it is asked in general."""

    order: OrderFacts
    rule: Rule
    side: str | None
    at: datetime
    wish: Wish | None
    made: Plan | None
    means: Means


def of(asked: Asked) -> Iterator[str]:
    """Each condition of the rule; an empty text where it is met."""
    yield _who(asked)
    yield _status(asked)
    yield _history(asked)
    yield _age(asked)
    if asked.wish is not None:
        yield _reason(asked)
        yield _kinds(asked)
        yield _same_product(asked)
        yield _amount(asked)
        yield _money(asked)


_ONLY_WHILE = {
    OrderAction.CANCEL: gettext_lazy("An order can be cancelled only while it is %(statuses)s."),
    OrderAction.ADDRESS: gettext_lazy("The address of an order can be changed only while it is %(statuses)s."),
    OrderAction.PAYMENT: gettext_lazy("How an order is paid can be changed only while it is %(statuses)s."),
    OrderAction.ITEMS: gettext_lazy("The items of an order can be changed only while it is %(statuses)s."),
    OrderAction.RETURN: gettext_lazy("An order can be returned only while it is %(statuses)s."),
    OrderAction.EXCHANGE: gettext_lazy("Goods can be exchanged only while their order is %(statuses)s."),
    OrderAction.REFUND: gettext_lazy("Money back can be asked for here only while an order is %(statuses)s."),
}
_AFTER = {
    OrderAction.CANCEL: gettext_lazy("it was cancelled"),
    OrderAction.ADDRESS: gettext_lazy("its address was changed"),
    OrderAction.PAYMENT: gettext_lazy("the way it is paid was changed"),
    OrderAction.ITEMS: gettext_lazy("its items were changed"),
    OrderAction.RETURN: gettext_lazy("a return was asked for"),
    OrderAction.EXCHANGE: gettext_lazy("an exchange was asked for"),
    OrderAction.REFUND: gettext_lazy("money back was asked for"),
}


def _who(asked: Asked) -> str:
    team_alone = asked.rule.who == Rule.Who.TEAM and asked.side != Rule.Who.TEAM
    return _("Only our team can do this.") if team_alone else ""


def _status(asked: Asked) -> str:
    if asked.order.status in asked.rule.statuses:
        return ""
    only = str(_ONLY_WHILE[OrderAction(asked.rule.action)]) % {
        "statuses": get_text_list([str(Order.Status(status).label) for status in asked.rule.statuses], _("or"))
    }
    now = _("Order %(number)s is %(status)s.") % {
        "number": asked.order.number,
        "status": Order.Status(asked.order.status).label,
    }
    return f"{now} {only}"


def _history(asked: Asked) -> str:
    before = [action for action in asked.order.done if action in asked.rule.not_after]
    if not before:
        return ""
    if before[0] == asked.rule.action:
        return _("This can be done once for an order, and it was done for %(number)s.") % {"number": asked.order.number}
    return _("This can no longer be done with order %(number)s, because %(reason)s.") % {
        "number": asked.order.number,
        "reason": _AFTER[OrderAction(before[0])],
    }


def _age(asked: Asked) -> str:
    if asked.rule.days is None:
        return ""
    arrived = asked.order.delivered_at if asked.rule.since == Rule.Since.DELIVERED else None
    since = arrived or asked.order.placed_at
    if asked.at <= since + timedelta(days=asked.rule.days):
        return ""
    told = {
        "days": asked.rule.days,
        "date": formats.date_format(timezone.localtime(since, asked.rule.shop.zone)),
        "number": asked.order.number,
    }
    if arrived:
        return _("This can be done for %(days)s days after an order arrived; %(number)s arrived on %(date)s.") % told
    return _("This can be done for %(days)s days after an order was placed; %(number)s was placed on %(date)s.") % told


def _reason(asked: Asked) -> str:
    said = getattr(asked.wish, "reason", "")
    if not asked.rule.reasons or said.strip().lower() in {reason.lower() for reason in asked.rule.reasons}:
        return ""
    return _("This can be done for these reasons: %(reasons)s.") % {
        "reasons": get_text_list(asked.rule.reasons, _("or"))
    }


def _kinds(asked: Asked) -> str:
    kinds = {kind.lower() for kind in asked.rule.not_kinds}
    meant = {piece.position for piece in asked.made.pieces} if asked.made and asked.made.pieces else None
    for line in asked.order.lines:
        if line.kind.lower() in kinds and (meant is None or line.position in meant):
            return _("This cannot be done with %(name)s: not with %(kinds)s.") % {
                "name": line.name,
                "kinds": get_text_list(asked.rule.not_kinds, _("or")),
            }
    return ""


def _same_product(asked: Asked) -> str:
    product = {line.position: line.product for line in asked.order.lines}
    for piece in asked.made.pieces if asked.made and asked.rule.same_product else ():
        if piece.sku and asked.means.variants[piece.sku].product.external_id != product[piece.position]:
            return _("%(name)s can be replaced only by another variant of the same product.") % {"name": piece.name}
    return ""


def _amount(asked: Asked) -> str:
    if asked.rule.up_to is None or asked.made is None:
        return ""
    moved = [*asked.made.back, *filter(None, (asked.made.charge, asked.made.later))]
    amount = max((money.amount for money in moved), default=Decimal(0))
    if amount <= asked.rule.up_to and asked.order.currency == asked.rule.shop.currency:
        return ""
    return _("Up to %(amount)s %(currency)s this can be done here; what is more a person decides.") % {
        "amount": asked.rule.up_to,
        "currency": asked.rule.shop.currency,
    }


def _money(asked: Asked) -> str:
    method = getattr(asked.wish, "method", "")
    original = {payment.method_id for payment in asked.order.payments}
    if asked.rule.money_goes == Rule.Money.ANY or not method or method in original:
        return ""
    gift = any(each.id == method and each.kind == PaymentMethod.Kind.GIFT_CARD for each in asked.means.methods)
    if asked.rule.money_goes == Rule.Money.OR_GIFT_CARD:
        return "" if gift else _("The money can go back the way it was paid, or to a gift card of yours.")
    return _("The money can only go back the way it was paid.")
