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
        MOVED = "moved", _("passed on by a colleague")
        LEFT = "left", _("the colleague was cut off")

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.PROTECT, related_name="handoffs")
    reason = models.CharField(max_length=8, choices=Reason)
    summary = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True)  # topic, language, orders, mood: what is known of them
    message = models.OneToOneField("chat.Message", on_delete=models.PROTECT, related_name="handoff")
    at = models.DateTimeField()
    noticed_at = models.DateTimeField(null=True, blank=True)
    alarmed_at = models.DateTimeField(null=True, blank=True)  # colleagues who were not looking have been told

    class Meta:
        verbose_name = _("hand-off")
        verbose_name_plural = _("hand-offs")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["at"], name="handoffs_unnoticed", condition=models.Q(noticed_at=None)),
            models.Index(fields=["noticed_at"], name="handoffs_noticed"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.reason}"
