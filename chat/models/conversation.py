import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer, Shop, User
from accounts.models.access import Visible


class Holder(models.TextChoices):
    BOT = "bot", _("Assistant")
    QUEUE = "queue", _("Waiting for a person")
    PERSON = "person", _("A person")


class Channel(models.TextChoices):
    WEB = "web", _("Web chat")
    EMAIL = "email", _("Email")
    TELEGRAM = "telegram", "Telegram"
    WHATSAPP = "whatsapp", "WhatsApp"
    API = "api", _("Partner")


class ToldBy(models.TextChoices):
    """Who said in which language a talk is held; a later one gives way to an earlier."""

    AGENT = "agent", _("an agent")
    SHOPPER = "shopper", _("the customer")
    HEARD = "heard", _("what they write")


class ConversationQuerySet(Visible["Conversation"]):
    customer_path = "customer__"

    def staffed_by(self, user: User) -> Self:
        """What an agent may work on."""
        return self.filter(shop__in=Shop.objects.visible_to(user))

    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-last_message_at", "-pk")

    def longest_waiting_first(self) -> Self:
        return self.order_by(F("waiting_since").asc(nulls_last=True), "-last_message_at", "pk")

    def first_come_first(self) -> Self:
        return self.filter(holder=Holder.QUEUE, closed_at=None).order_by("queued_at", "pk")

    def overdue(self, at: datetime) -> Self:
        """Turns that nobody is working on although their answer is due."""
        unclaimed = Q(turn_claimed_until=None) | Q(turn_claimed_until__lt=at)
        return self.filter(unclaimed, turn_due_at__lt=at).order_by("turn_due_at", "pk")


class Conversation(models.Model):
    """A talk between one customer and a shop, held by the bot, the queue or one person."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    shop = models.ForeignKey("accounts.Shop", on_delete=models.PROTECT, related_name="conversations")
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="conversations")
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.WEB)
    opening_id = models.CharField(max_length=64, null=True)  # noqa: DJ001  (null keeps the unique key out of the way)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField()
    last_words = models.CharField(max_length=160, blank=True)

    language = models.CharField(_("language"), max_length=10, blank=True)  # empty: not known yet
    language_by = models.CharField(max_length=8, choices=ToldBy, blank=True)

    holder = models.CharField(max_length=8, choices=Holder, default=Holder.BOT)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="held_conversations"
    )
    lease = models.BigIntegerField(default=0)
    bot_enabled = models.BooleanField(_("bot may answer"), default=True)
    waiting_since = models.DateTimeField(null=True, blank=True)

    # Her place in the queue is as old as her wish for a person, however often she is passed on.
    queued_at = models.DateTimeField(null=True, blank=True)
    team = models.ForeignKey(
        "accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    needs = ArrayField(models.BigIntegerField(), default=list, blank=True)  # skills

    last_seq = models.BigIntegerField(default=0)
    shopper_delivered_seq = models.BigIntegerField(default=0)
    shopper_read_seq = models.BigIntegerField(default=0)
    staff_delivered_seq = models.BigIntegerField(default=0)
    staff_read_seq = models.BigIntegerField(default=0)

    # The open turn: there is at most one, begun by the oldest shopper message without an answer.
    turn_started_at = models.DateTimeField(null=True, blank=True)
    turn_due_at = models.DateTimeField(null=True, blank=True)
    turn_claimed_until = models.DateTimeField(null=True, blank=True)
    turn_discards = models.PositiveSmallIntegerField(default=0)
    turn_attempts = models.PositiveSmallIntegerField(default=0)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(fields=["customer", "opening_id"], name="a_conversation_opens_once"),
            models.CheckConstraint(
                condition=Q(holder=Holder.PERSON, person__isnull=False)
                | (~Q(holder=Holder.PERSON) & Q(person__isnull=True)),
                name="a_person_holds_in_person",
            ),
            models.CheckConstraint(
                condition=Q(turn_due_at=None) | Q(holder=Holder.BOT), name="only_the_bot_owes_turns"
            ),
            models.CheckConstraint(
                condition=~Q(holder=Holder.QUEUE) | Q(queued_at__isnull=False), name="who_waits_has_a_place"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-last_message_at", "-id"], name="customer_newest"),
            models.Index(fields=["turn_due_at"], name="turns_due", condition=Q(turn_due_at__isnull=False)),
            models.Index(fields=["shop", "queued_at", "id"], name="queue_in_order", condition=Q(holder=Holder.QUEUE)),
            models.Index(
                fields=["shop", "waiting_since", "-last_message_at", "id"],
                name="inbox_in_order",
                condition=Q(closed_at=None),
            ),
            models.Index(
                fields=["shop", "-last_message_at", "-id"],
                name="inbox_of_the_bot",
                condition=Q(holder=Holder.BOT, closed_at=None),
            ),
            models.Index(fields=["shop", "holder", "person", "team"], name="inbox_counts", condition=Q(closed_at=None)),
            models.Index(fields=["person"], name="held_by_people", condition=Q(holder=Holder.PERSON, closed_at=None)),
        ]

    # In whose hands it was since it was read: they, too, are told that it is in others now.
    left: tuple[tuple[str, int | None, int | None], ...] = ()

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_waiting(self) -> bool:
        return self.holder == Holder.QUEUE

    def is_held_by(self, user: User) -> bool:
        return self.holder == Holder.PERSON and self.person_id == user.pk
