import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _


class Author(models.TextChoices):
    SHOPPER = "shopper", _("Shopper")
    BOT = "bot", _("Assistant")
    PERSON = "person", _("Person")
    SYSTEM = "system", _("Notice")


# Written as `chat.search` writes it, or the index would not be used.
TRANSLATED_WORDS = RawSQL(
    "to_tsvector('simple'::regconfig, jsonb_path_query_array(translations, '$.*.text'))", (), SearchVectorField()
)


class MessageQuerySet(models.QuerySet["Message"]):
    def after(self, seq: int) -> Self:
        return self.filter(seq__gt=seq)

    def in_order(self) -> Self:
        return self.order_by("seq", "pk")


class Message(models.Model):
    """One thing said, never changed; its place in the conversation is its seq."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.PROTECT, related_name="messages")
    seq = models.BigIntegerField()
    author = models.CharField(max_length=8, choices=Author)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True)
    # Views of the text, by language: {"en": {"text", "from", "by", "trust"}}. The text itself stays as it was said.
    translations = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    client_id = models.CharField(max_length=64, null=True)  # noqa: DJ001  (only what a client sent has one)
    channel = models.CharField(max_length=12, default="web")
    external_id = models.CharField(max_length=200, null=True)  # noqa: DJ001  (only what came from elsewhere has one)
    version = models.ForeignKey(
        "chat.BotVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    in_reply_to = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="answer")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            GinIndex(SearchVector("text", config="simple"), name="messages_by_words"),
            GinIndex(TRANSLATED_WORDS, name="messages_by_translated_words", condition=~Q(translations={})),
        ]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="a_place_holds_one_message"),
            models.UniqueConstraint(fields=["conversation", "client_id"], name="a_client_says_it_once"),
            models.UniqueConstraint(fields=["channel", "external_id"], name="a_channel_says_it_once"),
            models.CheckConstraint(
                condition=~Q(author="person") | Q(person__isnull=False), name="a_person_signs_her_messages"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.seq}"
