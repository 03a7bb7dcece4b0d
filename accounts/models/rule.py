from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import money
from accounts.models.access import Visible
from accounts.models.order import Order
from accounts.models.shop import Shop


class OrderAction(models.TextChoices):
    """What may be done with an order."""

    CANCEL = "cancel", _("cancel it")
    ADDRESS = "address", _("change its address")
    PAYMENT = "payment", _("change how it is paid")
    ITEMS = "items", _("change its items")
    RETURN = "return", _("return goods")
    EXCHANGE = "exchange", _("exchange goods")
    REFUND = "refund", _("ask for money back")


class RuleQuerySet(Visible["Rule"]):
    pass


class Rule(models.Model):
    """One way in which an action is allowed. Without any, it is not."""

    class Who(models.TextChoices):
        ANYBODY = "anybody", _("the shopper and the team")
        TEAM = "team", _("the team alone")

    class Since(models.TextChoices):
        PLACED = "placed", _("it was placed")
        DELIVERED = "delivered", _("it arrived")

    class Money(models.TextChoices):
        ORIGINAL = "original", _("the way it was paid")
        OR_GIFT_CARD = "or_gift_card", _("the way it was paid, or a gift card of theirs")
        ANY = "any", _("any payment method of theirs")

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="rules", verbose_name=_("shop"))
    action = models.CharField(_("action"), max_length=10, choices=OrderAction.choices)
    who = models.CharField(_("who may"), max_length=10, choices=Who.choices, default=Who.ANYBODY)
    statuses = ArrayField(
        models.CharField(max_length=12, choices=Order.Status.choices),
        verbose_name=_("while the order is"),
        help_text=_("At least one."),
    )
    days = models.PositiveSmallIntegerField(
        _("for how many days"), null=True, blank=True, help_text=_("Empty: without an end.")
    )
    since = models.CharField(_("counted since"), max_length=10, choices=Since.choices, default=Since.DELIVERED)
    not_after = ArrayField(
        models.CharField(max_length=10, choices=OrderAction.choices),
        blank=True,
        default=list,
        verbose_name=_("no more once somebody did"),
        help_text=_("The action itself, to allow it once for an order."),
    )
    reasons = ArrayField(
        models.CharField(max_length=100),
        blank=True,
        default=list,
        verbose_name=_("for these reasons alone"),
        help_text=_("Separated by commas. Empty: for any."),
    )
    not_kinds = ArrayField(
        models.CharField(max_length=100),
        blank=True,
        default=list,
        verbose_name=_("not for these kinds of product"),
        help_text=_("Separated by commas, as they are called in the catalogue."),
    )
    same_product = models.BooleanField(_("only for another variant of the same product"), default=True)
    money_goes = models.CharField(_("money goes"), max_length=15, choices=Money.choices, default=Money.ORIGINAL)
    up_to = money.amount(
        _("up to this amount"), null=True, blank=True, help_text=_("In the currency of the shop. Empty: any.")
    )
    words = models.CharField(
        _("in the words of the shop"), max_length=300, blank=True, help_text=_("Said to them after our own sentence.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("holds"), default=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.CheckConstraint(condition=Q(action__in=OrderAction.values), name="rule_action_is_known"),
            models.CheckConstraint(condition=Q(who__in=["anybody", "team"]), name="rule_who_is_known"),
            models.CheckConstraint(condition=Q(statuses__len__gt=0), name="rule_has_a_status"),
            money.sound_money("up_to", "rule_up_to_is_not_negative"),
        ]
        indexes = [models.Index(fields=["shop", "position"], name="rules_of_a_shop")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} ({self.get_who_display()})"
