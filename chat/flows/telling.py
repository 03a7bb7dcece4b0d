"""What an order answer says: every value in it is a field of the record."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from django.utils import formats, timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.commerce.facts import LineFacts, OrderFacts, ProductFacts, ShipmentFacts
from accounts.models import Order, Payment, Refund


def of(order: OrderFacts, what: str) -> str:
    """The answer to one of the things there are to know of an order."""
    return _TOLD[what](order)


def amount(value: Decimal, currency: str) -> str:
    return f"{formats.number_format(value)} {currency}"


def piece(line: LineFacts) -> str:
    options = ", ".join(value for _name, value in line.options)
    return f"{line.quantity} x {line.name}" + (f" ({options})" if options else "")


def product(found: ProductFacts) -> str:
    """What it costs, whether it can be had, in which variants, and what it is made of."""
    said = []
    if found.prices:
        low, high = found.prices
        currency = found.variants[0].currency
        price = amount(low, currency)
        if low != high:
            price = _("%(low)s to %(high)s") % {"low": price, "high": amount(high, currency)}
        said.append(_("%(name)s: %(price)s.") % {"name": found.name, "price": price})
    said.append(_("It can be ordered now.") if found.is_available else _("It is sold out just now."))
    if len(found.variants) > 1:
        had = [variant.name or ", ".join(v for _n, v in variant.options) for variant in found.variants]
        said.append(_("There is: %(variants)s.") % {"variants": "; ".join(name for name in had if name)})
    said.extend(f"{name}: {value}." for name, value in found.properties)
    return " ".join(said)


def _status(order: OrderFacts) -> str:
    told = {"number": order.number, "status": str(Order.Status(order.status).label)}
    if order.status == Order.Status.CANCELLED and order.cancelled_at:
        return _("Order %(number)s was cancelled on %(day)s.") % {**told, "day": _day(order.cancelled_at)}
    if order.status == Order.Status.DELIVERED and order.delivered_at:
        return _("Order %(number)s was delivered on %(day)s.") % {**told, "day": _day(order.delivered_at)}
    said = [_("Order %(number)s is %(status)s.") % told]
    if order.is_open:
        for parcel in order.shipments:
            said.extend(_where(parcel))
    if order.expected_on:
        said.append(_("It is expected on %(day)s.") % {"day": _day(order.expected_on)})
    return " ".join(said)


def _where(parcel: ShipmentFacts) -> list[str]:
    if parcel.newest is None:
        return [_("It travels with %(carrier)s.") % {"carrier": parcel.carrier}] if parcel.carrier else []
    newest = parcel.newest
    place = f", {newest.place}" if newest.place else ""
    return [f"{parcel.carrier}: {newest.text}{place} ({_day(newest.at)})."]


def _items(order: OrderFacts) -> str:
    lines = "\n".join(f"{piece(line)}: {amount(line.total, order.currency)}" for line in order.lines)
    return _("In order %(number)s:\n%(lines)s") % {"number": order.number, "lines": lines}


def _ship_to(order: OrderFacts) -> str:
    if not (order.ship_to or order.address):
        return _("I know of no address for order %(number)s.") % {"number": order.number}
    address = order.ship_to or str(order.address)
    return _("The address of order %(number)s:\n%(address)s") % {"number": order.number, "address": address}


def _payment(order: OrderFacts) -> str:
    said = [_("Order %(number)s comes to %(total)s.") % _total(order)]
    for each in order.payments:
        text = _("%(amount)s with %(method)s: %(status)s.")
        status = Payment.Status(each.status).label
        told = {"amount": amount(each.amount, each.currency), "method": each.method, "status": status}
        said.append(text % told)
    for back in order.refunds:
        text = _("%(amount)s back to %(method)s: %(status)s.")
        status = Refund.Status(back.status).label
        said.append(text % {"amount": amount(back.amount, back.currency), "method": back.method, "status": status})
    return " ".join(said)


def _total(order: OrderFacts) -> dict[str, str]:
    return {"number": order.number, "total": amount(order.total, order.currency)}


def _tracking(order: OrderFacts) -> str:
    known = [parcel for parcel in order.shipments if parcel.tracking_number]
    if not known:
        told = {"number": order.number, "status": str(Order.Status(order.status).label)}
        return _("Order %(number)s is %(status)s; there is no tracking number for it.") % told
    parcels = [_("%(tracking)s with %(carrier)s") % _tracked(parcel) for parcel in known]
    told = {"number": order.number, "parcels": get_text_list(parcels, _("and"))}
    return _("You can follow order %(number)s: %(parcels)s.") % told


def _tracked(parcel: ShipmentFacts) -> dict[str, str]:
    return {"tracking": parcel.tracking_number, "carrier": parcel.carrier or _("the carrier")}


def _day(value: date | datetime) -> str:
    return formats.date_format(timezone.localtime(value) if isinstance(value, datetime) else value, "DATE_FORMAT")


_TOLD: dict[str, Callable[[OrderFacts], str]] = {
    "status": _status,
    "items": _items,
    "ship_to": _ship_to,
    "payment": _payment,
    "tracking": _tracking,
}
