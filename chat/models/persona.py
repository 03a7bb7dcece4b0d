from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def languages() -> list[tuple[str, Any]]:
    return [("", _("all others")), *settings.LANGUAGES]


class Persona(models.Model):
    """How the assistant of a shop speaks, in one language or in all that have none of their own."""

    class Tone(models.TextChoices):
        WARM = "warm", _("warm")
        PLAIN = "plain", _("plain")
        FORMAL = "formal", _("formal")

    class Length(models.TextChoices):
        FULL = "full", _("as long as it takes")
        SHORT = "short", _("short")

    shop = models.ForeignKey("accounts.Shop", on_delete=models.CASCADE, related_name="personas", verbose_name=_("shop"))
    language = models.CharField(_("language"), max_length=10, blank=True, choices=languages)
    name = models.CharField(
        _("name"), max_length=40, blank=True, help_text=_("It always says that it is a program, whatever its name.")
    )
    tone = models.CharField(_("tone"), max_length=6, choices=Tone, default=Tone.WARM)
    length = models.CharField(_("length"), max_length=5, choices=Length, default=Length.FULL)
    greets_by_name = models.BooleanField(
        _("greets by name"), default=True, help_text=_("Only whoever agreed to be treated personally.")
    )
    greeting = models.CharField(
        _("greeting"),
        max_length=300,
        blank=True,
        help_text=_("In your own words; {name} is the shopper's, {shop} the shop's. What it is, is said after it."),
    )
    says = models.TextField(
        _("do say"),
        max_length=2000,
        blank=True,
        help_text=_("One a line: parcel = package. The second is said."),
    )
    never = models.TextField(
        _("never say"), max_length=2000, blank=True, help_text=_("Words, one a line: a sentence with one is left out.")
    )

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        ordering = ["language", "pk"]
        constraints = [models.UniqueConstraint(fields=["shop", "language"], name="a_language_has_one_persona")]

    def __str__(self) -> str:
        return f"{self.name or _('Assistant')} ({self.get_language_display()})"
