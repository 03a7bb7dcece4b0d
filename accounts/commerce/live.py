"""Orders as they are now: the shop's system is asked just before somebody reads, and only for as long as she can wait.

What it says is kept; where it says nothing in time, she reads what we knew, with the time we knew it (`as_of`).
"""

import logging
from datetime import datetime

from django.core.cache import cache

from accounts import platforms
from accounts.commerce import keeping
from accounts.models import Customer, Shop

logger = logging.getLogger(__name__)

WITHIN = 1.5  # seconds she waits for it
FRESH, RESTING = 60, 30  # seconds we do not ask again: about her, and a system that is away


def freshen(customer: Customer, *, at: datetime) -> None:
    """Hear of her newest orders from the shop's system, if it has one and we know her address; never fails."""
    platform = platforms.of(customer.shop, within=WITHIN)
    email = _proven_address(customer) if platform else ""
    away = f"live:away:{customer.shop_id}"
    if not (platform and email) or cache.get(away) or not cache.add(f"live:{customer.pk}", True, FRESH):
        return
    try:
        found = platform.orders_of(email)
    except platforms.Away as why:
        logger.warning("The shop system of %s does not tell orders: %s", customer.shop.slug, why.cause)
        cache.set(away, True, RESTING)
        return
    if wrong := keeping.keep(customer.shop, found, as_of=at, again=True).wrong:
        logger.warning("Of the orders that %s tells, some cannot be kept: %s", customer.shop.slug, wrong)


def is_away(shop: Shop) -> bool:
    """Whether the shop's system did not answer a moment ago, so that what we know may be old."""
    return bool(cache.get(f"live:away:{shop.pk}"))


def _proven_address(customer: Customer) -> str:
    if customer.email and customer.email_verified:
        return str(customer.email)
    owned = customer.user.emailaddress_set.filter(verified=True) if customer.user else None
    first = owned.order_by("-primary", "pk").first() if owned is not None else None
    return str(first.email) if first else ""
