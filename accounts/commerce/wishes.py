"""What somebody wants done with an order, exactly: frozen, and as plain JSON for a row that carries it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from accounts.commerce.told import Told, Wrong
from accounts.models import Address, OrderAction, Shop

MOST = 100


@dataclass(frozen=True)
class Part:
    """Some or all of a line, by its place in the order."""

    position: int
    quantity: int | None = None  # None: all of it that is left


@dataclass(frozen=True)
class Swap:
    """Some or all of a line, and the stock number of what takes its place."""

    position: int
    sku: str
    quantity: int | None = None


@dataclass(frozen=True)
class Cancel:
    action: ClassVar = OrderAction.CANCEL
    reason: str = ""


@dataclass(frozen=True)
class NewAddress:
    action: ClassVar = OrderAction.ADDRESS
    address: Address = field(default_factory=Address)


@dataclass(frozen=True)
class NewPayment:
    action: ClassVar = OrderAction.PAYMENT
    method: str = ""


@dataclass(frozen=True)
class NewItems:
    action: ClassVar = OrderAction.ITEMS
    swaps: tuple[Swap, ...] = ()
    method: str = ""  # pays or gets the difference; empty: the one the order was paid with


@dataclass(frozen=True)
class GiveBack:
    action: ClassVar = OrderAction.RETURN
    parts: tuple[Part, ...] = ()
    method: str = ""  # gets the money; empty: the one the order was paid with
    reason: str = ""


@dataclass(frozen=True)
class Exchange:
    action: ClassVar = OrderAction.EXCHANGE
    swaps: tuple[Swap, ...] = ()
    method: str = ""
    reason: str = ""


@dataclass(frozen=True)
class MoneyBack:
    action: ClassVar = OrderAction.REFUND
    amount: Decimal | None = None  # None: everything that was paid and has not gone back
    method: str = ""
    reason: str = ""


Wish = Cancel | NewAddress | NewPayment | NewItems | GiveBack | Exchange | MoneyBack


def plain(wish: Wish) -> dict[str, Any]:
    """As JSON can carry it."""
    return {name: _plain(value) for name, value in vars(wish).items()}


def read(action: str, told: Any, shop: Shop) -> Wish:
    """What `plain` wrote, or what a form or a program sent; ValueError when it makes no sense."""
    if action not in _READ:
        raise Wrong(_("Nothing like that can be done with an order."))
    with Told(told, shop) as it:
        wish: Wish = _READ[action](it)
        return wish


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [vars(each) for each in value]
    if isinstance(value, Address):
        return value.parts()
    return str(value) if isinstance(value, Decimal) else value


def _part(it: Told, number: int) -> Part:
    return Part(it.whole("position", 0) or 0, it.whole("quantity", None))


def _swap(it: Told, number: int) -> Swap:
    return Swap(it.whole("position", 0) or 0, it.text("sku", 100, needed=True), it.whole("quantity", None))


_READ: dict[str, Any] = {
    OrderAction.CANCEL: lambda it: Cancel(it.text("reason", 300)),
    OrderAction.ADDRESS: lambda it: NewAddress(it.address("address")),
    OrderAction.PAYMENT: lambda it: NewPayment(it.text("method", 100, needed=True)),
    OrderAction.ITEMS: lambda it: NewItems(it.each("swaps", _swap, most=MOST) or (), it.text("method", 100)),
    OrderAction.RETURN: lambda it: GiveBack(
        it.each("parts", _part, most=MOST) or (), it.text("method", 100), it.text("reason", 2000)
    ),
    OrderAction.EXCHANGE: lambda it: Exchange(
        it.each("swaps", _swap, most=MOST) or (), it.text("method", 100), it.text("reason", 2000)
    ),
    OrderAction.REFUND: lambda it: MoneyBack(
        it.amount("amount", None), it.text("method", 100), it.text("reason", 2000)
    ),
}
