"""One line after the other: what was said, what colleagues noted, what was changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets import joining, ports
from tickets.models import Ticket, TicketChange, TicketNote


@dataclass(frozen=True)
class Entry:
    kind: str  # message, note or change
    at: datetime
    it: Any


def of(ticket: Ticket) -> list[Entry]:
    """Everything, oldest first, for the team."""
    family = joining.family(ticket)
    notes = TicketNote.objects.filter(ticket__in=family).select_related("author").order_by("at", "pk")
    changes = TicketChange.objects.filter(ticket=ticket).select_related("by").order_by("at", "pk")
    entries = [
        *(Entry("message", line.at, line) for line in said(*family)),
        *(Entry("change", change.at, change) for change in changes),
        *(Entry("note", note.at, note) for note in notes),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def said(*family: Ticket) -> list[ports.Line]:
    """What was said to each other, for both sides."""
    lines: list[ports.Line] = []
    for one in family:
        if one.split_from is not None and one.split_from.conversation is not None and one.split_seq is not None:
            lines += ports.talks.timeline(one.split_from.conversation, after=one.split_seq - 1, upto=one.split_seq)
        if one.conversation is not None:
            lines += ports.talks.timeline(one.conversation, after=one.begins_after, upto=one.ends_with)
    return sorted(lines, key=lambda line: line.at)
