"""The system a shop is run with: our own tables, or one that is asked over the network.

An adapter is a class with the methods of `Platform`, named in the setting SHOP_ADAPTERS; which one a shop has stands in
SHOP_SYSTEMS, by its slug. What each must hold to is written down in tests/accounts/platforms.
"""

import time
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.commerce.facts import OrderFacts
from accounts.commerce.plans import Plan
from accounts.commerce.records import OrderRecord, ProductRecord
from accounts.commerce.wishes import Wish
from accounts.models import Shop

__all__ = ["Away", "Declined", "Patience", "Platform", "Sending", "of"]

Sending = Callable[[], None]


class Away(Exception):
    """The shop system cannot be reached, or does not answer sensibly. What was asked may be asked again."""

    def __str__(self) -> str:
        return str(_("The shop's own system does not answer just now."))

    @property
    def cause(self) -> str:
        """What really happened, for the log."""
        return str(self.args[0]) if self.args else ""


class Declined(Exception):
    """The shop system understood and will not do it; nothing was changed."""

    def __str__(self) -> str:
        return str(_("The shop's own system does not allow this; a person can help you with it."))


class Patience:
    """How long the next answer is waited for."""

    def __init__(self, within: float | None = None, *, each: float = 8.0) -> None:
        self.each, self.until = each, None if within is None else time.monotonic() + within

    def left(self) -> float:
        left = self.each if self.until is None else min(self.each, self.until - time.monotonic())
        if left <= 0:
            raise Away("The time that we had is over")
        return left


class Platform(Protocol):
    """What can be asked of a shop system over the network. Whoever calls is not in a transaction.

    `keeps_keys`: the system itself does a thing once for a key, however soon it is asked again.
    """

    keeps_keys: bool

    def order(self, number: str) -> OrderRecord | None:
        """The order of this number as it is now; None if there is none."""

    def orders_of(self, email: str) -> list[OrderRecord]:
        """The newest orders of whoever has this address there."""

    def product(self, external_id: str) -> ProductRecord | None:
        """A product as it is now."""

    def change(self, order: OrderFacts, wish: Wish, plan: Plan, *, key: UUID, sending: Sending) -> OrderRecord | None:
        """Do what is wished, once for a key however often it is asked, and tell the order as it is then.

        `sending` is called before each request that could change something, and may raise Away. Where the system does
        not keep keys, the adapter looks first whether it has been done.
        """


def of(shop: Shop, *, within: float | None = None) -> Platform | None:
    """The system this shop is run with; None where that is our own tables, as without a setting it is.

    `within`: so many seconds from now it is away, whatever it is asked.
    """
    address = settings.SHOP_SYSTEMS.get(shop.slug) or settings.SHOP_SYSTEMS.get("")
    if not address:
        return None
    scheme, _plus, rest = address.partition("+")
    adapter: Callable[[Shop, str, Patience], Platform] = import_string(settings.SHOP_ADAPTERS[scheme])
    return adapter(shop, rest, Patience(within))
