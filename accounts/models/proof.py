from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.access import Visible
from accounts.models.customer import Customer
from accounts.models.order import Order


class OrderProofQuerySet(Visible["OrderProof"]):
    """Of the team alone: a guest learns from her talk whether a code fits."""

    shop_path = "customer__shop"

    def newest_first(self) -> Self:
        return self.order_by("-asked_at", "-pk")


class OrderProof(models.Model):
    """A guest was asked for the code that went to the address of an order; without an order none went anywhere."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="proofs", verbose_name=_("asked by"))
    # Of the room that asks: what is proven is proven in this talk alone.
    talk = models.BigIntegerField(_("talk"))
    order = models.ForeignKey(
        Order, models.CASCADE, null=True, blank=True, related_name="proofs", verbose_name=_("order")
    )
    digest = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    asked_at = models.DateTimeField(_("asked"))
    expires_at = models.DateTimeField(_("ends"), db_index=True)
    proven_at = models.DateTimeField(_("proven"), null=True, blank=True)

    objects = OrderProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of an order")
        verbose_name_plural = _("proofs of orders")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(proven_at=None) | models.Q(order__isnull=False), name="only_an_order_is_proven"
            )
        ]
        indexes = [models.Index(fields=["talk", "-asked_at"], name="proofs_of_a_talk")]

    def __str__(self) -> str:
        return f"{self.order or '?'}: {self.asked_at:%Y-%m-%d}"
