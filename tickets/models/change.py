from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.access import Visible
from tickets.models.ticket import Ticket


class TicketNoteQuerySet(Visible["TicketNote"]):
    """Of the team alone: there is no path to the customer."""

    shop_path = "ticket__shop"


class TicketNote(models.Model):
    """What colleagues say to each other about a ticket; no shopper ever sees it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="notes", verbose_name=_("ticket"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    text = models.TextField(_("text"), max_length=5000)
    client_id = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField(_("when"))

    objects = TicketNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        indexes = [GinIndex(SearchVector("text", config="simple"), name="ticket_notes_by_words")]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "client_id"], name="a_ticket_note_is_written_once"),
            models.CheckConstraint(condition=~Q(text=""), name="a_ticket_note_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.text[:60]}"


class TicketChangeQuerySet(Visible["TicketChange"]):
    shop_path = "ticket__shop"


class TicketChange(models.Model):
    """Who changed what on a ticket and when; the database lets nobody alter it afterwards."""

    class Side(models.TextChoices):
        TEAM = "team", _("team")
        CUSTOMER = "customer", _("customer")
        SYSTEM = "system", _("by itself")

    class What(models.TextChoices):
        OPENED = "opened", _("opened")
        STATUS = "status", _("status")
        PRIORITY = "priority", _("priority")
        TYPE = "type", _("type")
        TEAM = "team", _("team")
        ASSIGNEE = "assignee", _("assignee")
        SUBJECT = "subject", _("subject")
        TAGS = "tags", _("tags")
        FOLLOWERS = "followers", _("followers")
        ORDERS = "orders", _("orders")
        FIELD = "field", _("field")
        FOLLOWED = "followed", _("went on in")
        MERGED = "merged", _("merged")
        UNMERGED = "unmerged", _("told apart")
        SPLIT = "split", _("split")
        RATED = "rated", _("rated")
        WARNED = "warned", _("soon due")
        BROKEN = "broken", _("overdue")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="changes", verbose_name=_("ticket"))
    side = models.CharField(_("side"), max_length=8, choices=Side)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    what = models.CharField(_("what"), max_length=10, choices=What)
    old = models.CharField(_("before"), max_length=500, blank=True)
    new = models.CharField(_("after"), max_length=500, blank=True)
    at = models.DateTimeField(_("when"))

    objects = TicketChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a ticket")
        verbose_name_plural = _("changes of tickets")
        indexes = [models.Index(fields=["ticket", "at", "id"], name="changes_of_a_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.what}"
