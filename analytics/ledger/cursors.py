"""How far the ledger may be read, so that a reader who only remembers a number never skips an event.

Ids are handed out before commit: when 8 is there to be read, 7 may still be on its way. So an id is read only once it
is settled, that is, once every transaction that could hold it or a smaller one has ended. Two things make that known:

1. A transaction has its number (xid) before any of its events has an id (`ledger_next_event_id`).
2. We note the newest id first and take our own xid second. Whoever holds an id up to the noted one therefore has a
   smaller xid than we, and is done when `pg_snapshot_xmin` has come up to ours.

Everybody reads settled events by id. Per subject that is the order in which things happened to it, as long as events
are recorded under its row lock: if A comes before B, A's transaction has ended before B's gets the lock, so A's id was
drawn before B's. It does not matter who drew an xid first. Windows of xids would get that wrong: B's transaction may
have drawn its xid early, for another row, and waited for the lock: B is below xmin while A, with a larger xid, is not.
See docs/decisions/0002-ledger-cursor.md.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection, transaction

from analytics.ledger.models import Event, Horizon

_THE_ROW = 1


@dataclass(frozen=True)
class Page:
    """A stretch of the ledger, and the number to ask for the next one with."""

    events: list[Event]
    cursor: int
    has_more: bool


def read_since(
    cursor: int, *, kinds: Collection[str] | None = None, shop_id: int | None = None, limit: int = 100
) -> Page:
    """The settled events after a cursor, oldest first; asking again with its cursor skips and repeats nothing."""
    horizon = settled()
    found = Event.objects.filter(pk__gt=cursor, pk__lte=horizon)
    if kinds is not None:
        found = found.filter(kind__in=kinds)
    if shop_id is not None:
        found = found.filter(shop_id=shop_id)
    events = list(found.order_by("pk")[: limit + 1])
    if len(events) > limit:
        return Page(events[:limit], events[limit - 1].pk, has_more=True)
    return Page(events, max(cursor, horizon), has_more=False)


def settled() -> int:
    """The id up to which the ledger can no longer change; moves it on if it can be moved."""
    if connection.in_atomic_block:  # our own xid may be older than the newest id, so we can only trust what is noted
        return Horizon.objects.filter(pk=_THE_ROW).values_list("settled", flat=True).first() or 0
    noted = Horizon.objects.filter(pk=_THE_ROW).first() or Horizon.objects.get_or_create(pk=_THE_ROW)[0]
    latest = newest()
    if latest <= noted.settled:
        return noted.settled
    with transaction.atomic(durable=True):
        row = Horizon.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=_THE_ROW).first()
        if row is None:  # somebody is moving it right now
            return noted.settled
        _move(row, latest)
        return row.settled


def newest() -> int:
    """The last id that was handed out, settled or not."""
    with connection.cursor() as sql:
        sql.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ledger_event_number")
        return int(sql.fetchone()[0])


def _move(row: Horizon, latest: int) -> None:
    if latest <= row.settled:
        return
    ours, oldest = _our_xid_and_the_oldest()
    before = (row.settled, row.fence, row.fence_xid)
    if oldest >= ours:
        row.settled, row.fence, row.fence_xid = latest, None, None  # nobody else is writing
    elif row.fence is not None and row.fence_xid is not None and oldest >= row.fence_xid:
        row.settled, row.fence, row.fence_xid = row.fence, latest, ours
    elif row.fence_xid is None or row.fence_xid > ours:  # none yet, or noted on a server this database was moved from
        row.fence, row.fence_xid = latest, ours
    if before != (row.settled, row.fence, row.fence_xid):
        row.save(update_fields=["settled", "fence", "fence_xid"])


def _our_xid_and_the_oldest() -> tuple[int, int]:
    with connection.cursor() as sql:
        sql.execute("SELECT pg_current_xact_id()::text, pg_snapshot_xmin(pg_current_snapshot())::text")
        ours, oldest = sql.fetchone()
        return int(ours), int(oldest)
