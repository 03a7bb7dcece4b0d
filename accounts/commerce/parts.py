"""The parts of many orders at once: lines, payments, parcels, returns, refunds."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models

from accounts.commerce.records import OrderRecord
from accounts.commerce.upsert import upsert
from accounts.models import (
    Order,
    OrderLine,
    Payment,
    PaymentMethod,
    Refund,
    Return,
    ReturnLine,
    Shipment,
    Shop,
    TrackingEvent,
    Variant,
)


class Parts:
    """The parts of a batch of orders: what is named replaces what was there, what was not spoken of stays."""

    def __init__(
        self, shop: Shop, orders: list[tuple[Order, OrderRecord]], methods: dict[tuple[int, str], PaymentMethod]
    ) -> None:
        self.shop, self.orders, self.methods = shop, orders, methods
        skus = {line.sku for _, record in orders for line in record.lines}
        skus |= {each.replaced_by for _, r in orders for back in r.returns or () for each in back.lines}
        self.variants = {variant.sku: variant for variant in Variant.objects.filter(shop=shop, sku__in=skus - {""})}

    def keep(self) -> None:
        lines = self._lines()
        payments = self._payments()
        self._shipments()
        returns = self._returns(lines)
        self._refunds(payments, returns)

    def _lines(self) -> list[OrderLine]:
        rows = upsert(
            OrderLine,
            ["order", "position"],
            (
                OrderLine(
                    order=order,
                    position=position,
                    variant=self.variants.get(line.sku),
                    sku=line.sku,
                    name=line.name,
                    price=line.price,
                    quantity=line.quantity,
                    options=line.options,
                )
                for order, record in self.orders
                for position, line in enumerate(record.lines, 1)
            ),
        )
        gone = OrderLine.objects.filter(order__in=[order for order, _ in self.orders])
        gone.exclude(pk__in=[row.pk for row in rows]).filter(returned=None).delete()
        return rows

    def _payments(self) -> list[Payment]:
        rows = upsert(
            Payment,
            ["order", "external_id"],
            (
                Payment(
                    order=order,
                    external_id=told.external_id,
                    method=told.method,
                    paid_with=self._method(order, told.paid_with),
                    status=told.status,
                    amount=told.amount,
                    currency=told.currency,
                    paid_at=told.paid_at,
                )
                for order, record in self.orders
                for told in record.payments or ()
            ),
        )
        self._forget(Payment, rows, lambda record: record.payments)
        return rows

    def _shipments(self) -> None:
        told_of = {
            (order.pk, told.carrier, told.tracking_number): told
            for order, record in self.orders
            for told in record.shipments or ()
        }
        rows = upsert(
            Shipment,
            ["order", "carrier", "tracking_number"],
            (
                Shipment(
                    order_id=order_id,
                    carrier=told.carrier,
                    tracking_number=told.tracking_number,
                    tracking_url=told.tracking_url,
                    status=told.status,
                    shipped_at=told.shipped_at,
                    expected_on=told.expected_on,
                    delivered_at=told.delivered_at,
                )
                for (order_id, *_), told in told_of.items()
            ),
        )
        self._forget(Shipment, rows, lambda record: record.shipments)
        upsert(
            TrackingEvent,
            ["shipment", "external_id"],
            (
                TrackingEvent(
                    shipment=row, external_id=event.external_id, text=event.text, place=event.place, at=event.at
                )
                for row in rows
                for event in told_of[row.order_id, row.carrier, row.tracking_number].events
            ),
        )

    def _returns(self, lines: list[OrderLine]) -> list[Return]:
        told_of = {told.number: (order, told) for order, record in self.orders for told in record.returns or ()}
        rows = upsert(
            Return,
            ["shop", "number"],
            (
                Return(
                    shop=self.shop,
                    order=order,
                    number=told.number,
                    kind=told.kind,
                    status=told.status,
                    settled_with=self._method(order, told.settled_with),
                    difference=told.difference,
                    reason=told.reason,
                    asked_at=told.asked_at,
                    received_at=told.received_at,
                )
                for order, told in told_of.values()
            ),
        )
        at = {(line.order_id, line.position): line for line in lines}
        upsert(
            ReturnLine,
            ["return_of", "line"],
            (
                ReturnLine(
                    return_of=row,
                    line=at[row.order_id, each.line],
                    quantity=each.quantity,
                    replaced_by=self.variants.get(each.replaced_by),
                )
                for row in rows
                for each in told_of[row.number][1].lines
            ),
        )
        return rows

    def _refunds(self, payments: list[Payment], returns: list[Return]) -> None:
        paid = {(payment.order_id, payment.external_id): payment for payment in payments}
        rows = upsert(
            Refund,
            ["order", "external_id"],
            (
                Refund(
                    order=order,
                    external_id=told.external_id,
                    payment=paid.get((order.pk, told.payment)),
                    goes_to=self._method(order, told.goes_to),
                    status=told.status,
                    amount=told.amount,
                    currency=told.currency,
                    asked_at=told.asked_at,
                    done_at=told.done_at,
                )
                for order, record in self.orders
                for told in record.refunds or ()
            ),
        )
        self._forget(Refund, rows, lambda record: record.refunds)

    def _method(self, order: Order, external_id: str) -> PaymentMethod | None:
        return self.methods.get((order.customer_id or 0, external_id)) if external_id else None

    def _forget(
        self, model: type[models.Model], rows: Sequence[models.Model], told: Callable[[OrderRecord], object]
    ) -> None:
        """Of the orders that spoke of such parts, those that were not named."""
        spoken = [order.pk for order, record in self.orders if told(record) is not None]
        manager: Any = model._default_manager
        manager.filter(order__in=spoken).exclude(pk__in=[row.pk for row in rows]).delete()
