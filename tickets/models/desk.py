"""What an agent keeps for themselves: views of the list, and what they have begun to write."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from tickets.models.ticket import Ticket


class TicketView(models.Model):
    """A list of an agent's own, cut from one of the lists; their team has it, too, if they share it."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="ticket_views")
    shared_with = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    asked = models.CharField(max_length=500)  # the address of the list, as it was when it was kept

    class Meta:
        verbose_name = _("saved view of tickets")
        verbose_name_plural = _("saved views of tickets")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="a_ticket_view_has_its_name"),
            models.CheckConstraint(condition=~Q(name=""), name="a_ticket_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class TicketDraft(models.Model):
    """A reply an agent has begun and not sent; whatever happens to the ticket, their words stay."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft of a reply")
        verbose_name_plural = _("drafts of replies")
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="one_draft_a_person_and_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.user_id}"
