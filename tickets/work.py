"""What agents do with a ticket: reply, note, change; and what its customer replies."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Customer, Order, Team, User
from accounts.presence import NotOnTheTeam
from analytics.ledger import events
from tickets import clocks, drafts, history, lifecycle, ports
from tickets.history import What
from tickets.models import Priority, Ticket, TicketField, TicketNote, TicketStatus, TicketValue, Type

NOTE = 5000  # characters
TAG, TAGS = 40, 20


class Empty(ports.Refused):
    def __str__(self) -> str:
        return str(_("Please write something first."))


class Conflict(ValueError):
    """Somebody else has changed it since it was read."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket

    def __str__(self) -> str:
        return str(
            _("Somebody has changed this ticket while you were at it. Nothing of yours is lost; look and save again.")
        )


class Unfit(ValueError):
    """A value this ticket cannot have."""

    def __str__(self) -> str:
        return str(_("This does not fit this ticket: choose from what is offered."))


@transaction.atomic
def reply(
    ticket_id: int, *, by: User, text: str, client_id: str, at: datetime, status: TicketStatus | None = None
) -> None:
    """Answer the customer in the ticket's talk, and say what state it is in now. Whoever answers an orphan has it."""
    ticket = lifecycle.lock_to_speak(ticket_id)
    say(ticket, by=by, text=text, client_id=client_id, at=at)
    drafts.forget(ticket_id, by=by)
    if ticket.assignee_id is None:
        _assign(ticket, by, by=by, at=at)
    if status is not None:
        lifecycle.put(ticket, status, by=by, at=at)
    lifecycle.keep(ticket, at=at)


def say(ticket: Ticket, *, by: User, text: str, client_id: str, at: datetime) -> None:
    """Answer the customer, on a ticket that is locked to speak and which the caller keeps."""
    if ticket.merged_into_id:
        raise lifecycle.Closed
    if not text.strip():
        raise Empty
    if ticket.conversation is None:
        ticket.conversation = ports.talks.begin(ticket.customer, opening_id=f"ticket-{ticket.number}", at=at)
    ports.talks.post_public_reply(ticket.conversation, by=by, text=text, client_id=client_id, at=at)
    lifecycle.hear(ticket)


@transaction.atomic
def reply_as_customer(ticket_id: int, *, by: Customer, text: str, client_id: str, at: datetime) -> None:
    """Her words go into the talk; the ticket hears them there."""
    ticket = lifecycle.lock_to_speak(ticket_id)
    if not text.strip():
        raise Empty
    if ticket.conversation is None:
        ticket.conversation = ports.talks.begin(by, opening_id=f"ticket-{ticket.number}", at=at)
        ticket.save(update_fields=["conversation"])
    ports.talks.post_from_customer(ticket.conversation, text=text, client_id=client_id, at=at)
    lifecycle.hear_talk(ticket.conversation)


def note(ticket_id: int, *, by: User, text: str, client_id: str, at: datetime) -> TicketNote:
    """Keep a note for colleagues, once."""
    text = text.replace("\x00", "").strip()[:NOTE]
    if not text:
        raise Empty
    try:
        with transaction.atomic():
            ticket = Ticket.objects.get(pk=ticket_id)
            written = TicketNote.objects.create(ticket=ticket, author=by, text=text, client_id=client_id, at=at)
            events.record("ticket.noted", ticket=ticket, note=written, actor=by, at=at)
            return written
    except IntegrityError:
        return TicketNote.objects.get(ticket=ticket_id, client_id=client_id)


@transaction.atomic
def change(ticket_id: int, wanted: Mapping[str, Any], *, version: int, by: User, at: datetime) -> Ticket:
    """Change some of a ticket, if it still is as it was read."""
    ticket = lifecycle.lock(ticket_id)
    if ticket.version != version:
        raise Conflict(ticket)
    put(ticket, wanted, by=by, at=at)
    lifecycle.keep(ticket, at=at)
    return ticket


def put(ticket: Ticket, wanted: Mapping[str, Any], *, by: history.Actor, at: datetime) -> None:
    """The same, on a locked ticket which the caller keeps."""
    for part, value in wanted.items():
        _CHANGES[part](ticket, value, by=by, at=at)
    if wanted.keys() & {"priority", "type", "team", "tags"}:
        clocks.turn(ticket, at=at)


@transaction.atomic
def take(ticket_id: int, *, by: User, at: datetime) -> None:
    """An agent makes it hers, whoever had it."""
    ticket = lifecycle.lock(ticket_id)
    _assign(ticket, by, by=by, at=at)
    lifecycle.keep(ticket, at=at)


@transaction.atomic
def follow(ticket_id: int, *, by: User, at: datetime, on: bool) -> None:
    """Somebody wants to know how it goes on, or no longer."""
    ticket = lifecycle.lock(ticket_id)
    if on == ticket.followers.filter(pk=by.pk).exists():
        return
    (ticket.followers.add if on else ticket.followers.remove)(by)
    history.note(ticket, What.FOLLOWERS, old="" if on else str(by), new=str(by) if on else "", by=by, at=at)
    events.record("ticket.changed", ticket=ticket, actor=by, at=at, what="followers")


