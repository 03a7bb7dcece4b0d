from __future__ import annotations

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer, Order, Shop, Team, User
from accounts.models.access import Visible
from tickets.models.status import UNDONE, Kind, TicketStatus


class Priority(models.IntegerChoices):
    LOW = 1, _("low")
    NORMAL = 2, _("normal")
    HIGH = 3, _("high")
    URGENT = 4, _("urgent")


class Type(models.TextChoices):
    QUESTION = "question", _("question")
    PROBLEM = "problem", _("problem")
    RETURN = "return", _("return or refund")
    COMPLAINT = "complaint", _("complaint")
    TASK = "task", _("task")


class Channel(models.TextChoices):
    WEB = "web", _("web chat")
    EMAIL = "email", _("email")
    TELEGRAM = "telegram", "Telegram"
    WHATSAPP = "whatsapp", "WhatsApp"
    API = "api", _("team or partner")


class TicketCount(models.Model):
    """The last number a shop has given; its row is locked while the next one is."""

    shop = models.OneToOneField(Shop, models.CASCADE, related_name="+")
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.last}"


class TicketQuerySet(Visible["Ticket"]):
    customer_path = "customer__"

    def staffed_by(self, user: User) -> Self:
        """What an agent may work on."""
        return self.filter(shop__in=Shop.objects.visible_to(user))

    def of(self, user: User, shop: Shop) -> Self:
        """Somebody's own, as a customer."""
        return self.filter(customer__user=user, shop=shop)

    def undone(self) -> Self:
        return self.filter(kind__in=UNDONE, merged_into=None)

    def newest_first(self) -> Self:
        return self.order_by("-opened_at", "-pk")

    def to_lock(self) -> Self:
        """Without a join: a lock that had to wait would look for the new row beside the status of before."""
        return self.select_for_update(no_key=True).order_by("pk")


# What somebody still owes something on is little beside all that was ever done: each order of its lists has an index.
_LIVE = Q(kind__in=[str(kind) for kind in UNDONE], merged_into=None)
_LIVE_ORDERS = {
    "changed": ["-changed_at", "-id"],
    "opened": ["opened_at", "id"],
    "due": ["due_at", "id"],
    "urgent": ["-priority", "opened_at", "id"],
}


class Ticket(models.Model):
    """A piece of work that somebody of the shop owes a customer."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="tickets", verbose_name=_("shop"))
    number = models.PositiveBigIntegerField(_("number"))
    opening_id = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001  (keeps out of the unique key)
    subject = models.CharField(_("subject"), max_length=200)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tickets", verbose_name=_("customer"))
    channel = models.CharField(_("channel"), max_length=12, choices=Channel, default=Channel.WEB)
    status = models.ForeignKey(TicketStatus, models.PROTECT, related_name="tickets", verbose_name=_("status"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)  # of its status
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    type = models.CharField(_("type"), max_length=10, choices=Type, default=Type.QUESTION)
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("team")
    )
    assignee = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("assignee")
    )
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True)
    followers = models.ManyToManyField(User, blank=True, related_name="followed_tickets", verbose_name=_("followers"))
    orders = models.ManyToManyField(Order, blank=True, related_name="tickets", verbose_name=_("orders"))

    # The talk in which it is answered, by its number: whose messages they are knows the room above.
    conversation = models.BigIntegerField(null=True, blank=True, editable=False)
    begins_after = models.BigIntegerField(default=0, editable=False)  # what was said before belongs to another ticket
    ends_with = models.BigIntegerField(null=True, editable=False)  # and what was said later, too
    heard_seq = models.BigIntegerField(default=0, editable=False)  # how far it knows what was said

    follows = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="followed_by", verbose_name=_("follows")
    )
    split_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="splits", verbose_name=_("split from")
    )
    split_seq = models.BigIntegerField(null=True, editable=False)  # the message of its talk that this one is about
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    terms = models.BigIntegerField(default=0, editable=False)  # the last change of promises its clocks know
    version = models.PositiveIntegerField(default=1, editable=False)
    opened_at = models.DateTimeField(_("opened"))
    changed_at = models.DateTimeField(_("changed"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True, editable=False)  # the first of its clocks
    solved_at = models.DateTimeField(_("solved"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    words = models.TextField(_("words with the rating"), max_length=2000, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="a_ticket_has_its_number"),
            models.UniqueConstraint(fields=["customer", "opening_id"], name="a_ticket_opens_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="a_ticket_is_of_a_kind"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="a_priority_is_known"),
            models.CheckConstraint(condition=Q(score=None) | Q(score__range=(1, 5)), name="a_ticket_is_rated_1_to_5"),
        ]
        indexes = [
            models.Index(fields=["shop", "kind", "-changed_at", "-id"], name="tickets_changed"),
            models.Index(fields=["shop", "kind", "-opened_at", "-id"], name="tickets_newest"),
            *(
                models.Index(fields=["shop", *fields], condition=_LIVE, name=f"tickets_live_{name}")
                for name, fields in _LIVE_ORDERS.items()
            ),
            models.Index(fields=["shop", "assignee", "kind"], condition=_LIVE, name="tickets_live_counts"),
            models.Index(fields=["assignee", "kind"], name="tickets_of_an_agent"),
            models.Index(fields=["team", "kind"], name="tickets_of_a_team"),
            models.Index(fields=["customer", "-opened_at", "-id"], name="tickets_of_a_customer"),
            models.Index(
                fields=["conversation", "-number"], name="tickets_of_a_talk", condition=Q(conversation__isnull=False)
            ),
            models.Index(fields=["solved_at"], name="tickets_to_close", condition=Q(kind=Kind.SOLVED)),
            GinIndex(fields=["tags"], name="tickets_by_tag"),
            GinIndex(SearchVector("subject", config="simple"), name="tickets_by_words"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    @property
    def is_undone(self) -> bool:
        return self.kind in UNDONE

    @property
    def is_urgent(self) -> bool:
        return self.priority >= Priority.HIGH
