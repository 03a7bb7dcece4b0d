"""What agents have begun to write on a ticket."""

from datetime import datetime

from accounts.models import User
from tickets.models import TicketDraft

LONGEST = 5000


def keep(ticket_id: int, *, by: User, text: str, at: datetime) -> None:
    """The newest words win; none at all are no draft."""
    if not text.strip():
        forget(ticket_id, by=by)
        return
    kept = {"text": text.replace("\x00", "")[:LONGEST], "at": at}
    TicketDraft.objects.update_or_create(ticket_id=ticket_id, user=by, defaults=kept)


def forget(ticket_id: int, *, by: User) -> None:
    TicketDraft.objects.filter(ticket_id=ticket_id, user=by).delete()


def of(ticket_id: int, *, by: User) -> str:
    found = TicketDraft.objects.filter(ticket_id=ticket_id, user=by).values_list("text", flat=True).first()
    return found or ""
