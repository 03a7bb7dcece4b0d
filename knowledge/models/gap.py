from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from accounts.models import Customer, Shop
from knowledge.models.article import Article
from knowledge.models.index import Recipe


class GapQuerySet(models.QuerySet["Gap"]):
    def open(self) -> Self:
        """What nobody has written about yet, most asked first."""
        return self.filter(status=Gap.Status.OPEN).order_by("-count", "-last_at", "pk")


class Gap(models.Model):
    """Something the shop is asked and cannot answer: questions of one meaning, an item of the editors' list."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DRAFTED = "drafted", _("being written")
        CLOSED = "closed", _("answered")
        DISMISSED = "dismissed", _("not ours to answer")

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="gaps", verbose_name=_("shop"))
    language = models.CharField(_("language"), max_length=10)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    count = models.PositiveIntegerField(_("times asked"), default=0)
    article = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="gaps", verbose_name=_("article")
    )
    first_at = models.DateTimeField(_("first asked"))
    last_at = models.DateTimeField(_("last asked"))
    recipe = models.ForeignKey(Recipe, models.SET_NULL, null=True, related_name="+")
    embedding = HalfVectorField(null=True)  # the middle of its questions

    objects = GapQuerySet.as_manager()

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        indexes = [models.Index(fields=["shop", "status", "-count"], name="gap_by_count")]

    def __str__(self) -> str:
        if "first" not in vars(self):  # the admin's list has it from the row
            self.first = self.questions.order_by("pk").values_list("text", flat=True).first()
        return self.first or str(_("A question"))


class GapQuestion(models.Model):
    """One question as it was asked; it goes when the person who asked it goes."""

    gap = models.ForeignKey(Gap, models.CASCADE, related_name="questions", verbose_name=_("gap"))
    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    text = models.CharField(_("question"), max_length=1000)
    confidence = models.FloatField(_("confidence"), null=True)
    message = models.UUIDField(_("message"), null=True, blank=True, unique=True, editable=False)  # where it was asked
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("unanswered question")
        verbose_name_plural = _("unanswered questions")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.text


class Measurement(models.Model):
    """What a command found out about the quality of search and answers, for the admin to show."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="+", verbose_name=_("shop"))
    kind = models.CharField(_("kind"), max_length=20)
    figures = models.JSONField(_("figures"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
