"""What a shop also wants to know of its tickets: how it is asked for, and how an answer is kept as text."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop
from tickets.models import Ticket, TicketField, TicketValue

FLAGS = [("", _("not said")), ("yes", _("yes")), ("no", _("no"))]


def of(shop: Shop) -> list[TicketField]:
    """Those that are in use, in their order."""
    return list(TicketField.objects.filter(shop=shop, is_on=True).order_by("position", "pk"))


def values(ticket: Ticket) -> dict[int, str]:
    return dict(TicketValue.objects.filter(ticket=ticket).values_list("field", "value"))


def form_field(field: TicketField, value: str) -> forms.Field:
    common: dict[str, Any] = {"label": field.name, "required": False}
    match field.kind:
        case TicketField.Kind.NUMBER:
            return forms.DecimalField(max_digits=20, decimal_places=6, localize=False, **common)
        case TicketField.Kind.DATE:
            return forms.DateField(
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), input_formats=["%Y-%m-%d"], **common
            )
        case TicketField.Kind.FLAG:
            return forms.ChoiceField(choices=FLAGS, **common)
        case TicketField.Kind.CHOICE:
            options = [*field.options, *([value] if value and value not in field.options else [])]
            return forms.ChoiceField(choices=[("", _("not said")), *((one, one) for one in options)], **common)
    return forms.CharField(max_length=500, **common)


def as_text(answer: Any) -> str:
    if isinstance(answer, Decimal):
        return format(answer.normalize(), "f")
    if isinstance(answer, date):
        return answer.isoformat()
    return str(answer).replace("\x00", "").strip() if answer is not None else ""
