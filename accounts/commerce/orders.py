"""The one reader of orders: whose they are is said first, how many there are never costs more queries."""

from collections import Counter
from typing import Any

from django.db.models import Prefetch

from accounts.commerce.facts import (
    EventFacts,
    LineFacts,
    MethodFacts,
    OrderFacts,
    PaymentFacts,
    RefundFacts,
    ReturnedFacts,
    ReturnFacts,
    ShipmentFacts,
)
from accounts.models import (
    Address,
    Order,
    OrderChange,
    OrderLine,
    Payment,
    PaymentMethod,
    Refund,
    Return,
    ReturnLine,
    Shipment,
    Shop,
    TrackingEvent,
)
from accounts.models.order import OrderQuerySet

MANY = 20


def open_orders(customer_id: int, *, limit: int = MANY) -> tuple[OrderFacts, ...]:
    """Her orders that are still to come, newest first."""
    return facts_of(Order.objects.filter(customer=customer_id).open().newest_first()[:limit])


def newest(customer_id: int, *, limit: int = 5) -> tuple[OrderFacts, ...]:
    """Her newest orders, whatever became of them."""
    return facts_of(Order.objects.filter(customer=customer_id).newest_first()[:limit])


def by_number(customer_id: int, number: str) -> OrderFacts | None:
    """Her order of this number, with or without its #; a foreign one is not there."""
    return _first(Order.objects.filter(customer=customer_id, number__in=spellings(number)))


def seen_by(user: Any, shop: Shop, number: str) -> OrderFacts | None:
    """The order of this number, if this person may see it: her own, or one of the shop she works for."""
    return _first(Order.objects.visible_to(user).filter(shop=shop, number__in=spellings(number)))


def methods_of(customer_id: int) -> tuple[MethodFacts, ...]:
    """What she can pay with."""
    return tuple(
        MethodFacts(method.external_id, method.kind, str(method), method.balance, method.currency)
        for method in PaymentMethod.objects.filter(customer=customer_id).order_by("pk")
    )


def spellings(number: str) -> list[str]:
    """The ways in which people and shops write one order number."""
    bare = number.strip().lstrip("#").strip()[:50]
    return sorted({mark + word for word in (bare, bare.upper()) for mark in ("", "#")} - {"", "#"})


def facts_of(orders: OrderQuerySet) -> tuple[OrderFacts, ...]:
    """Everything there is to say about these orders. The caller has chosen whose they are."""
    return tuple(facts(order) for order in with_parts(orders))


def with_parts(orders: OrderQuerySet) -> OrderQuerySet:
    """Their rows with all that `facts` reads."""
    return orders.prefetch_related(*_PARTS)


def facts(order: Order) -> OrderFacts:
    """What its row and its parts say."""
    lines = _lines(order)
    shipments = tuple(_shipment(shipment) for shipment in order.shipments.all())
    return OrderFacts(
        id=order.pk,
        shop_id=order.shop_id,
        customer_id=order.customer_id,
        number=order.number,
        external_id=order.external_id,
        status=order.status,
        is_open=order.status not in Order.CLOSED,
        placed_at=order.placed_at,
        expected_on=max((s.expected_on for s in shipments if s.expected_on and not s.delivered_at), default=None)
        or (order.expected_on if order.status not in Order.CLOSED else None),
        cancelled_at=order.cancelled_at,
        cancel_reason=order.cancel_reason,
        lines=lines,
        goods=sum((line.total for line in lines), start=order.total * 0),
        shipping=order.shipping,
        discount=order.discount,
        tax=order.tax,
        total=order.total,
        currency=order.currency,
        ship_to=order.ship_to,
        address=Address.of(order.address),
        shipments=shipments,
        payments=tuple(_payment(payment) for payment in order.payments.all()),
        refunds=tuple(_refund(refund) for refund in order.refunds.all()),
        returns=tuple(_return(back) for back in order.returns.all()),
        done=_done(order),
        as_of=order.as_of,
    )


def _first(orders: OrderQuerySet) -> OrderFacts | None:
    return next(iter(facts_of(orders.newest_first()[:1])), None)


