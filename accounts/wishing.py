"""The form in which somebody says what is to be done with an order, what a yes will do, and the yes.

One step is one page or fragment: what is missing is asked for, then what exactly will happen is shown, and only a yes
to just that, of an order that is still the same, is a wish to be carried out.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.commerce import catalogue, orders, rules, saying
from accounts.commerce.facts import LineFacts, OrderFacts
from accounts.commerce.plans import Plan
from accounts.commerce.rules import Refused
from accounts.commerce.wishes import Cancel, Exchange, GiveBack, MoneyBack, NewAddress, Part, Swap, Wish
from accounts.models import Address, OrderAction, PaymentMethod, Rule, User

LABELS = {
    OrderAction.CANCEL: gettext_lazy("Cancel"),
    OrderAction.ADDRESS: gettext_lazy("Change the address"),
    OrderAction.RETURN: gettext_lazy("Return"),
    OrderAction.EXCHANGE: gettext_lazy("Exchange"),
    OrderAction.REFUND: gettext_lazy("Ask for money back"),
}
_KEYS = UUID("5f5e3c0a-0d0b-4f43-9d54-6f2d3b6c6a51")


@dataclass(frozen=True)
class Offers:
    """What may be done with an order now, by action and label, and of the rest why not, by label."""

    can: tuple[tuple[str, str], ...]
    cannot: tuple[tuple[str, str], ...]


def offers(order: OrderFacts, *, by: User, at: datetime) -> Offers:
    """The buttons of an order's card."""
    answers = rules.may_each(order, by=by, at=at)
    asked = [(action, str(label), answers[action]) for action, label in LABELS.items() if action in answers]
    return Offers(
        tuple((action, label) for action, label, answer in asked if answer),
        tuple((label, answer.text) for _action, label, answer in asked if isinstance(answer, Refused)),
    )


@dataclass(frozen=True)
class Step:
    """Where she is: a refusal, a form, or what a yes will do. `wish` only once she has said yes to it."""

    order: OrderFacts
    action: str
    title: str
    refusal: str = ""
    form: "WishForm | None" = None
    rows: tuple[tuple[str, str], ...] = ()
    said: tuple[tuple[str, str], ...] = ()  # what she filled in, carried on by the yes
    seal: str = ""
    nonce: str = ""
    wish: Wish | None = None
    key: UUID | None = None

    @property
    def status(self) -> int:
        return 422 if self.form and (self.refusal or self.form.errors) else 200


def step(order: OrderFacts, action: str, said: Mapping[str, Any] | None, *, by: User, at: datetime) -> Step:
    """What comes next, given what she has said so far. LookupError where there is no such action."""
    if action not in LABELS:
        raise LookupError(action)
    here = Step(order, action, saying.title(action, order.number))
    answer = rules.may(order, action, by=by, at=at)
    if isinstance(answer, Refused):
        return replace(here, refusal=answer.text)
    form = WishForm(order, answer.rule, rules.side_of(order, by), said)
    if form.is_empty:
        return replace(here, refusal=_("There is nothing else that these goods could be exchanged for."))
    if not form.fields and said is None:
        form = WishForm(order, answer.rule, rules.side_of(order, by), {})  # there is nothing to ask
    if not form.is_valid():
        return replace(here, form=form)
    return _reviewed(replace(here, form=form), form.wish(), said or {}, by=by, at=at)


def _reviewed(here: Step, wish: Wish, said: Mapping[str, Any], *, by: User, at: datetime) -> Step:
    assert here.form is not None
    answer = rules.may(here.order, wish, by=by, at=at)
    if isinstance(answer, Refused) or answer.plan is None:
        return replace(here, refusal=answer.text if isinstance(answer, Refused) else _("Nothing can be done here."))
    seal = _seal(here.order, wish, answer.plan)
    nonce = str(said.get("nonce", ""))[:64] or uuid4().hex
    if said.get("seal") == seal:
        key = uuid5(_KEYS, f"{here.order.id} {by.pk} {nonce}")  # hers alone, and the same for a second click
        return replace(here, wish=wish, key=key)
    return replace(
        here,
        form=None,
        refusal=_("The order has changed meanwhile. Please look again.") if said.get("seal") else "",
        rows=tuple(saying.will(here.order, wish, answer.plan)),
        said=tuple((name, here.form.data.get(name, "")) for name in here.form.fields),
        seal=seal,
        nonce=nonce,
    )


def _seal(order: OrderFacts, wish: Wish, plan: Plan) -> str:
    """Of what she was shown: anything else needs another yes."""
    return hashlib.sha256(repr((replace(order, as_of=None), wish, plan)).encode()).hexdigest()


