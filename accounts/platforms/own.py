"""Our own tables as the shop's system: filled by import, and changed in the transaction that asks for it."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.commerce.plans import Money, Piece, Plan, Senseless
from accounts.commerce.wishes import (
    Cancel,
    Exchange,
    GiveBack,
    MoneyBack,
    NewAddress,
    NewItems,
    NewPayment,
    Wish,
)
from accounts.models import (
    Order,
    OrderLine,
    Payment,
    PaymentMethod,
    Refund,
    Return,
    ReturnLine,
    Variant,
)


def apply(order: Order, wish: Wish, plan: Plan, *, key: UUID, at: datetime) -> None:
    """Do it to the rows. The caller holds the lock on the order and has asked the rules."""
    match wish:
        case Cancel():
            order.status, order.cancelled_at, order.cancel_reason = Order.Status.CANCELLED, at, wish.reason
            order.save(update_fields=["status", "cancelled_at", "cancel_reason", "updated_at"])
            for line in order.lines.all():
                _stock(line.variant_id, line.quantity)
            _pay_back(order, plan.back, key=key, at=at)
        case NewAddress():
            order.address, order.ship_to = wish.address.parts(), str(wish.address)
            order.save(update_fields=["address", "ship_to", "updated_at"])
        case NewPayment():
            _charge(order, plan.charge, key=key, at=at)
            _pay_back(order, plan.back, key=key, at=at)
        case NewItems():
            for piece in plan.pieces:
                _replace(order, piece)
            order.total = plan.total
            order.save(update_fields=["total", "updated_at"])
            _charge(order, plan.charge, key=key, at=at)
            _pay_back(order, plan.back, key=key, at=at)
        case GiveBack():
            _expect(order, wish, plan, Return.Kind.RETURN, at=at)
        case Exchange():
            _expect(order, wish, plan, Return.Kind.EXCHANGE, at=at)
        case MoneyBack():
            _pay_back(order, plan.back, key=key, at=at)


def _pay_back(order: Order, amounts: Iterable[Money], *, key: UUID, at: datetime) -> None:
    """On a gift card it is there at once; the rest is for whoever moves the money."""
    for place, money in enumerate(amounts, 1):
        method = _method(order, money)
        Refund.objects.create(
            order=order,
            external_id=f"{key}/{place}",
            payment=Payment.objects.filter(order=order, external_id=money.payment).first() if money.payment else None,
            goes_to=method,
            status=Refund.Status.DONE if money.at_once else Refund.Status.PENDING,
            amount=money.amount,
            currency=order.currency,
            asked_at=at,
            done_at=at if money.at_once else None,
        )
        if method and money.at_once:
            _balance(method, money.amount)


def _charge(order: Order, money: Money | None, *, key: UUID, at: datetime) -> None:
    if money is None:
        return
    method = _method(order, money)
    if method and money.at_once:
        _balance(method, -money.amount)
    Payment.objects.create(
        order=order,
        external_id=str(key),
        method=money.method[:50],
        paid_with=method,
        status=Payment.Status.PAID if money.at_once else Payment.Status.PENDING,
        amount=money.amount,
        currency=order.currency,
        paid_at=at if money.at_once else None,
    )


def _balance(method: PaymentMethod, more: Decimal) -> None:
    """Two orders may reach for one gift card at the same moment; there is only as much as there is."""
    if not PaymentMethod.objects.filter(pk=method.pk, balance__gte=-more).update(balance=F("balance") + more):
        raise Senseless(_("There is not enough left on %(method)s.") % {"method": method})


def _replace(order: Order, piece: Piece) -> None:
    line = order.lines.get(position=piece.position)
    variant = Variant.objects.select_related("product").get(shop=order.shop_id, sku=piece.sku)
    _stock(line.variant_id, piece.quantity)
    _stock(variant.pk, -piece.quantity)
    if piece.quantity < line.quantity:
        line.quantity -= piece.quantity
        line.save(update_fields=["quantity"])
        last = order.lines.order_by("-position").values_list("position", flat=True)[0]
        line = OrderLine(order=order, position=last + 1, quantity=piece.quantity)
    line.variant, line.sku, line.name = variant, variant.sku, variant.title[:300]
    line.price, line.options = piece.price, variant.options
    line.save()


def _expect(order: Order, wish: GiveBack | Exchange, plan: Plan, kind: str, *, at: datetime) -> None:
    """Goods on their way back, and for an exchange the others put aside."""
    back = Return.objects.create(
        shop_id=order.shop_id,
        order=order,
        number=_next_number(order),
        kind=kind,
        settled_with=_method(order, plan.later) if plan.later else None,
        difference=plan.difference,
        reason=wish.reason,
        asked_at=at,
    )
    lines = {line.position: line for line in order.lines.all()}
    variants = {v.sku: v for v in Variant.objects.filter(shop=order.shop_id, sku__in=[p.sku for p in plan.pieces])}
    for piece in plan.pieces:
        variant = variants.get(piece.sku)
        ReturnLine.objects.create(
            return_of=back, line=lines[piece.position], quantity=piece.quantity, replaced_by=variant
        )
        if variant:
            _stock(variant.pk, -piece.quantity)


def _next_number(order: Order) -> str:
    base = f"R-{order.number.lstrip('#')}"
    taken = set(
        Return.objects.filter(Q(number=base) | Q(number__startswith=f"{base}-"), shop=order.shop_id).values_list(
            "number", flat=True
        )
    )
    names = (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _stock(variant_id: int | None, more: int) -> None:
    if variant_id is not None:
        Variant.objects.filter(pk=variant_id, stock__isnull=False).update(stock=F("stock") + more)


def _method(order: Order, money: Money) -> PaymentMethod | None:
    if not money.method_id:
        return None
    return PaymentMethod.objects.filter(customer=order.customer_id, external_id=money.method_id).first()
