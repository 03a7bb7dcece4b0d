"""The tables a shop can be brought in by: their columns, and how their rows become records."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.commerce.told import Wrong

ROWS = 1000  # the most rows of one record
Row = dict[str, str]

_ADDRESS = ("line1", "line2", "postcode", "city", "region", "country")
_CUSTOMER = ("id", "email", "name", "phone", "language")
_PRODUCT = ("id", "name", "kind", "description", "url", "image_url", "is_sold")
_VARIANT = {
    "sku": "sku",
    "variant": "name",
    "price": "price",
    "currency": "currency",
    "stock": "stock",
    "available": "available",
}
_ORDER = (
    *("number", "customer", "status", "currency", "placed_at", "expected_on", "cancelled_at", "cancel_reason"),
    *("shipping", "discount", "tax", "total", "updated_at"),
)
_LINE = {"sku": "sku", "item": "name", "price": "price", "quantity": "quantity"}
_PAYMENT = {"payment_method": "method", "payment_status": "status", "paid_at": "paid_at", "paid": "amount"}
_SHIPMENT = {
    "carrier": "carrier",
    "tracking_number": "tracking_number",
    "tracking_url": "tracking_url",
    "shipment_status": "status",
    "shipped_at": "shipped_at",
    "delivered_at": "delivered_at",
}
_SHIP_TO = {f"ship_{part}": part for part in ("name", *_ADDRESS)}


@dataclass(frozen=True)
class Table:
    """One of the three: rows with the same `key` that follow each other are one record."""

    kind: str
    columns: list[str]
    key: str
    whole: Callable[[list[Row]], dict[str, Any]]


def table_of(header: list[str]) -> Table:
    """Which table these columns make."""
    columns = [name.strip().lstrip("\ufeff").lower() for name in header]
    kind = "order" if "number" in columns else "product" if "sku" in columns else "customer"
    key, whole, known, free, needed = _TABLES[kind]
    for name in columns:
        if name not in known and not name.startswith(free):
            raise Wrong(
                _("This looks like %(kind)ss, but “%(name)s” is not a column of theirs; known are %(known)s.")
                % {"kind": kind, "name": name[:50], "known": ", ".join(sorted(known))}
            )
    if twice := [name for name in columns if columns.count(name) > 1]:
        raise Wrong(_("The column “%(name)s” stands there twice.") % {"name": twice[0][:50]})
    if kind == "customer" and "id" not in columns and "email" not in columns:
        raise Wrong(_("A table of customers has a column “id” or “email”."))
    if missing := [name for name in needed if name not in columns]:
        raise Wrong(_("The column “%(name)s” is missing.") % {"name": missing[0]})
    return Table(kind, columns, key, whole)


def _customer(rows: list[Row]) -> dict[str, Any]:
    (row,) = rows
    return _some(row, _CUSTOMER) | _within("address", _some(row, _ADDRESS))


def _product(rows: list[Row]) -> dict[str, Any]:
    properties = _prefixed(rows[0], "property:")
    variants = [_renamed(row, _VARIANT) | _within("options", _prefixed(row, "option:")) for row in rows]
    return _some(rows[0], _PRODUCT) | _within("properties", properties) | {"variants": variants}


def _order(rows: list[Row]) -> dict[str, Any]:
    """The order, its payment and its parcel stand in its first row; each row is a line."""
    first = rows[0]
    lines = [_renamed(row, _LINE) | _within("options", _prefixed(row, "option:")) for row in rows]
    payment, shipment = _renamed(first, _PAYMENT), _renamed(first, _SHIPMENT)
    if shipment and "expected_on" in first:
        shipment["expected_on"] = first["expected_on"]
    return (
        _some(first, _ORDER)
        | {"lines": lines}
        | _within("address", _renamed(first, _SHIP_TO))
        | _within("payments", [payment] if payment else [])
        | _within("shipments", [shipment] if shipment else [])
    )


def _some(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}


def _renamed(row: Row, names: dict[str, str]) -> dict[str, Any]:
    return {name: row[column] for column, name in names.items() if column in row}


def _prefixed(row: Row, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}


def _within(name: str, value: Any) -> dict[str, Any]:
    return {name: value} if value else {}


_TABLES: dict[str, tuple[str, Callable[[list[Row]], dict[str, Any]], set[str], tuple[str, ...], tuple[str, ...]]] = {
    "customer": ("", _customer, {*_CUSTOMER, *_ADDRESS}, (), ()),
    "product": (
        *("id", _product, {*_PRODUCT, *_VARIANT}),
        *(("option:", "property:"), ("id", "name", "sku", "price")),
    ),
    "order": (
        *("number", _order, {*_ORDER, *_LINE, *_PAYMENT, *_SHIPMENT, *_SHIP_TO}),
        *(("option:",), ("number", "customer", "placed_at", "item", "price")),
    ),
}
