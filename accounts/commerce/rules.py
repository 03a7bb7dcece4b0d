"""Whether something may be done with an order: the shop's own rules in their order, quoted when they say no."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.commerce import objections, orders, plans
from accounts.commerce.facts import OrderFacts
from accounts.commerce.objections import Asked
from accounts.commerce.plans import Means, Plan, Senseless
from accounts.commerce.wishes import Exchange, NewItems, Wish
from accounts.models import Customer, Order, OrderAction, Rule, Shop, User, Variant


@dataclass(frozen=True)
class Allowed:
    """It may be done by this rule. With a whole wish there is a plan, which says what it comes to."""

    rule: Rule
    plan: Plan | None = None

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Refused:
    """It may not, and why: the text quotes the rule. Without a rule it makes no sense, or nobody does it here."""

    text: str
    rule: Rule | None = None

    def __bool__(self) -> bool:
        return False


def may(order: OrderFacts, what: str | Wish, *, by: Customer | User, at: datetime) -> Allowed | Refused:
    """Whether she, or somebody of the team, may do this with the order. An action alone asks in general."""
    side = side_of(order, by)
    if side is None:
        return Refused(_("There is no such order."))
    action, wish = (what, None) if isinstance(what, str) else (what.action, what)
    rules = [rule for rule in _rules(order.shop_id) if rule.action == action]
    return _weigh(order, wish, rules, _means(order, wish), side=side, at=at)


def may_each(order: OrderFacts, *, by: Customer | User, at: datetime) -> dict[str, Allowed | Refused]:
    """Every action there is, for the buttons of a card."""
    side = side_of(order, by)
    rules = _rules(order.shop_id)
    return {
        action: _weigh(order, None, [rule for rule in rules if rule.action == action], Means(), side=side, at=at)
        for action in OrderAction.values
        if side
    }


def side_of(order: OrderFacts, by: Customer | User) -> str | None:
    """Whether this is the shopper whose order it is, or her shop's team; nobody else."""
    if isinstance(by, Customer):
        return Rule.Who.ANYBODY if by.pk == order.customer_id else None
    if not by.is_active:
        return None
    if by.is_superuser or order.shop_id in by.roles:
        return Rule.Who.TEAM
    hers = Customer.objects.filter(user=by, shop=order.shop_id).values_list("pk", flat=True)
    return Rule.Who.ANYBODY if order.customer_id in hers else None


def prepare(shop: Shop) -> None:
    """Give a new shop rules that most shops would write; it changes them as it likes."""
    if not Rule.objects.filter(shop=shop).exists():
        Rule.objects.bulk_create(Rule(shop=shop, position=place, **told) for place, told in enumerate(FIRST, 1))


_S = Order.Status
_BEFORE, _SENT = [_S.PLACED, _S.PAID], [_S.SHIPPED, _S.DELIVERED]
FIRST: list[dict[str, Any]] = [
    {"action": "cancel", "statuses": _BEFORE},
    {"action": "cancel", "statuses": [*_BEFORE, _S.PACKED], "who": "team"},
    {"action": "address", "statuses": _BEFORE},
    {"action": "address", "statuses": [*_BEFORE, _S.PACKED], "who": "team"},
    {"action": "payment", "statuses": _BEFORE, "money_goes": "any"},
    {"action": "items", "statuses": _BEFORE, "money_goes": "any", "not_after": ["items"]},
    {"action": "return", "statuses": [_S.DELIVERED], "days": 30, "money_goes": "or_gift_card"},
    {"action": "return", "statuses": _SENT, "days": 90, "who": "team", "money_goes": "or_gift_card"},
    {"action": "exchange", "statuses": [_S.DELIVERED], "days": 30, "money_goes": "any"},
    {"action": "exchange", "statuses": _SENT, "days": 90, "who": "team", "money_goes": "any"},
    # What was cancelled or sent back is owed; anything else is for a person to decide.
    {"action": "refund", "statuses": [_S.CANCELLED, _S.RETURNED]},
    {"action": "refund", "statuses": [*_BEFORE, _S.PACKED, *_SENT], "who": "team", "money_goes": "or_gift_card"},
]


# How a rule is weighed: the first that allows it does; else the one that came furthest is quoted.


def _weigh(
    order: OrderFacts, wish: Wish | None, rules: Sequence[Rule], means: Means, *, side: str | None, at: datetime
) -> Allowed | Refused:
    made, senseless = None, ""
    if wish is not None:
        try:
            made = plans.plan(order, wish, means)
        except Senseless as why:
            senseless = str(why)
    nearest = (-1, False), Refused(_("This is not offered here; a person can help you with it."))
    for rule in rules:
        asked = objections.of(Asked(order, rule, side, at, wish, made, means))
        met, objection = next(((place, each) for place, each in enumerate(asked) if each), (0, ""))
        if not objection:
            return Refused(senseless) if senseless else Allowed(rule, made)
        rank = met, rule.who == side  # of two that came as far, the one that was written for whoever asks
        if rank > nearest[0]:
            nearest = rank, Refused(_quoted(objection, rule), rule)
    return nearest[1]


def _quoted(objection: str, rule: Rule) -> str:
    return f"{objection} “{rule.words}”" if rule.words else objection


def _rules(shop_id: int) -> list[Rule]:
    return list(Rule.objects.filter(shop=shop_id, is_active=True).select_related("shop").order_by("position", "pk"))


def _means(order: OrderFacts, wish: Wish | None) -> Means:
    if wish is None:
        return Means()
    skus = [swap.sku for swap in wish.swaps] if isinstance(wish, NewItems | Exchange) else []
    named = Variant.objects.filter(shop=order.shop_id, sku__in=skus).select_related("product") if skus else ()
    methods = () if order.customer_id is None else orders.methods_of(order.customer_id)
    return Means(methods, {variant.sku: variant for variant in named})
