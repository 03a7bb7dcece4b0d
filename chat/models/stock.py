from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation


class StockAlert(models.Model):
    """A shopper is told once, in their talk and by mail, when something can be ordered again."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="stock_alerts")
    product = models.ForeignKey("accounts.Product", models.CASCADE, related_name="+")
    variant = models.ForeignKey("accounts.Variant", models.CASCADE, null=True, related_name="+")  # none: any of them
    email = models.EmailField()
    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    mail_due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("stock alert")
        verbose_name_plural = _("stock alerts")
        constraints = [
            models.UniqueConstraint(
                "conversation",
                "product",
                Coalesce("variant", 0),
                condition=Q(told_at=None),
                name="a_shopper_waits_once_for_a_product",
            )
        ]
        indexes = [
            models.Index(fields=["product"], name="alerts_that_wait", condition=Q(told_at=None)),
            models.Index(fields=["mail_due_at"], name="alerts_to_mail", condition=Q(mail_due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.product_id}"
