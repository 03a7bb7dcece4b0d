from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, Team, User
from accounts.models.access import Visible
from tickets.models.status import TicketStatus
from tickets.models.ticket import Priority, Type


class Doing(models.Model):
    """Several changes of a ticket and words about it, done in one. What it names cannot be deleted."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="+", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=60)
    status = models.ForeignKey(
        TicketStatus, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("status becomes")
    )
    priority = models.PositiveSmallIntegerField(_("priority becomes"), choices=Priority, null=True, blank=True)
    type = models.CharField(_("type becomes"), max_length=10, choices=Type, blank=True)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("give it to the team")
    )
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("give it to")
    )
    add_tags = models.CharField(_("add tags"), max_length=200, blank=True, help_text=_("With a comma between."))
    remove_tags = models.CharField(_("remove tags"), max_length=200, blank=True, help_text=_("With a comma between."))
    note = models.TextField(_("note for colleagues"), max_length=2000, blank=True)
    reply = models.TextField(
        _("reply to the customer"),
        max_length=4000,
        blank=True,
        help_text=_("{customer}, {shop} and {number} are filled in: their name, the shop's, the number of the ticket."),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Nothing of another shop, and something at all."""
        if self.shop_id is None:
            return
        wrong: dict[str, Any] = {}
        for part in ("status", "team"):
            row = getattr(self, part)
            if row is not None and row.shop_id != self.shop_id:
                wrong[part] = _("This is of another shop.")
        if self.assignee is not None and not self.assignee.works_for(self.shop):
            wrong["assignee"] = _("They do not work for this shop.")
        if wrong:
            raise ValidationError(wrong)
        if not self.does_something:
            raise ValidationError(_("Choose at least one thing that is done."))

    @property
    def does_something(self) -> bool:
        parts = ("status_id", "priority", "type", "team_id", "assignee_id", "add_tags", "remove_tags", "note", "reply")
        return any(getattr(self, part) for part in parts)


class MacroQuerySet(Visible["Macro"]):
    pass


class Macro(Doing):
    """What agents do often, in one click."""

    takes = models.BooleanField(_("whoever uses it takes the ticket"), default=False)

    objects = MacroQuerySet.as_manager()

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        constraints = [
            models.UniqueConstraint(fields=["shop", "name"], name="a_macro_has_one_name"),
            models.CheckConstraint(condition=~Q(name=""), name="a_macro_has_a_name"),
        ]

    @property
    def does_something(self) -> bool:
        return self.takes or super().does_something
