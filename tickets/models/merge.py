from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models.ticket import Ticket


class TicketMerge(models.Model):
    """Two tickets about one thing: one goes on in the other, and can be told apart again."""

    source = models.ForeignKey(Ticket, models.CASCADE, related_name="merges_away", verbose_name=_("merged"))
    target = models.ForeignKey(Ticket, models.CASCADE, related_name="merges", verbose_name=_("into"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    undone_at = models.DateTimeField(_("undone"), null=True)
    # What is given back: the status of the merged one, and the tags, followers and orders that came with it.
    kept = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("merged tickets")
        verbose_name_plural = _("merged tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at=None), name="a_ticket_is_merged_away_once"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="a_ticket_merge_is_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"
