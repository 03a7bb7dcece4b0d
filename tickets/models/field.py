from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop
from accounts.models.access import Visible
from tickets.models.ticket import Ticket


class TicketFieldQuerySet(Visible["TicketField"]):
    pass


class TicketField(models.Model):
    """What a shop also wants to know of a ticket. One that tickets use can be switched off, and not be deleted."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        CHOICE = "choice", _("choice")
        DATE = "date", _("date")
        FLAG = "flag", _("yes or no")

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="ticket_fields", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TEXT)
    choices = models.TextField(
        _("choices"), max_length=2000, blank=True, help_text=_("For a choice: one on each line.")
    )
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    is_on = models.BooleanField(
        _("in use"), default=True, help_text=_("Switched off it is not asked for; what tickets say stays.")
    )

    objects = TicketFieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("field of tickets")
        verbose_name_plural = _("fields of tickets")
        constraints = [
            models.UniqueConstraint(fields=["shop", "name"], name="a_ticket_field_has_one_name"),
            models.CheckConstraint(condition=~Q(name=""), name="a_ticket_field_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.kind == self.Kind.CHOICE and not self.options:
            raise ValidationError({"choices": _("Write down what can be chosen, one on each line.")})

    @property
    def options(self) -> list[str]:
        return list(dict.fromkeys(line.strip() for line in self.choices.splitlines() if line.strip()))


class TicketValue(models.Model):
    """What a ticket says in one of these fields, as text that every kind can be read from."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="values_of_fields")
    field = models.ForeignKey(TicketField, models.PROTECT, related_name="values_of_tickets", verbose_name=_("field"))
    value = models.CharField(_("value"), max_length=500)

    class Meta:
        verbose_name = _("value of a field")
        verbose_name_plural = _("values of fields")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "field"], name="a_ticket_says_one_thing_in_a_field"),
            models.CheckConstraint(condition=~Q(value=""), name="an_empty_value_is_none"),
        ]

    def __str__(self) -> str:
        return f"{self.field_id}: {self.value}"
