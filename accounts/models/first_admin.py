from django.db import models
from django.utils.translation import gettext_lazy as _


class FirstAdminToken(models.Model):
    """The one-time key to an empty installation. Only its hash is kept."""

    digest = models.CharField(_("digest"), max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("first admin's key")
        verbose_name_plural = _("first admin's keys")

    def __str__(self) -> str:
        return f"{self.digest[:8]}…"
