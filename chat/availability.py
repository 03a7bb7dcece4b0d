"""What somebody who waits for a person may expect: her place, about how long, and whether anybody is there at all."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone

from accounts import presence
from accounts.models import Customer, Shop
from chat.models import Conversation, Handoff, Holder

LATELY = timedelta(minutes=30)  # how fast the queue moves is told by those who left it lately
FEWEST = 3  # or nothing is said of it


@dataclass(frozen=True)
class Prospect:
    place: int
    minutes: int | None  # None: we cannot know
    is_staffed: bool
    address: str  # where an answer is mailed to, with most of it hidden

    def told(self) -> dict[str, Any]:
        return asdict(self)


_PLACES = """
    SELECT id, shop_id, customer_id, place FROM (
        SELECT id, shop_id, customer_id, row_number() OVER (PARTITION BY shop_id ORDER BY queued_at, id) AS place
        FROM chat_conversation
        WHERE holder = 'queue' AND closed_at IS NULL AND shop_id IN (
            SELECT shop_id FROM chat_conversation WHERE id = ANY(%(ids)s) AND holder = 'queue'
        )
    ) AS waiting WHERE id = ANY(%(ids)s)
"""


def prospects(conversation_ids: Iterable[int], *, at: datetime) -> dict[int, Prospect]:
    """Of those among these who wait; as many queries for all as for one."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, {"ids": list(conversation_ids)})
        places = cursor.fetchall()
    if not places:
        return {}
    shops = {shop_id for _pk, shop_id, _customer, _place in places}
    pace = _pace(shops, at=at)
    staffed = {shop_id for shop_id in shops if presence.available(Shop(pk=shop_id), at=at).exists()}
    addresses = dict(Customer.objects.filter(pk__in=[row[2] for row in places]).values_list("pk", "email"))
    return {
        pk: Prospect(
            place=place,
            minutes=math.ceil(place / pace[shop_id]) if shop_id in pace else None,
            is_staffed=shop_id in staffed,
            address=hidden(addresses[customer_id] or ""),
        )
        for pk, shop_id, customer_id, place in places
    }


def of(conversation: Conversation) -> dict[str, Any] | None:
    """What the pane of a waiting conversation shows."""
    if conversation.holder != Holder.QUEUE:
        return None
    found = prospects([conversation.pk], at=timezone.now()).get(conversation.pk)
    return found.told() if found else None


def _pace(shops: set[int], *, at: datetime) -> dict[int, float]:
    """How many leave each queue in a minute."""
    left = Handoff.objects.filter(conversation__shop__in=shops, noticed_at__gte=at - LATELY, noticed_at__lte=at)
    counted = (
        left.order_by("conversation__shop").values_list("conversation__shop").annotate(Count("pk"), Min("noticed_at"))
    )
    return {
        shop: count / max((at - first).total_seconds() / 60, 1) for shop, count, first in counted if count >= FEWEST
    }


def hidden(address: str) -> str:
    """m…@example.com: she knows it again, and nobody else learns it."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}…@{host}" if host else ""
