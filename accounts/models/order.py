from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import money
from accounts.models.access import Visible
from accounts.models.customer import Customer
from accounts.models.named import named_values
from accounts.models.payment_method import PaymentMethod
from accounts.models.product import Variant
from accounts.models.shop import Shop


class OrderQuerySet(Visible["Order"]):
    customer_path = "customer__"

    def newest_first(self) -> Self:
        return self.order_by("-placed_at", "-pk")

    def open(self) -> Self:
        """Those that are still to come."""
        return self.exclude(status__in=Order.CLOSED)


class Order(models.Model):
    """What somebody bought, as the shop system told us."""

    class Status(models.TextChoices):
        PLACED = "placed", _("placed")
        PAID = "paid", _("paid")
        PACKED = "packed", _("being packed")
        SHIPPED = "shipped", _("on its way")
        DELIVERED = "delivered", _("delivered")
        CANCELLED = "cancelled", _("cancelled")
        RETURNED = "returned", _("returned")

    CLOSED = (Status.DELIVERED, Status.CANCELLED, Status.RETURNED)

    shop = models.ForeignKey(Shop, models.PROTECT, related_name="orders", verbose_name=_("shop"))
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("customer")
    )
    number = models.CharField(_("number"), max_length=50)
    external_id = models.CharField(_("id in the shop system"), max_length=100, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.PLACED)
    currency = money.currency()
    shipping = money.amount(_("shipping"), default=Decimal(0))
    discount = money.amount(_("discount"), default=Decimal(0))
    tax = money.amount(_("tax on top"), default=Decimal(0))
    total = money.amount(_("total"))
    # As it stands on the parcel, and in parts where the shop system told parts.
    ship_to = models.TextField(_("ship to"), blank=True)
    address = named_values(_("address"))
    placed_at = models.DateTimeField(_("placed"))
    expected_on = models.DateField(_("expected"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True)
    # When another system told us this last; empty where these rows are the shop's own.
    as_of = models.DateTimeField(_("as the shop system told us"), null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="order_number_is_one_in_a_shop"),
            models.CheckConstraint(condition=~Q(number=""), name="order_number_is_not_empty"),
            money.sound_money("total", "order_total_is_not_negative"),
            money.sound_money("shipping", "order_shipping_is_not_negative"),
            money.sound_money("discount", "order_discount_is_not_negative"),
            money.sound_money("tax", "order_tax_is_not_negative"),
            money.sound_currency("order_currency_is_a_code"),
        ]
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="orders_of_a_customer"),
            models.Index(
                fields=["customer", "-placed_at"],
                condition=~Q(status__in=["delivered", "cancelled", "returned"]),
                name="open_orders_of_a_customer",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stamp(self) -> str:
        """How its state looks on paper."""
        return {self.Status.CANCELLED: "closed", self.Status.RETURNED: "closed", self.Status.DELIVERED: "good"}.get(
            self.Status(self.status), "open"
        )


class OrderLineQuerySet(Visible["OrderLine"]):
    shop_path = "order__shop"
    customer_path = "order__customer__"


class OrderLine(models.Model):
    """A line keeps the name and the price of the day, whatever the product is called tomorrow."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("order"))
    position = models.PositiveSmallIntegerField(_("position"))
    variant = models.ForeignKey(
        Variant, models.SET_NULL, null=True, blank=True, related_name="lines", verbose_name=_("variant")
    )
    sku = models.CharField(_("stock number"), max_length=100, blank=True)
    name = models.CharField(_("name"), max_length=300)
    price = money.amount(_("price of one"))
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    options = named_values(_("options"))

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="one_order_line_at_a_position"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="an_order_line_has_something"),
            money.sound_money("price", "order_line_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name}"

    @property
    def total(self) -> Decimal:
        return Decimal(self.price * self.quantity)


class PaymentQuerySet(Visible["Payment"]):
    shop_path = "order__shop"
    customer_path = "order__customer__"


class Payment(models.Model):
    """Money that came in for an order. Card numbers never reach us."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")

    order = models.ForeignKey(Order, models.CASCADE, related_name="payments", verbose_name=_("order"))
    external_id = models.CharField(_("id at the payment provider"), max_length=100)
    method = models.CharField(_("method"), max_length=50)
    paid_with = models.ForeignKey(
        PaymentMethod, models.SET_NULL, null=True, blank=True, related_name="payments", verbose_name=_("paid with")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    amount = money.amount(_("amount"))
    currency = money.currency()
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(fields=["order", "external_id"], name="one_payment_for_an_external_id"),
            money.sound_money("amount", "payment_is_more_than_nothing", above_zero=True),
            money.sound_currency("payment_currency_is_a_code"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def called(self) -> str:
        """What it was paid with, in words."""
        return str(self.paid_with or self.method)


class ShipmentQuerySet(Visible["Shipment"]):
    shop_path = "order__shop"
    customer_path = "order__customer__"


class Shipment(models.Model):
    """A parcel of an order."""

    class Status(models.TextChoices):
        READY = "ready", _("ready for the carrier")
        MOVING = "moving", _("on its way")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("could not be delivered")
        LOST = "lost", _("lost")

    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments", verbose_name=_("order"))
    carrier = models.CharField(_("carrier"), max_length=100)
    tracking_number = models.CharField(_("tracking number"), max_length=100)
    tracking_url = models.URLField(_("tracking page"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.READY)
    shipped_at = models.DateTimeField(_("shipped"), null=True, blank=True)
    expected_on = models.DateField(_("expected"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "carrier", "tracking_number"], name="one_shipment_for_a_tracking_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}"


class TrackingEventQuerySet(Visible["TrackingEvent"]):
    shop_path = "shipment__order__shop"
    customer_path = "shipment__order__customer__"


class TrackingEvent(models.Model):
    """What the carrier said about a parcel, once for each thing it said."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="events", verbose_name=_("shipment"))
    external_id = models.CharField(_("id at the carrier"), max_length=100)
    text = models.CharField(_("text"), max_length=300)
    place = models.CharField(_("place"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"))

    objects = TrackingEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        constraints = [
            models.UniqueConstraint(fields=["shipment", "external_id"], name="one_tracking_event_for_an_external_id")
        ]

    def __str__(self) -> str:
        return self.text


class ReturnQuerySet(Visible["Return"]):
    shop_path = "order__shop"
    customer_path = "order__customer__"


class Return(models.Model):
    """Goods on their way back, for money or for other goods."""

    class Kind(models.TextChoices):
        RETURN = "return", _("return")
        EXCHANGE = "exchange", _("exchange")

    class Status(models.TextChoices):
        ASKED = "asked", _("asked for")
        APPROVED = "approved", _("approved")
        RECEIVED = "received", _("received")
        REFUSED = "refused", _("refused")
        CLOSED = "closed", _("closed")

    # The shop again, because a return number is unique in a shop.
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", verbose_name=_("shop"))
    order = models.ForeignKey(Order, models.PROTECT, related_name="returns", verbose_name=_("order"))
    number = models.CharField(_("number"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.RETURN)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ASKED)
    # Where the money goes, or comes from when the other goods cost more; empty: the way it came.
    settled_with = models.ForeignKey(
        PaymentMethod, models.SET_NULL, null=True, blank=True, related_name="returns", verbose_name=_("settled with")
    )
    difference = money.amount(_("what the other goods cost more"), default=Decimal(0))
    reason = models.TextField(_("reason"), blank=True)
    asked_at = models.DateTimeField(_("asked"))
    received_at = models.DateTimeField(_("received"), null=True, blank=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = [models.UniqueConstraint(fields=["shop", "number"], name="return_number_is_one_in_a_shop")]

    def __str__(self) -> str:
        return self.number


class ReturnLineQuerySet(Visible["ReturnLine"]):
    shop_path = "line__order__shop"
    customer_path = "line__order__customer__"


class ReturnLine(models.Model):
    """How many of an order line come back."""

    return_of = models.ForeignKey(Return, models.CASCADE, related_name="lines", verbose_name=_("return"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="returned", verbose_name=_("order line"))
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    replaced_by = models.ForeignKey(
        Variant, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("replaced by")
    )

    objects = ReturnLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("returned line")
        verbose_name_plural = _("returned lines")
        constraints = [
            models.UniqueConstraint(fields=["return_of", "line"], name="an_order_line_once_in_a_return"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_returned_line_has_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.line.name}"


class RefundQuerySet(Visible["Refund"]):
    shop_path = "order__shop"
    customer_path = "order__customer__"


class Refund(models.Model):
    """Money on its way back."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds", verbose_name=_("order"))
    payment = models.ForeignKey(
        Payment, models.SET_NULL, null=True, blank=True, related_name="refunds", verbose_name=_("payment")
    )
    return_of = models.ForeignKey(
        Return, models.SET_NULL, null=True, blank=True, related_name="refunds", verbose_name=_("return")
    )
    # Empty: the way it came.
    goes_to = models.ForeignKey(
        PaymentMethod, models.SET_NULL, null=True, blank=True, related_name="refunds", verbose_name=_("goes to")
    )
    external_id = models.CharField(_("id at the payment provider"), max_length=100)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    amount = money.amount(_("amount"))
    currency = money.currency()
    asked_at = models.DateTimeField(_("asked"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.UniqueConstraint(fields=["order", "external_id"], name="one_refund_for_an_external_id"),
            money.sound_money("amount", "refund_is_more_than_nothing", above_zero=True),
            money.sound_currency("refund_currency_is_a_code"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def called(self) -> str:
        """Where it goes, in words."""
        return str(self.goes_to or (self.payment.called if self.payment else ""))