def words_of(text: str) -> list[str]:
    """Tags as they are typed, with commas between."""
    found = dict.fromkeys(" ".join(word.split())[:TAG].lower() for word in text.replace("\x00", "").split(","))
    return [word for word in found if word][:TAGS]


# Each part of a locked ticket.


def _put_status(ticket: Ticket, status: TicketStatus, *, by: history.Actor, at: datetime) -> None:
    lifecycle.put(ticket, status, by=by, at=at)


def _assign(ticket: Ticket, to: User | None, *, by: history.Actor, at: datetime) -> None:
    if to is not None and not to.works_for(ticket.shop):
        raise NotOnTheTeam
    if ticket.assignee_id == (to.pk if to else None):
        return
    history.note(ticket, What.ASSIGNEE, old=_name(ticket.assignee), new=_name(to), by=by, at=at)
    ticket.assignee = to
    events.record("ticket.assigned", ticket=ticket, to=to, actor=by, at=at)


def _put_team(ticket: Ticket, team: Team | None, *, by: history.Actor, at: datetime) -> None:
    if team is not None and team.shop_id != ticket.shop_id:
        raise Unfit
    if ticket.team_id == (team.pk if team else None):
        return
    history.note(ticket, What.TEAM, old=_name(ticket.team), new=_name(team), by=by, at=at)
    ticket.team = team
    events.record("ticket.assigned", ticket=ticket, team=team, actor=by, at=at)


def _put_subject(ticket: Ticket, subject: str, *, by: history.Actor, at: datetime) -> None:
    if subject := " ".join(subject.replace("\x00", "").split())[:200]:
        _replace(ticket, "subject", subject, ticket.subject, subject, by=by, at=at)


def _put_priority(ticket: Ticket, priority: int, *, by: history.Actor, at: datetime) -> None:
    if priority not in Priority.values:
        raise Unfit
    old, new = (str(Priority(one).label) for one in (ticket.priority, priority))
    _replace(ticket, "priority", priority, old, new, by=by, at=at)


def _put_type(ticket: Ticket, type_: str, *, by: history.Actor, at: datetime) -> None:
    if type_ not in Type.values:
        raise Unfit
    old, new = (str(Type(one).label) for one in (ticket.type, type_))
    _replace(ticket, "type", type_, old, new, by=by, at=at)


def _put_tags(ticket: Ticket, tags: list[str], *, by: history.Actor, at: datetime) -> None:
    _replace(ticket, "tags", tags, ", ".join(ticket.tags), ", ".join(tags), by=by, at=at)


def _put_orders(ticket: Ticket, orders: Iterable[Order], *, by: history.Actor, at: datetime) -> None:
    wanted, had = list(orders), list(ticket.orders.order_by("pk"))
    if any(order.shop_id != ticket.shop_id or order.customer_id != ticket.customer_id for order in wanted):
        raise Unfit
    if {order.pk for order in wanted} == {order.pk for order in had}:
        return
    old, new = (", ".join(order.number for order in some) for some in (had, wanted))
    history.note(ticket, What.ORDERS, old=old, new=new, by=by, at=at)
    ticket.orders.set(wanted)
    events.record("ticket.changed", ticket=ticket, actor=by, at=at, what="orders")


def _replace(ticket: Ticket, part: str, value: Any, old: str, new: str, *, by: history.Actor, at: datetime) -> None:
    if getattr(ticket, part) == value:
        return
    history.note(ticket, part, old=old, new=new, by=by, at=at)
    setattr(ticket, part, value)
    events.record("ticket.changed", ticket=ticket, actor=by, at=at, what=part)


def _put_fields(ticket: Ticket, values: Mapping[int, str], *, by: history.Actor, at: datetime) -> None:
    """Some of its fields, by key; an empty text is none."""
    fields_ = {field.pk: field for field in TicketField.objects.filter(shop=ticket.shop, pk__in=values)}
    had = dict(TicketValue.objects.filter(ticket=ticket, field__in=fields_).values_list("field", "value"))
    for pk, value in values.items():
        if pk not in fields_:
            raise Unfit
        old, new = had.get(pk, ""), value[:500]
        if old == new:
            continue
        if new:
            TicketValue.objects.update_or_create(ticket=ticket, field=fields_[pk], defaults={"value": new})
        else:
            TicketValue.objects.filter(ticket=ticket, field=pk).delete()
        told = [f"{fields_[pk]}: {text}" if text else "" for text in (old, new)]
        history.note(ticket, What.FIELD, old=told[0], new=told[1], by=by, at=at)
        events.record("ticket.changed", ticket=ticket, actor=by, at=at, what="field")


def _name(one: User | Team | None) -> str:
    return str(one) if one else ""


_CHANGES: dict[str, Callable[..., None]] = {
    "status": _put_status,
    "assignee": _assign,
    "team": _put_team,
    "subject": _put_subject,
    "priority": _put_priority,
    "type": _put_type,
    "tags": _put_tags,
    "orders": _put_orders,
    "fields": _put_fields,
}
