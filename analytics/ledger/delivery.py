"""Who wants to hear of what: every event reaches its subscribers at least once, and in order per subject.

A subscriber reads the ledger by a cursor of its own, one event a transaction: its effect in the database and the step
of the cursor are committed together. If it fails, the event is set aside and tried again later and later; until it
succeeds, later events of the same subject queue up behind it, all others go on. After MAX_ATTEMPTS it waits for a
person (`manage.py ledger replay`). What a subscriber does outside of the database may happen twice, but never not at
all.
"""

import logging
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from celery import shared_task
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from analytics.ledger.catalogue import KINDS
from analytics.ledger.cursors import newest, settled
from analytics.ledger.models import Cursor, Delivery, Event

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=2)  # doubles with each attempt: the eighth comes about four minutes after the first
PAGE = 200
LOOKS, LOOK_AGAIN = 5, 0.1  # how often, and after how many seconds, before it is left to the sweep
TURN = 10.0  # seconds one task may go on, so that no subscriber keeps a worker to itself

Handler = Callable[[Event], None]


@dataclass(frozen=True)
class Subscriber:
    """A function that wants to hear of some kinds. Its name is its place in the ledger: renamed, it is a new one."""

    name: str
    kinds: frozenset[str]
    handle: Handler


SUBSCRIBERS: dict[str, Subscriber] = {}


class NobodyWouldHear(ValueError):
    """A pattern matches no kind of the catalogue."""


def on(*patterns: str, name: str = "") -> Callable[[Handler], Handler]:
    """Call the function for every event whose kind matches: `@on("ticket.*", "message.received")`."""
    kinds = frozenset(kind for kind in KINDS for pattern in patterns if fnmatchcase(kind, pattern))
    for pattern in patterns:
        if not any(fnmatchcase(kind, pattern) for kind in kinds):
            raise NobodyWouldHear(f"No kind in the catalogue matches {pattern!r}.")

    def subscribe(handle: Handler) -> Handler:
        known_as = name or f"{handle.__module__.removesuffix('.subscribers')}.{handle.__name__}"
        if known_as in SUBSCRIBERS:
            raise ValueError(f"Two subscribers are called {known_as}.")
        SUBSCRIBERS[known_as] = Subscriber(known_as, kinds, handle)
        return handle

    return subscribe


def wake(kind: str) -> None:
    """After the commit, let the subscribers know. Should the call get lost, the sweep finds the event."""
    if not any(kind in subscriber.kinds for subscriber in SUBSCRIBERS.values()):
        return
    if any(call[1] is _send for call in connection.run_on_commit):
        return
    transaction.on_commit(_send, robust=True)


def _send() -> None:
    if cache.add("ledger:woken", 1, timeout=1):  # many commits, one task
        dispatch.apply_async((LOOKS,), retry=False)


@shared_task(name="ledger.dispatch")
def dispatch(looks: int = 0) -> None:
    """Find the subscribers that have something to do and give each a task of its own."""
    cache.delete("ledger:woken")
    for reader in waiting():
        deliver.delay(reader)
    if looks and settled() < newest():  # somebody is still writing: look again soon
        dispatch.apply_async((looks - 1,), countdown=LOOK_AGAIN)


@shared_task(name="ledger.deliver", soft_time_limit=60)
def deliver(reader: str) -> int:
    """Hand a subscriber what it has not had. Safe to run twice: whoever holds the cursor works, the others leave."""
    subscriber = SUBSCRIBERS.get(reader)
    if subscriber is None:
        return 0
    started = time.monotonic()
    handed = 0
    for held_up in _due(subscriber):
        if time.monotonic() > started + TURN / 2 or not _retry(subscriber, held_up):
            break
        handed += 1
    for event, before in _unread(subscriber):
        if time.monotonic() > started + TURN or not _step(subscriber, event, before=before):
            break
        handed += 1
    return handed


def waiting() -> Iterator[str]:
    """The subscribers with something to do. Those who missed nothing of theirs move on without being called."""
    horizon, cursors = settled(), _cursors()
    due = set(_due_heads(timezone.now()).values_list("reader", flat=True))
    for subscriber in SUBSCRIBERS.values():
        last = cursors[subscriber.name]
        if subscriber.name in due:
            yield subscriber.name
        elif last < horizon:
            if _between(subscriber, last, horizon).exists():
                yield subscriber.name
            else:
                Cursor.objects.filter(reader=subscriber.name, last=last).update(last=horizon, moved_at=timezone.now())


def parked() -> QuerySet[Delivery]:
    """What was given up on, until a person has it tried again."""
    return Delivery.objects.filter(due_at=None).order_by("reader", "subject", "event")


def replay(*, reader: str | None = None, subject: str | None = None) -> int:
    """Try again, now, what was given up on."""
    again = Delivery.objects.filter(due_at=None)
    if reader is not None:
        again = again.filter(reader=reader)
    if subject is not None:
        again = again.filter(subject=subject)
    return again.update(due_at=timezone.now(), attempts=0)


