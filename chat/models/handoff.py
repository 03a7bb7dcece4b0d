from django.db import models
from django.utils.translation import gettext_lazy as _


class Handoff(models.Model):
    """The bot's letter to the people: why it stepped back, and what they should know."""

    class Reason(models.TextChoices):
        ASKED = "asked", _("asked for a person")
        UNSURE = "unsure", _("the assistant did not know")
        FAILED = "failed", _("the assistant failed")
        TIMEOUT = "timeout", _("the assistant took too long")
        BOT_OFF = "bot_off", _("the assistant is off")

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.PROTECT, related_name="handoffs")
    reason = models.CharField(max_length=8, choices=Reason)
    summary = models.TextField(blank=True)
    message = models.OneToOneField("chat.Message", on_delete=models.PROTECT, related_name="handoff")
    at = models.DateTimeField()
    noticed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("hand-off")
        verbose_name_plural = _("hand-offs")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.reason}"
