"""Saying things in other languages: who may, which words are settled, and what was said before."""

import hashlib
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from accounts.models import Customer, Shop


class Trust(models.TextChoices):
    """How far a translation may be relied on."""

    APPROVED = "approved", _("approved by a person")
    AUTO = "auto", _("goes out unseen")
    DRAFT = "draft", _("a draft")


class Translator(models.Model):
    """An engine in the order a shop wants them, and how far its words are trusted."""

    class Engine(models.TextChoices):
        MODEL = "model", _("the language model")
        DEEPL = "deepl", "DeepL"
        LIBRETRANSLATE = "libretranslate", "LibreTranslate"
        LOCAL = "local", _("a local model")
        APERTIUM = "apertium", "Apertium"

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="translators", verbose_name=_("shop"))
    engine = models.CharField(_("engine"), max_length=20, choices=Engine)
    position = models.PositiveSmallIntegerField(_("place"), default=1, help_text=_("The lowest is asked first."))
    is_on = models.BooleanField(_("may be asked"), default=True)
    goes_out = models.CharField(
        _("its words to customers"),
        max_length=8,
        choices=[
            (Trust.AUTO, _("go out unseen")),
            (Trust.DRAFT, _("go out as a labelled draft")),
            ("never", _("do not go out")),
        ],
        default="never",
        help_text=_("The original is always one click away. What a person has approved may always go out."),
    )

    class Meta:
        verbose_name = _("translator")
        verbose_name_plural = _("translators")
        ordering = ["shop", "position", "engine", "pk"]
        constraints = [models.UniqueConstraint(fields=["shop", "engine"], name="an_engine_has_one_place_in_a_shop")]

    def __str__(self) -> str:
        return str(self.get_engine_display())


class GlossaryTerm(models.Model):
    """A word that is always said so in another language, or never translated."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="glossary", verbose_name=_("shop"))
    source_language = models.CharField(_("from"), max_length=10, blank=True, help_text=_("Empty: any language."))
    target_language = models.CharField(_("to"), max_length=10, blank=True, help_text=_("Empty: any language."))
    source = models.CharField(_("word"), max_length=200)
    target = models.CharField(_("is said as"), max_length=200, blank=True, help_text=_("Empty: it stays as it is."))

    class Meta:
        verbose_name = _("word of the glossary")
        verbose_name_plural = _("glossary")
        ordering = ["shop", "source", "source_language", "target_language", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "source_language", "target_language", "source"], name="a_word_is_settled_once"
            ),
        ]

    def __str__(self) -> str:
        return self.source


class PhraseQuerySet(models.QuerySet["Phrase"]):
    def of_pair(self, shop: int, source: str, target: str) -> Self:
        return self.filter(shop=shop, source_language=source, target_language=target)


class Phrase(models.Model):
    """A text and its translation, with marks for what changes from one message to the next."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="phrases", verbose_name=_("shop"))
    source_language = models.CharField(_("from"), max_length=10)
    target_language = models.CharField(_("to"), max_length=10)
    source = models.TextField(_("text"))
    target = models.TextField(_("translation"))
    hash = models.CharField(max_length=64, editable=False)
    is_approved = models.BooleanField(_("approved by a person"), default=True)
    by = models.CharField(_("by"), max_length=20, blank=True, editable=False)  # an engine
    stamp = models.CharField(max_length=200, blank=True, editable=False)  # version of engine and glossary
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    # In whose talk it was said; it goes when she is erased.
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, editable=False, related_name="+")
    recipe = models.CharField(max_length=200, blank=True, editable=False)
    embedding = HalfVectorField(null=True, editable=False)
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PhraseQuerySet.as_manager()

    class Meta:
        verbose_name = _("remembered translation")
        verbose_name_plural = _("translation memory")
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "source_language", "target_language", "hash", "is_approved"],
                name="a_text_is_remembered_once",
            )
        ]

    def __str__(self) -> str:
        return self.source[:80]

    @staticmethod
    def hash_of(source: str) -> str:
        return hashlib.sha256(" ".join(source.split()).casefold().encode("utf-8", "replace")).hexdigest()
