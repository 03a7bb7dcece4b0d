from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation


class LaterQuerySet(models.QuerySet["Later"]):
    def waiting(self) -> Self:
        return self.filter(done_at=None)

    def due(self, at: datetime) -> Self:
        return self.waiting().filter(due_at__lte=at).order_by("due_at", "pk")


class Later(models.Model):
    """A reply that is not sent yet: in seconds, so that it can be taken back, or at an hour she has chosen."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="later")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    client_id = models.CharField(max_length=64)
    text = models.TextField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)  # sent, taken back, or put among the drafts again

    objects = LaterQuerySet.as_manager()

    class Meta:
        verbose_name = _("later reply")
        verbose_name_plural = _("later replies")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "client_id"], name="a_later_reply_is_kept_once"),
        ]
        indexes = [models.Index(fields=["due_at"], name="later_due", condition=models.Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.due_at}"
