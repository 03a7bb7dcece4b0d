"""What somebody has spent, currency by currency: nothing is converted, nothing that was cancelled counts."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Max, Min, Sum

from accounts.models import Order, Refund


@dataclass(frozen=True)
class Spent:
    currency: str
    total: Decimal
    refunded: Decimal
    orders: int
    first_at: datetime
    last_at: datetime

    @property
    def kept(self) -> Decimal:
        return self.total - self.refunded

    @property
    def usual(self) -> Decimal:
        """What an order comes to on average."""
        return (self.total / self.orders).quantize(Decimal("0.01"))


def of(customer_id: int) -> list[Spent]:
    """The currency she spent most orders in comes first."""
    hers = Order.objects.filter(customer=customer_id).exclude(status=Order.Status.CANCELLED)
    sums = hers.values("currency").annotate(
        all=Sum("total"), number=Count("pk"), first=Min("placed_at"), last=Max("placed_at")
    )
    back = dict(
        Refund.objects.filter(order__in=hers, status=Refund.Status.DONE)
        .values_list("currency")
        .annotate(Sum("amount"))
        .order_by()
    )
    return [
        Spent(
            one["currency"], one["all"], back.get(one["currency"], Decimal(0)), one["number"], one["first"], one["last"]
        )
        for one in sums.order_by("-number", "currency")
    ]