@dataclass(frozen=True)
class Standing:
    """How a subscriber is doing."""

    reader: str
    last: int
    unread: int
    held_up: int
    is_listening: bool

    def __str__(self) -> str:
        gone = "" if self.is_listening else ", no longer listening"
        return f"{self.reader}: at {self.last}, {self.unread} unread, {self.held_up} held up{gone}"


def standings() -> Iterator[Standing]:
    """How every subscriber is doing, those included that are gone."""
    horizon = settled()
    held_up = Counter(Delivery.objects.values_list("reader", flat=True))
    for reader, last in sorted(_cursors().items()):
        subscriber = SUBSCRIBERS.get(reader)
        unread = _between(subscriber, last, horizon).count() if subscriber else 0
        yield Standing(reader, last, unread, held_up[reader], subscriber is not None)


def _cursors() -> dict[str, int]:
    """Where each subscriber stands. In an empty installation they begin at the beginning; a later one begins now."""
    found = dict(Cursor.objects.values_list("reader", "last"))
    if new := [name for name in SUBSCRIBERS if name not in found]:
        start = settled() if found else 0
        Cursor.objects.bulk_create([Cursor(reader=name, last=start) for name in new], ignore_conflicts=True)
        found = dict(Cursor.objects.values_list("reader", "last"))
    return found


def _between(subscriber: Subscriber, last: int, horizon: int) -> QuerySet[Event]:
    return Event.objects.filter(pk__gt=last, pk__lte=horizon, kind__in=subscriber.kinds).order_by("pk")


def _unread(subscriber: Subscriber) -> Iterator[tuple[Event, int]]:
    """Each unread event, with where the cursor must stand when its turn comes."""
    last = _cursors()[subscriber.name]
    while page := list(_between(subscriber, last, settled())[:PAGE]):
        for event in page:
            yield event, last
            last = event.pk


def _step(subscriber: Subscriber, event: Event, *, before: int) -> bool:
    """Hand over one event and move the cursor, or do neither; False when another worker is on it."""
    with transaction.atomic(durable=True):
        cursor = _hold(subscriber)
        if cursor is None or cursor.last != before:
            return False
        if Delivery.objects.filter(reader=subscriber.name, subject=event.subject).exists():
            Delivery.objects.create(reader=subscriber.name, event=event, subject=event.subject, due_at=timezone.now())
        elif trouble := _trouble(subscriber, event):
            held_up = Delivery(reader=subscriber.name, event=event, subject=event.subject)
            _put_off(held_up, trouble)
        cursor.last = event.pk
        cursor.save(update_fields=["last", "moved_at"])
    return True


def _due_heads(now: datetime) -> QuerySet[Delivery]:
    """The first held-up event of each subject, where its time has come."""
    heads = Delivery.objects.order_by("reader", "subject", "event").distinct("reader", "subject")
    return Delivery.objects.filter(pk__in=heads.values("pk"), due_at__lte=now)


def _due(subscriber: Subscriber) -> Iterator[Delivery]:
    """What to try again now; a success frees the next of its subject."""
    ours = Delivery.objects.filter(reader=subscriber.name).select_related("event").order_by("due_at", "pk")
    while heads := list(ours.filter(pk__in=_due_heads(timezone.now()).values("pk"))[:PAGE]):
        yield from heads


def _retry(subscriber: Subscriber, held_up: Delivery) -> bool:
    with transaction.atomic(durable=True):
        if _hold(subscriber) is None:
            return False
        if not Delivery.objects.filter(pk=held_up.pk, due_at=held_up.due_at).exists():  # another worker was first
            return False
        if trouble := _trouble(subscriber, held_up.event):
            _put_off(held_up, trouble)
        else:
            held_up.delete()
    return True


def _put_off(held_up: Delivery, trouble: str) -> None:
    """Try later, and each time twice as late; in the end leave it to a person."""
    held_up.attempts += 1
    held_up.error = trouble
    pause = FIRST_PAUSE * 2 ** (held_up.attempts - 1)
    held_up.due_at = timezone.now() + pause if held_up.attempts < MAX_ATTEMPTS else None
    held_up.save()


def _hold(subscriber: Subscriber) -> Cursor | None:
    return Cursor.objects.select_for_update(skip_locked=True, no_key=True).filter(reader=subscriber.name).first()


def _trouble(subscriber: Subscriber, event: Event) -> str:
    """Hand over the event; say what went wrong, in words that cannot name a person, with its effect undone."""
    try:
        with transaction.atomic():
            subscriber.handle(event)
    except Exception as error:
        logger.exception("%s failed at event %s", subscriber.name, event.pk)
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {last.filename.rpartition('/')[2]}:{last.lineno}"
    return ""