_NEWEST_EVENT = TrackingEvent.objects.order_by("shipment_id", "-at", "-pk").distinct("shipment_id")
_PARTS = (
    Prefetch("lines", OrderLine.objects.select_related("variant__product").order_by("position")),
    Prefetch("shipments", Shipment.objects.order_by("shipped_at", "pk")),
    Prefetch("shipments__events", _NEWEST_EVENT, to_attr="newest"),
    Prefetch("payments", Payment.objects.select_related("paid_with").order_by("paid_at", "pk")),
    Prefetch("refunds", Refund.objects.select_related("goes_to", "payment__paid_with").order_by("asked_at", "pk")),
    Prefetch("returns", Return.objects.select_related("settled_with").order_by("asked_at", "pk")),
    Prefetch("changes", OrderChange.objects.exclude(state=OrderChange.State.REFUSED).order_by("pk")),
    Prefetch(
        "returns__lines", ReturnLine.objects.select_related("line", "replaced_by__product").order_by("line__position")
    ),
)


def _lines(order: Order) -> tuple[LineFacts, ...]:
    sent_back: Counter[int] = Counter()
    for back in order.returns.all():
        if back.status != Return.Status.REFUSED:
            sent_back.update({returned.line_id: returned.quantity for returned in back.lines.all()})
    return tuple(
        LineFacts(
            position=line.position,
            sku=line.sku,
            name=line.name,
            options=tuple(line.options.items()),
            quantity=line.quantity,
            price=line.price,
            total=line.total,
            sent_back=sent_back[line.pk],
            product=line.variant.product.external_id if line.variant else "",
            kind=line.variant.product.kind if line.variant else "",
        )
        for line in order.lines.all()
    )


def _done(order: Order) -> tuple[str, ...]:
    """What was done with it here, and the returns that were made elsewhere."""
    here = [change.action for change in order.changes.all()]
    returns = [str(back.kind) for back in order.returns.all() if back.status != Return.Status.REFUSED]
    return tuple(dict.fromkeys([*here, *returns]))


def _shipment(shipment: Shipment) -> ShipmentFacts:
    newest: list[TrackingEvent] = getattr(shipment, "newest", [])
    return ShipmentFacts(
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        tracking_url=shipment.tracking_url,
        status=shipment.status,
        shipped_at=shipment.shipped_at,
        expected_on=shipment.expected_on,
        delivered_at=shipment.delivered_at,
        newest=EventFacts(newest[0].text, newest[0].place, newest[0].at) if newest else None,
    )


def _payment(payment: Payment) -> PaymentFacts:
    return PaymentFacts(
        id=payment.external_id,
        method=payment.called,
        method_id=_id(payment.paid_with),
        status=payment.status,
        amount=payment.amount,
        currency=payment.currency,
        paid_at=payment.paid_at,
    )


def _refund(refund: Refund) -> RefundFacts:
    return RefundFacts(
        id=refund.external_id,
        payment=refund.payment.external_id if refund.payment else "",
        method=refund.called,
        method_id=_id(refund.goes_to or (refund.payment.paid_with if refund.payment else None)),
        status=refund.status,
        amount=refund.amount,
        currency=refund.currency,
        asked_at=refund.asked_at,
        done_at=refund.done_at,
    )


def _return(back: Return) -> ReturnFacts:
    return ReturnFacts(
        number=back.number,
        kind=back.kind,
        status=back.status,
        lines=tuple(
            ReturnedFacts(
                position=each.line.position,
                sku=each.line.sku,
                name=each.line.name,
                quantity=each.quantity,
                replaced_by=each.replaced_by.sku if each.replaced_by else "",
                replacement=str(each.replaced_by or ""),
            )
            for each in back.lines.all()
        ),
        settled_with=str(back.settled_with or ""),
        settled_with_id=_id(back.settled_with),
        difference=back.difference,
        asked_at=back.asked_at,
        received_at=back.received_at,
    )


def _id(method: PaymentMethod | None) -> str:
    return method.external_id if method else ""
