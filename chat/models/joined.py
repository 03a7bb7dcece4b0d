from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation


class TalkMerge(models.Model):
    """One talk of a shopper goes on in another of hers; for a while it can be undone."""

    source = models.ForeignKey(Conversation, models.CASCADE, related_name="joined_into")
    target = models.ForeignKey(Conversation, models.CASCADE, related_name="joined_from")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    was_closed = models.BooleanField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("joined talk")
        verbose_name_plural = _("joined talks")
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(undone_at=None), name="a_talk_goes_on_in_one"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="no_talk_goes_on_in_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} > {self.target_id}"
