from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop
from accounts.models.access import Visible


class Kind(models.TextChoices):
    """What a status means, whatever a shop calls it."""

    NEW = "new", _("new")
    OPEN = "open", _("open")
    WAITING = "waiting", _("waiting on the customer")
    ON_HOLD = "on_hold", _("on hold")
    SOLVED = "solved", _("solved")
    CLOSED = "closed", _("closed")


UNDONE = (Kind.NEW, Kind.OPEN, Kind.WAITING, Kind.ON_HOLD)  # somebody still owes something
STAMPS = {
    Kind.NEW: "info",
    Kind.OPEN: "waiting",
    Kind.WAITING: "draft",
    Kind.ON_HOLD: "draft",
    Kind.SOLVED: "good",
    Kind.CLOSED: "closed",
}


class TicketStatusQuerySet(Visible["TicketStatus"]):
    pass


class TicketStatus(models.Model):
    """What a shop calls the state of a ticket. There is one of each kind, and as many more as it likes."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="ticket_statuses", verbose_name=_("shop"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    name = models.CharField(
        _("name"), max_length=40, blank=True, help_text=_("Empty is the name of its kind, in everybody's language.")
    )
    position = models.PositiveSmallIntegerField(_("place among its kind"), default=0)

    objects = TicketStatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket status")
        verbose_name_plural = _("ticket statuses")
        constraints = [
            models.UniqueConstraint(fields=["shop", "kind", "name"], name="a_status_has_one_name"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="a_status_is_of_a_kind"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.get_kind_display())

    @property
    def stamp(self) -> str:
        """How its stamp looks."""
        return STAMPS[Kind(self.kind)]
