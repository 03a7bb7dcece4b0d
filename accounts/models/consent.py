from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.access import Visible
from accounts.models.customer import Customer
from accounts.models.shop import Shop
from accounts.models.user import User


class Purpose(models.TextChoices):
    NECESSARY = "necessary", _("Help with what you ask")
    PERSONALISATION = "personalisation", _("Answers that know you")
    LEARNING = "learning", _("Learning from your conversations")
    STATISTICS = "statistics", _("Figures about our service")
    NEWS = "news", _("Product news")


class How(models.TextChoices):
    CHAT = "chat", _("asked before the chat")
    PAGE = "page", _("on the consent page")
    TEAM = "team", _("told to the team")
    API = "api", _("through a partner system")
    MERGE = "merge", _("as two records were joined, or told apart again")


class ConsentTextQuerySet(Visible["ConsentText"]):
    pass


class ConsentText(models.Model):
    """What a shopper read when she decided. A published text never changes; a new wording is a new version."""

    shop = models.ForeignKey(Shop, models.PROTECT, related_name="consent_texts", verbose_name=_("shop"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    version = models.PositiveIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("published"), auto_now_add=True)

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "purpose", "language", "version"], name="one_consent_text_for_a_version"
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="consent_text_purpose_is_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="consent_text_versions_begin_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.version} ({self.language})"


class ConsentRecordQuerySet(Visible["ConsentRecord"]):
    shop_path = "customer__shop"
    customer_path = "customer__"


class ConsentRecord(models.Model):
    """One decision: who, for what, which words, yes or no, when and how. Written once; a trigger refuses any change."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consents", verbose_name=_("customer"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+", verbose_name=_("text"))
    granted = models.BooleanField(_("granted"))
    how = models.CharField(_("how"), max_length=10, choices=How.choices)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written down by")
    )
    at = models.DateTimeField(_("when"))

    objects = ConsentRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="consent_purpose_is_known"),
            models.CheckConstraint(condition=Q(how__in=How.values), name="consent_how_is_known"),
        ]
        indexes = [models.Index(fields=["customer", "purpose", "-id"], name="consent_latest_first")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {_('yes') if self.granted else _('no')}"
