from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Intent(models.Model):
    """Something shoppers of a shop ask for, taught by examples."""

    shop = models.ForeignKey("accounts.Shop", on_delete=models.PROTECT, related_name="intents", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=300, blank=True)
    is_none = models.BooleanField(
        _("none of the others"),
        default=False,
        help_text=_("Its examples show what belongs to none of the intents. A shop has at most one such."),
    )

    class Meta:
        verbose_name = _("intent")
        verbose_name_plural = _("intents")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "name"], name="an_intent_has_one_name"),
            models.UniqueConstraint(fields=["shop"], condition=Q(is_none=True), name="a_shop_has_one_none"),
        ]

    def __str__(self) -> str:
        return self.name


class Example(models.Model):
    """How somebody might say it."""

    intent = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="examples", verbose_name=_("intent"))
    language = models.CharField(_("language"), max_length=10, default="en")
    text = models.CharField(_("text"), max_length=500)

    class Meta:
        verbose_name = _("example")
        verbose_name_plural = _("examples")
        ordering = ["language", "text", "pk"]
        constraints = [
            models.UniqueConstraint(F("intent"), F("language"), Lower("text"), name="an_example_is_told_once")
        ]

    def __str__(self) -> str:
        return self.text


class BotVersionQuerySet(models.QuerySet["BotVersion"]):
    def ready(self) -> Self:
        return self.filter(state=BotVersion.State.READY)

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class BotVersion(models.Model):
    """What the assistant of a shop knows and how it speaks, as it was trained: switched whole, never changed."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        TRAINING = "training", _("training")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    shop = models.ForeignKey(
        "accounts.Shop", on_delete=models.PROTECT, related_name="bot_versions", verbose_name=_("shop")
    )
    name = models.CharField(_("name"), max_length=100)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    percent = models.PositiveSmallIntegerField(_("progress"), default=0)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    trained_at = models.DateTimeField(_("trained"), null=True, blank=True)

    intents = models.JSONField(_("intents"), default=dict, help_text=_("How many examples each was taught by."))
    thresholds = models.JSONField(_("thresholds"), default=dict)
    persona = models.JSONField(_("persona"), default=dict, blank=True)
    flows = models.JSONField(_("flows"), null=True, blank=True)  # none: those of the shop as they are
    answers = models.JSONField(_("answer settings"), default=dict, blank=True)
    knowledge = models.JSONField(_("knowledge"), default=dict, blank=True)
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    learned = models.BinaryField(null=True)  # numbers and names of intents, no text of anybody's
    checksum = models.CharField(max_length=64, blank=True)

    objects = BotVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("bot version")
        verbose_name_plural = _("bot versions")
        constraints = [
            models.UniqueConstraint(fields=["shop", "name"], name="a_version_has_one_name"),
            models.CheckConstraint(
                condition=~Q(state="ready") | (Q(learned__isnull=False) & ~Q(checksum="")),
                name="a_ready_version_has_learned",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Serving(models.Model):
    """Which version answers for a shop, and which did before: the one row that a switch changes."""

    shop = models.OneToOneField("accounts.Shop", on_delete=models.PROTECT, related_name="serving")
    version = models.ForeignKey(BotVersion, on_delete=models.PROTECT, related_name="+")
    previous = models.ForeignKey(BotVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("serving version")
        verbose_name_plural = _("serving versions")

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.version_id}"
