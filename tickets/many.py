"""One thing done to many tickets, each by its own story; what cannot be done to one is done to the others."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts.many import Done, each
from accounts.models import Team, User
from accounts.presence import NotOnTheTeam
from tickets import lifecycle, macros, ports, statuses, work
from tickets.models import Macro, Ticket

REFUSALS = (ports.Refused, lifecycle.Closed, lifecycle.NotNow, work.Unfit, macros.NotOfThisShop, NotOnTheTeam)


def change(tickets: Iterable[Ticket], wanted: dict[str, Any], *, by: User, at: datetime) -> Done:
    """Change these parts of all of them, whatever they were."""
    return _each(tickets, lambda one: _change(one.pk, wanted, by=by, at=at))


def assign(tickets: Iterable[Ticket], *, to: User | Team, by: User, at: datetime) -> Done:
    """Give them to a colleague or to a team."""
    return change(tickets, {"team" if isinstance(to, Team) else "assignee": to}, by=by, at=at)


def move(tickets: Iterable[Ticket], kind: str, *, by: User, at: datetime) -> Done:
    """Give each the usual status of this kind in its shop."""
    return _each(tickets, lambda one: _change(one.pk, {"status": statuses.first(one.shop, kind)}, by=by, at=at))


def tag(tickets: Iterable[Ticket], words: str, *, by: User, at: datetime) -> Done:
    """Add tags to those they have."""
    return _each(tickets, lambda one: _tag(one.pk, work.words_of(words), by=by, at=at))


def use(tickets: Iterable[Ticket], macro: Macro, *, by: User, at: datetime) -> Done:
    return _each(tickets, lambda one: macros.use(one.pk, macro, by=by, client_id=f"many-{uuid4()}", at=at))


@transaction.atomic
def _change(ticket_id: int, wanted: dict[str, Any], *, by: User, at: datetime) -> None:
    ticket = lifecycle.lock(ticket_id)
    if ticket.merged_into_id:
        raise lifecycle.Closed
    work.put(ticket, wanted, by=by, at=at)
    lifecycle.keep(ticket, at=at)


@transaction.atomic
def _tag(ticket_id: int, words: list[str], *, by: User, at: datetime) -> None:
    ticket = lifecycle.lock(ticket_id)
    _change(ticket.pk, {"tags": list(dict.fromkeys([*ticket.tags, *words]))[: work.TAGS]}, by=by, at=at)


def _each(tickets: Iterable[Ticket], story: Any) -> Done:
    return each(tickets, story, refusals=REFUSALS, name=str)
