from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.access import Visible


class NoteQuerySet(Visible["Note"]):
    shop_path = "conversation__shop"


class Note(models.Model):
    """What colleagues say to each other about a conversation; no shopper ever sees it."""

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    after_seq = models.BigIntegerField()  # what had been said by then
    client_id = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "client_id"], name="a_note_is_written_once"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.after_seq}"


class Mention(models.Model):
    """A colleague was called by a note."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [models.UniqueConstraint(fields=["note", "user"], name="a_note_calls_once")]
        indexes = [models.Index(fields=["user"], name="mentions_unseen", condition=models.Q(seen_at=None))]

    def __str__(self) -> str:
        return f"{self.note_id} {self.user_id}"
