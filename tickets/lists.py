"""The agents' lists: which tickets, in which order, and how many there are of each."""

from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models import Kind, Ticket
from tickets.models.status import UNDONE
from tickets.models.ticket import TicketQuerySet

_LIVE = Q(kind__in=UNDONE, merged_into=None)
LISTS = {
    "mine": (_("Mine"), lambda user: _LIVE & Q(assignee=user)),
    "free": (_("Nobody's"), lambda user: _LIVE & Q(assignee=None)),
    "undone": (_("All to do"), lambda user: _LIVE),
    "waiting": (_("Waiting on the customer"), lambda user: Q(kind=Kind.WAITING, merged_into=None)),
    "on_hold": (_("On hold"), lambda user: Q(kind=Kind.ON_HOLD, merged_into=None)),
    "followed": (_("Followed"), lambda user: Q(pk__in=user.followed_tickets.values("pk"))),
    "solved": (_("Solved"), lambda user: Q(kind=Kind.SOLVED, merged_into=None)),
    "closed": (_("Closed"), lambda user: Q(kind=Kind.CLOSED, merged_into=None)),
}
COUNTED = ("mine", "free", "undone", "waiting", "on_hold")  # what is done is not worth counting each time
ORDERS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "changed": (_("Last changed"), ("-changed_at", "-pk")),
    "newest": (_("Newest"), ("-opened_at", "-pk")),
    "oldest": (_("Oldest"), ("opened_at", "pk")),
    "due": (_("Due first"), (F("due_at").asc(nulls_last=True), "pk")),
    "priority": (_("Most urgent"), ("-priority", "opened_at", "pk")),
}


def of(user: User, name: str, *, order: str, filters: dict[str, Any]) -> TicketQuerySet:
    """One list of what an agent may work on."""
    found = Ticket.objects.staffed_by(user).filter(LISTS[name][1](user), **filters)
    return found.order_by(*ORDERS[order][1]).select_related("customer", "status", "assignee", "team", "shop")


def counts(user: User) -> dict[str, int]:
    """How many there are, in one look."""
    live = Ticket.objects.staffed_by(user).undone()
    return live.aggregate(**{name: Count("pk", filter=LISTS[name][1](user)) for name in COUNTED})
