"""What a ticket keeps about people."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from accounts.models import Customer
from accounts.privacy import harmless, personal, register
from tickets.models import Ticket, TicketChange, TicketDraft, TicketMerge, TicketNote, TicketValue


def _of(customer: Customer, path: str = "") -> Q:
    """Of their row, and of those that were merged into it."""
    return Q(**{f"{path}customer": customer}) | Q(**{f"{path}customer__merged_into": customer})


def export_tickets(customer: Customer) -> Iterator[dict[str, Any]]:
    for ticket in Ticket.objects.filter(_of(customer)).order_by("pk"):
        yield {
            "number": ticket.number,
            "subject": ticket.subject,
            "status": ticket.kind,
            "opened_at": ticket.opened_at,
            "solved_at": ticket.solved_at,
            "tags": ticket.tags,
            "score": ticket.score,
            "words": ticket.words,
        }


def erase_tickets(customer: Customer) -> int:
    """That there was work to do stays counted; what it was about is gone."""
    return Ticket.objects.filter(_of(customer)).update(subject="-", tags=[], words="", opening_id=None)


def export_notes(customer: Customer) -> Iterator[dict[str, Any]]:
    for note in TicketNote.objects.filter(_of(customer, "ticket__")).order_by("pk"):
        yield {"text": note.text, "at": note.at}


def erase_notes(customer: Customer) -> int:
    return TicketNote.objects.filter(_of(customer, "ticket__")).delete()[0]


def export_changes(customer: Customer) -> Iterator[dict[str, Any]]:
    for change in TicketChange.objects.filter(_of(customer, "ticket__")).order_by("pk"):
        yield {"what": change.what, "before": change.old, "after": change.new, "at": change.at}


def erase_changes(customer: Customer) -> int:
    return TicketChange.objects.filter(_of(customer, "ticket__")).delete()[0]


def export_merges(customer: Customer) -> Iterator[dict[str, Any]]:
    for merge in TicketMerge.objects.filter(_of(customer, "source__")).order_by("pk"):
        yield {"merged_at": merge.at, "undone_at": merge.undone_at}


def erase_merges(customer: Customer) -> int:
    """They stay merged; what could tell them apart is gone."""
    return TicketMerge.objects.filter(_of(customer, "source__")).update(kept={})


def export_values(customer: Customer) -> Iterator[dict[str, Any]]:
    values = TicketValue.objects.filter(_of(customer, "ticket__")).select_related("field")
    for value in values.order_by("pk"):
        yield {"field": value.field.name, "value": value.value}


def erase_values(customer: Customer) -> int:
    return TicketValue.objects.filter(_of(customer, "ticket__")).delete()[0]


def export_drafts(customer: Customer) -> Iterator[dict[str, Any]]:
    """What was never said to anybody is the agent's."""
    yield from ()


def erase_drafts(customer: Customer) -> int:
    return TicketDraft.objects.filter(_of(customer, "ticket__")).delete()[0]


register(
    Ticket,
    personal("customer", "assignee", "subject", "tags", "words"),
    harmless("opening_id"),
    export=export_tickets,
    erase=erase_tickets,
)
register("tickets.Ticket_followers", personal("user"))
register(TicketNote, personal("author", "text"), harmless("client_id"), export=export_notes, erase=erase_notes)
register(TicketChange, personal("by", "old", "new"), export=export_changes, erase=erase_changes)
register(TicketValue, personal("value"), export=export_values, erase=erase_values)
register(TicketDraft, personal("user", "text"), export=export_drafts, erase=erase_drafts)
register("tickets.TicketView", personal("owner"), harmless("name", "asked"))
register("tickets.Macro", personal("assignee"), harmless("name", "type", "add_tags", "remove_tags", "note", "reply"))
register(TicketMerge, personal("by", "kept"), export=export_merges, erase=erase_merges)
register("tickets.TicketStatus", harmless("name"))
register(
    "tickets.WorkingHours",
    harmless("name", "time_zone"),
    harmless("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
register("tickets.Holiday", harmless("name"))
register("tickets.PastTerms", harmless("book"))
register(
    "tickets.Rule",
    personal("assignee", "speaker"),
    harmless("name", "type", "add_tags", "remove_tags", "note", "reply", "when"),
)
register("tickets.RuleCondition", harmless("must", "test", "value"))
register("tickets.RuleRun", personal("why"), harmless("name", "outcome", "chain", "caused"))
register("tickets.TicketField", harmless("name", "choices"))
register("tickets.Policy", harmless("name", "priorities", "types", "tags"))
