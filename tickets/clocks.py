"""The clocks of a ticket: how long somebody was at work on what we owe, when it is due, and that it is overdue.

What was counted is counted up to a moment, with the hours and the promise of that time; from there on the next moment
of warning and breach is foreseen. So a look costs nothing, and a change in between changes only what comes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from analytics.ledger import events
from tickets import history, terms
from tickets.hours import Hours
from tickets.models import Clock, Kind, PastTerms, Promise, Ticket
from tickets.terms import Book, Terms

RUNNING = (Kind.NEW, Kind.OPEN, Kind.ON_HOLD)  # else we wait for the customer, or it is done
Rang = tuple[Clock, str, datetime]  # "warned" or "broken", and since when


# One clock, in memory.


def settle(clock: Clock, hours: Hours, at: datetime) -> list[Rang]:
    """Count up to a moment; what went by before it has rung."""
    rang = ring(clock, at, also_now=False)
    if clock.running_since is not None:
        clock.counted += hours.worked(clock.running_since, at)
        clock.running_since = max(at, clock.running_since)
    return rang


def plan(clock: Clock, terms: Terms, *, runs: bool, at: datetime) -> None:
    """From a moment on these terms hold, and it runs or stands."""
    clock.promised, clock.warn = terms.promised.get(clock.promise), terms.warn
    clock.policy_id, clock.hours_id = terms.policy_id, terms.hours_id
    clock.running_since = max(at, clock.running_since or at) if clock.is_owed and runs else None
    clock.warn_at = clock.due_at = None
    if clock.running_since is None or clock.promised is None:
        return
    left = clock.promised - clock.counted
    if clock.broken_at is None:
        clock.due_at = terms.hours.after(clock.running_since, left)
    if clock.warned_at is None:
        clock.warn_at = terms.hours.after(clock.running_since, left - clock.warn)


def ring(clock: Clock, at: datetime, *, also_now: bool = True) -> list[Rang]:
    """What has gone by and nobody was told of."""
    rang: list[Rang] = []
    for when, told, what in (("warn_at", "warned_at", "warned"), ("due_at", "broken_at", "broken")):
        moment = getattr(clock, when)
        if moment is not None and getattr(clock, told) is None and (moment < at or (also_now and moment == at)):
            setattr(clock, told, moment)
            rang.append((clock, what, moment))
    return rang


def said(clocks: dict[str, Clock], side: str) -> None:
    """What a word of the customer or of the team does to what is owed. All are settled."""
    if side == "team":
        clocks[Promise.FIRST].is_owed = clocks[Promise.NEXT].is_owed = False
    elif not clocks[Promise.FIRST].is_owed and not clocks[Promise.NEXT].is_owed:
        following = clocks[Promise.NEXT]
        following.is_owed, following.counted, following.running_since = True, timedelta(), None
        following.warned_at = following.broken_at = None


# The clocks of a ticket that is locked.


def begin(ticket: Ticket, *, at: datetime, is_answered: bool = False) -> None:
    """A ticket is opened; whoever was answered before needs no first reply."""
    book = terms.now(ticket.shop)
    clocks = [
        Clock(ticket=ticket, promise=Promise.FIRST, is_owed=not is_answered),
        Clock(ticket=ticket, promise=Promise.NEXT, is_owed=False),
        Clock(ticket=ticket, promise=Promise.RESOLUTION),
    ]
    for clock in clocks:
        plan(clock, book.terms(ticket), runs=ticket.kind in RUNNING, at=at)
    Clock.objects.bulk_create(clocks)
    _show(ticket, clocks, edition=book.edition)


def turn(ticket: Ticket, *, at: datetime, side: str = "") -> None:
    """Something about the ticket is different now: its status, what holds for it, or who spoke last."""
    clocks = {clock.promise: clock for clock in _locked(ticket)}
    if not clocks:
        return
    book = terms.now(ticket.shop)
    rang = [one for clock in clocks.values() for one in settle(clock, book.hours(clock.hours_id), at)]
    if side:
        said(clocks, side)
    holds = book.terms(ticket)
    for clock in clocks.values():
        plan(clock, holds, runs=ticket.kind in RUNNING, at=at)
        clock.save()
    _tell(ticket, rang)
    _show(ticket, clocks.values(), edition=book.edition)


def catch_up(ticket: Ticket) -> None:
    """What the shop promises was changed since: count up to each change by what held, and go on by what held then."""
    changes = list(PastTerms.objects.filter(shop=ticket.shop_id, pk__gt=ticket.terms).order_by("pk"))
    if not changes:
        return
    clocks, rang = _locked(ticket), []
    books = [*(Book(change.book) for change in changes), terms.now(ticket.shop)]
    for place, change in enumerate(changes):
        held, holds = books[place].terms(ticket), books[place + 1].terms(ticket)
        for clock in clocks:
            rang += settle(clock, held.hours, change.until)
            plan(clock, holds, runs=ticket.kind in RUNNING, at=change.until)
    for clock in clocks:
        clock.save()
    _tell(ticket, rang)
    _show(ticket, clocks, edition=changes[-1].pk)


def claim(ticket: Ticket, *, at: datetime) -> int:
    """Tell of what has rung by now, once: whoever changes the row first is the one who tells."""
    told = 0
    for clock in Clock.objects.filter(ticket=ticket).order_by("pk"):
        for one, what, moment in ring(clock, at):
            field = f"{what}_at"
            unclaimed = Clock.objects.filter(pk=one.pk, **{field: None}, **{_WHEN[what]: moment})
            if unclaimed.update(**{field: moment}):
                _tell(ticket, [(one, what, moment)])
                told += 1
    return told


def ringing(at: datetime) -> list[int]:
    """Tickets of which somebody is to be told, the longest overdue first."""
    late = Q(due_at__lte=at, broken_at=None) | Q(warn_at__lte=at, warned_at=None)
    found = Clock.objects.filter(late).order_by("due_at", "pk").values_list("ticket", flat=True)
    return list(dict.fromkeys(found[:500]))


_WHEN = {"warned": "warn_at", "broken": "due_at"}


def _tell(ticket: Ticket, rang: Iterable[Rang]) -> None:
    for clock, what, moment in rang:
        promise = str(Promise(clock.promise).label)
        history.note(ticket, what, new=promise, by=None, at=moment)
        about = str(clock.promise)
        if what == "broken":
            events.record("ticket.broken", ticket=ticket, actor="system", at=moment, promise=about)
        else:
            events.record("ticket.warned", ticket=ticket, actor="system", at=moment, promise=about)


def _locked(ticket: Ticket) -> list[Clock]:
    return list(Clock.objects.select_for_update().filter(ticket=ticket).order_by("pk"))


def _show(ticket: Ticket, clocks: Iterable[Clock], *, edition: int) -> None:
    """What a list shows of it: the first thing that is due, or has been since. And by which promises they are set."""
    running = [clock for clock in clocks if clock.running_since is not None]
    moments = [moment for clock in running if (moment := clock.broken_at or clock.due_at) is not None]
    ticket.due_at = min(moments, default=None)
    ticket.terms = edition
    Ticket.objects.filter(pk=ticket.pk).update(due_at=ticket.due_at, terms=edition)
