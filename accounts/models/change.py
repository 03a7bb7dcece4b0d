from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.access import Visible
from accounts.models.order import Order
from accounts.models.rule import OrderAction
from accounts.models.user import User


class OrderChangeQuerySet(Visible["OrderChange"]):
    shop_path = "order__shop"
    customer_path = "order__customer__"


class OrderChange(models.Model):
    """Something that was to be done with an order, once for each key, and what became of it."""

    class State(models.TextChoices):
        ASKED = "asked", _("under way")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")
        UNCLEAR = "unclear", _("nobody knows")

    order = models.ForeignKey(Order, models.PROTECT, related_name="changes", verbose_name=_("order"))
    key = models.UUIDField(_("key"), unique=True, editable=False)
    action = models.CharField(_("action"), max_length=10, choices=OrderAction.choices)
    wish = models.JSONField(_("what exactly"), default=dict)
    plan = models.JSONField(_("what it comes to"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    text = models.TextField(_("what was said"), blank=True)
    by_team = models.BooleanField(_("by the team"), default=False)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    asked_at = models.DateTimeField(_("asked"))
    # When a worker sees to it next; empty where whoever asked has a row of her own that does.
    due_at = models.DateTimeField(_("due"), null=True, blank=True, editable=False)
    # From here on the shop system may have done it.
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = OrderChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of an order")
        verbose_name_plural = _("changes of orders")
        constraints = [
            models.CheckConstraint(condition=Q(action__in=OrderAction.values), name="order_change_action_is_known"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="asked"), name="one_change_of_an_order_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.get_action_display()}"

    @property
    def is_under_way(self) -> bool:
        return self.state == self.State.ASKED
