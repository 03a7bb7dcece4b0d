from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Flow(models.Model):
    """A talk of several steps that staff wrote, in a shop's own version; a bot version keeps it as it was trained."""

    shop = models.ForeignKey("accounts.Shop", on_delete=models.PROTECT, related_name="flows", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=50)
    source = models.TextField(_("steps"))  # YAML, as it was written
    definition = models.JSONField(_("definition"), default=dict, editable=False)  # what was read in it, checked
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    is_on = models.BooleanField(_("is on"), default=True)
    changed_at = models.DateTimeField(_("changed"), editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("flow")
        verbose_name_plural = _("flows")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["shop", "name"], name="a_flow_has_one_name")]

    def __str__(self) -> str:
        return self.name


class Webhook(models.Model):
    """Another system that flows may ask, by a name that stands in them; its address and secret stand only here."""

    shop = models.ForeignKey("accounts.Shop", on_delete=models.PROTECT, related_name="webhooks", verbose_name=_("shop"))
    name = models.SlugField(_("name"), max_length=50)
    address = models.URLField(_("address"), max_length=500)
    sealed = models.TextField(editable=False, blank=True)  # what requests are signed with
    seconds = models.PositiveSmallIntegerField(_("seconds to answer"), default=8)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "name"], name="a_webhook_has_one_name"),
            models.CheckConstraint(
                condition=models.Q(seconds__gte=1, seconds__lte=20), name="a_webhook_answers_in_20_seconds"
            ),
        ]

    def __str__(self) -> str:
        return self.name
