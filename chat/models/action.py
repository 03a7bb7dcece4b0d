import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ActionQuerySet(models.QuerySet["Action"]):
    def due(self, at: datetime) -> Self:
        unclaimed = Q(claimed_until=None) | Q(claimed_until__lt=at)
        return self.filter(unclaimed, status=Action.Status.REQUESTED, due_at__lte=at).order_by("due_at", "pk")


class Action(models.Model):
    """Something to be done outside the talk: a row first, executed once, its result told in the talk."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.PROTECT, related_name="actions")
    message = models.ForeignKey("chat.Message", on_delete=models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    result = models.JSONField(default=dict, blank=True)
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        indexes = [models.Index(fields=["due_at"], name="actions_due", condition=Q(status="requested"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
