import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Order, Team, User
from tickets import fields as asking
from tickets import statuses, work
from tickets.models import Priority, Ticket, TicketStatus, Type

OFFERED = 8  # of a customer's orders, the newest
PARTS = ("subject", "status", "priority", "type", "assignee", "team", "tags", "orders")


class EditForm(forms.Form):
    """What an agent may change, with the version it was read at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    was = forms.JSONField(widget=forms.HiddenInput, required=False)  # what each part said when it was read
    subject = forms.CharField(label=_("Subject"), max_length=200)
    status = forms.ModelChoiceField(TicketStatus.objects.none(), label=_("Status"), empty_label=None)
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority, coerce=int)
    type = forms.ChoiceField(label=_("Type"), choices=Type)
    assignee = forms.ModelChoiceField(User.objects.none(), label=_("Assignee"), required=False, empty_label=_("nobody"))
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False, empty_label=_("none"))
    tags = forms.CharField(label=_("Tags"), max_length=500, required=False, help_text=_("With a comma between."))
    orders = forms.ModelMultipleChoiceField(
        Order.objects.none(), label=_("Orders"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, ticket: Ticket, data: Any = None) -> None:
        own, said = asking.of(ticket.shop), asking.values(ticket)
        self.own = {f"field-{field.pk}": field for field in own}
        self.parts = (*PARTS, *self.own)
        now = {part: getattr(ticket, part) for part in PARTS}
        now |= {f"field-{field.pk}": said.get(field.pk, "") for field in own}
        now |= {"version": ticket.version, "tags": ", ".join(ticket.tags), "orders": list(ticket.orders.all())}
        plain = {part: getattr(value, "pk", value) for part, value in now.items()}
        now["was"] = {**plain, "orders": [order.pk for order in now["orders"]]}
        super().__init__(data, initial=now)
        fields: dict[str, Any] = self.fields
        fields |= {name: asking.form_field(field, said.get(field.pk, "")) for name, field in self.own.items()}
        fields["status"].queryset = TicketStatus.objects.filter(shop=ticket.shop)
        fields["status"].choices = [(status.pk, str(status)) for status in statuses.of(ticket.shop)]
        fields["assignee"].queryset = User.objects.team_of(ticket.shop).order_by("name", "pk")
        fields["team"].queryset = Team.objects.filter(shop=ticket.shop).order_by("name", "pk")
        hers = Order.objects.filter(customer=ticket.customer_id).newest_first()
        offered = {*hers.values_list("pk", flat=True)[:OFFERED], *(order.pk for order in now["orders"])}
        fields["orders"].queryset = hers.filter(pk__in=offered)
        fields["orders"].label_from_instance = lambda order: order.number

    def clean_tags(self) -> list[str]:
        return work.words_of(self.cleaned_data["tags"])

    def untouched(self) -> list[str]:
        """What still says what it said when it was read."""
        was = self.data.get("was") or "{}"
        read = {part: as_typed(value) for part, value in json.loads(was).items()}
        typed: Any = self.data
        return [part for part in self.parts if part in read and typed.getlist(part) == read[part]]

    def wanted(self) -> dict[str, Any]:
        """Each part that is not as it was read; nobody overwrites what she did not touch."""
        wanted = {part: self.cleaned_data[part] for part in PARTS if part in self.changed_data}
        own = {
            field.pk: asking.as_text(self.cleaned_data[name])
            for name, field in self.own.items()
            if name in self.changed_data
        }
        return wanted | ({"fields": own} if own else {})


def as_typed(value: Any) -> list[str]:
    """As a browser sends it."""
    values = value if isinstance(value, list) else [value]
    return ["" if one is None else str(one) for one in values]


class NewForm(forms.Form):
    """How a customer opens a ticket."""

    opening_id = forms.UUIDField(widget=forms.HiddenInput)
    subject = forms.CharField(label=_("What is it about"), max_length=200)
    type = forms.ChoiceField(label=_("Kind of request"), choices=Type.choices[:4])
    order = forms.ModelChoiceField(
        Order.objects.none(), label=_("Order"), required=False, empty_label=_("no order in particular")
    )
    text = forms.CharField(label=_("What happened"), max_length=5000, widget=forms.Textarea)

    def __init__(self, *args: Any, orders: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["order"]
        field.queryset = orders
        field.label_from_instance = lambda order: order.number


class OpenForm(forms.Form):
    """How an agent opens one for a customer."""

    subject = forms.CharField(label=_("What is it about"), max_length=200)
    type = forms.ChoiceField(label=_("Type"), choices=Type)
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority, coerce=int, initial=Priority.NORMAL)
