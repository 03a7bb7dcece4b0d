from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Letter(models.Model):
    """What people said in a conversation goes to the shopper by mail if she does not read it in time."""

    conversation = models.OneToOneField("chat.Conversation", on_delete=models.PROTECT, primary_key=True)
    due_at = models.DateTimeField(null=True, blank=True)
    mailed_seq = models.BigIntegerField(default=0)  # up to here she has it by mail

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [models.Index(fields=["due_at"], name="letters_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.due_at}"
