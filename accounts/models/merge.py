from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.access import Visible
from accounts.models.customer import Customer
from accounts.models.shop import Shop
from accounts.models.user import AddressField


class CustomerMergeQuerySet(Visible["CustomerMerge"]):
    def past_undoing(self, at: datetime) -> "CustomerMergeQuerySet":
        return self.filter(at__lte=at - CustomerMerge.UNDO_FOR)


class CustomerMerge(models.Model):
    """Somebody of the team made one customer of two; what is kept here tells them apart again, for a while."""

    UNDO_FOR = timedelta(days=30)

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="+", verbose_name=_("shop"))
    source = models.ForeignKey(Customer, models.CASCADE, related_name="merges_away", verbose_name=_("joined"))
    target = models.ForeignKey(Customer, models.CASCADE, related_name="merges", verbose_name=_("into"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("joined by")
    )
    at = models.DateTimeField(_("when"))
    undone_at = models.DateTimeField(_("undone"), null=True)
    # What the two rows said before, and which rows went along; emptied when it can no longer be undone.
    kept = models.JSONField(_("kept for undoing"), default=dict)

    objects = CustomerMergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("joined customers")
        verbose_name_plural = _("joined customers")
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at=None), name="a_customer_is_merged_away_once"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="a_merge_is_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"

    def can_be_undone(self, at: datetime) -> bool:
        return self.undone_at is None and at < self.at + self.UNDO_FOR


class OtherIdentity(models.Model):
    """An address or a phone that came with a merge where the survivor has another: it still leads to her."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities", verbose_name=_("customer"))
    email = AddressField(_("email address"), blank=True)
    is_proven = models.BooleanField(_("address is proven"), default=False)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("other identity")
        verbose_name_plural = _("other identities")
        indexes = [models.Index(fields=["email"], name="other_identity_by_address")]

    def __str__(self) -> str:
        return self.email or self.phone
