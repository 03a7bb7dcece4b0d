"""Who changed what, told on the ticket and in the ledger."""

from datetime import datetime

from accounts.models import Customer, User
from analytics.ledger import events
from tickets.models import Kind, Ticket, TicketChange, TicketStatus

Actor = User | Customer | None  # somebody of the team, the customer, or the ticket by itself
What = TicketChange.What

_LENGTH = 500


def note(ticket: Ticket, what: str, *, by: Actor, at: datetime, old: str = "", new: str = "") -> None:
    """A line of the ticket's timeline."""
    side = TicketChange.Side.SYSTEM
    if by is not None:
        side = TicketChange.Side.TEAM if isinstance(by, User) else TicketChange.Side.CUSTOMER
    person = by if isinstance(by, User) else None
    TicketChange.objects.create(
        ticket=ticket, side=side, by=person, what=what, old=old[:_LENGTH], new=new[:_LENGTH], at=at
    )


def move(ticket: Ticket, status: TicketStatus, *, by: Actor, at: datetime) -> None:
    """Give a locked ticket another status. It is the caller who saves."""
    if ticket.status_id == status.pk:
        return
    note(ticket, What.STATUS, old=str(ticket.status), new=str(status), by=by, at=at)
    was, ticket.status, ticket.kind = ticket.kind, status, status.kind
    if was == ticket.kind:
        return
    actor = by or "system"
    events.record("ticket.moved", ticket=ticket, actor=actor, at=at, was=str(was), now=str(ticket.kind))
    if ticket.kind == Kind.SOLVED:
        ticket.solved_at = at
        seconds = (at - ticket.opened_at).total_seconds()
        events.record(
            "ticket.resolved",
            ticket=ticket,
            customer=ticket.customer,
            team=ticket.team,
            actor=actor,
            at=at,
            seconds=seconds,
        )
    elif ticket.kind != Kind.CLOSED:
        ticket.solved_at = None
