"""One line after the other: what was said, what colleagues noted, what was changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets import ports
from tickets.models import Ticket, TicketChange, TicketNote


@dataclass(frozen=True)
class Entry:
    kind: str  # message, note or change
    at: datetime
    it: Any


def of(ticket: Ticket) -> list[Entry]:
    """Everything, oldest first, for the team."""
    notes = TicketNote.objects.filter(ticket=ticket).select_related("author").order_by("at", "pk")
    changes = TicketChange.objects.filter(ticket=ticket).select_related("by").order_by("at", "pk")
    entries = [
        *(Entry("message", line.at, line) for line in said(ticket)),
        *(Entry("change", change.at, change) for change in changes),
        *(Entry("note", note.at, note) for note in notes),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def said(ticket: Ticket) -> list[ports.Line]:
    """What was said to each other, for both sides."""
    if ticket.conversation is None:
        return []
    return list(ports.talks.timeline(ticket.conversation, after=ticket.begins_after, upto=ticket.ends_with))
