from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A list of an agent's own, cut from one of the lists of the inbox; her team has it, too, if she shares it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    shared_with = models.ForeignKey(
        "accounts.Team", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("also for")
    )
    name = models.CharField(_("name"), max_length=40)
    box = models.CharField(_("from the list"), max_length=10)
    tag = models.CharField(_("customer's tag"), max_length=40, blank=True)
    team = models.ForeignKey(
        "accounts.Team", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    language = models.CharField(_("customer's language"), max_length=10, blank=True)
    words = models.CharField(_("words in the last message"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="a_view_of_hers_has_its_name"),
            models.CheckConstraint(condition=~Q(name=""), name="a_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """What the inbox calls it among its lists."""
        return f"view-{self.pk}"
