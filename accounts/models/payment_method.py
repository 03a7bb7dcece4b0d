from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import money
from accounts.models.access import Visible
from accounts.models.customer import Customer


class PaymentMethodQuerySet(Visible["PaymentMethod"]):
    shop_path = "customer__shop"
    customer_path = "customer__"


class PaymentMethod(models.Model):
    """Something a customer pays with, known by the shop's id for it. Card numbers never reach us."""

    class Kind(models.TextChoices):
        CARD = "card", _("card")
        WALLET = "wallet", _("wallet")
        GIFT_CARD = "gift_card", _("gift card")
        OTHER = "other", _("other")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="payment_methods", verbose_name=_("customer"))
    external_id = models.CharField(_("id in the shop system"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    label = models.CharField(_("label"), max_length=100, blank=True)
    balance = money.amount(_("left on it"), null=True, blank=True)
    currency = money.currency()

    objects = PaymentMethodQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment method")
        verbose_name_plural = _("payment methods")
        constraints = [
            models.UniqueConstraint(fields=["customer", "external_id"], name="one_payment_method_for_an_external_id"),
            models.CheckConstraint(
                condition=Q(kind="gift_card", balance__isnull=False) | (~Q(kind="gift_card") & Q(balance=None)),
                name="a_gift_card_and_nothing_else_has_a_balance",
            ),
            money.sound_money("balance", "a_balance_is_not_negative"),
            money.sound_currency("payment_method_currency_is_a_code"),
        ]

    def __str__(self) -> str:
        return self.label or str(self.get_kind_display())