class WishForm(forms.Form):
    """What has to be known for one action with one order; nothing more is asked."""

    def __init__(self, order: OrderFacts, rule: Rule, side: str | None, data: Mapping[str, Any] | None) -> None:
        super().__init__(data, auto_id=f"order-{order.id}-%s", label_suffix="")
        self.order, self.rule, self.action = order, rule, OrderAction(rule.action)
        self.fields.update(_ASKED[self.action](order))
        if self.action == OrderAction.REFUND and side == Rule.Who.TEAM:
            self.fields["amount"] = _amount(order)
        if rule.reasons:
            reasons = [(reason, reason) for reason in rule.reasons]
            self.fields["reason"] = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *reasons])
        elif self.action in (OrderAction.RETURN, OrderAction.EXCHANGE):
            self.fields["reason"] = forms.CharField(label=_("Reason, if you like"), max_length=300, required=False)
        methods = _methods(order, rule)
        if self.action in (OrderAction.RETURN, OrderAction.EXCHANGE, OrderAction.REFUND) and methods:
            choices = [("", _("The way it was paid")), *methods]
            self.fields["method"] = forms.ChoiceField(label=_("Money goes to"), choices=choices, required=False)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to choose from."""
        choosing = self.action in (OrderAction.RETURN, OrderAction.EXCHANGE)
        return choosing and not any(name.startswith("line-") for name in self.fields)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        chosen = [data.get(name) for name in self.fields if name.startswith("line-")]
        if self.action in (OrderAction.RETURN, OrderAction.EXCHANGE) and not self.errors and not any(chosen):
            raise forms.ValidationError(_("Say which goods it is about."))
        return data

    def wish(self) -> Wish:
        """What a valid form says."""
        said = self.cleaned_data
        reason, method = said.get("reason", ""), said.get("method", "")
        match self.action:
            case OrderAction.ADDRESS:
                return NewAddress(Address.of(said))
            case OrderAction.RETURN:
                parts = [Part(line.position, said[f"line-{line.position}"] or 0) for line in _left(self.order)]
                return GiveBack(tuple(part for part in parts if part.quantity), method, reason)
            case OrderAction.EXCHANGE:
                return Exchange(tuple(self._swaps()), method, reason)
            case OrderAction.REFUND:
                return MoneyBack(said.get("amount"), method, reason)
        return Cancel(reason)

    def _swaps(self) -> Iterator[Swap]:
        for line in _left(self.order):
            if sku := self.cleaned_data.get(f"line-{line.position}"):
                yield Swap(line.position, sku, self.cleaned_data.get(f"count-{line.position}"))


def _address(order: OrderFacts) -> dict[str, forms.Field]:
    labels = {
        "name": _("Name"),
        "line1": _("Street"),
        "line2": _("Flat, floor, care of"),
        "postcode": _("Postcode"),
        "city": _("Town"),
        "region": _("Region"),
        "country": _("Country"),
    }
    return {
        part: forms.CharField(
            label=label,
            max_length=20 if part == "postcode" else 200,
            required=part in ("line1", "city"),
            initial=getattr(order.address, part),
        )
        for part, label in labels.items()
    }


def _given_back(order: OrderFacts) -> dict[str, forms.Field]:
    lines = _left(order)
    return {
        f"line-{line.position}": forms.IntegerField(
            label=_("How many: %(name)s") % {"name": _name(line)},
            min_value=0,
            max_value=line.left,
            initial=line.left if len(lines) == 1 else 0,
            help_text=_("Of %(left)s") % {"left": line.left},
            required=False,
        )
        for line in lines
    }


def _swapped(order: OrderFacts) -> dict[str, forms.Field]:
    """For each line what there is instead of it."""
    fields: dict[str, forms.Field] = {}
    for line in _left(order):
        product = catalogue.product(order.shop_id, line.product) if line.product else None
        instead = [
            (each.sku, f"{each.name or ', '.join(value for _n, value in each.options) or each.sku}, {each.price}")
            for each in (product.variants if product else ())
            if each.is_available and each.sku != line.sku
        ]
        if instead:
            label = _("Instead of %(name)s") % {"name": _name(line)}
            choices = [("", _("Keep it")), *instead]
            fields[f"line-{line.position}"] = forms.ChoiceField(label=label, choices=choices, required=False)
            if line.left > 1:
                fields[f"count-{line.position}"] = forms.IntegerField(
                    label=_("How many: %(name)s") % {"name": _name(line)},
                    min_value=1,
                    max_value=line.left,
                    initial=line.left,
                    required=False,
                )
    return fields


def _amount(order: OrderFacts) -> forms.Field:
    return forms.DecimalField(
        label=_("Amount in %(currency)s") % {"currency": order.currency},
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text=_("Empty: all that was paid and has not gone back."),
    )


_ASKED: dict[str, Any] = {
    OrderAction.CANCEL: lambda order: {},
    OrderAction.ADDRESS: _address,
    OrderAction.RETURN: _given_back,
    OrderAction.EXCHANGE: _swapped,
    OrderAction.REFUND: lambda order: {},
}


def _methods(order: OrderFacts, rule: Rule) -> list[tuple[str, str]]:
    """Where the money may go besides the way it came."""
    if order.customer_id is None or rule.money_goes == Rule.Money.ORIGINAL:
        return []
    original = {payment.method_id for payment in order.payments}
    return [
        (each.id, each.label)
        for each in orders.methods_of(order.customer_id)
        if each.id not in original and (rule.money_goes == Rule.Money.ANY or each.kind == PaymentMethod.Kind.GIFT_CARD)
    ]


def _left(order: OrderFacts) -> list[LineFacts]:
    return [line for line in order.lines if line.left > 0]


def _name(line: LineFacts) -> str:
    options = ", ".join(value for _n, value in line.options)
    return f"{line.name} ({options})" if options else line.name
