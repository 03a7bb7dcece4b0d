"""What a shop calls the states of its tickets."""

from accounts.models import Shop
from tickets.models import Kind, TicketStatus

_ORDER = {kind: place for place, kind in enumerate(Kind)}


def of(shop: Shop) -> list[TicketStatus]:
    """All of them, in the order a ticket goes through; a shop that has none of a kind gets one."""
    found = list(TicketStatus.objects.filter(shop=shop))
    missing = set(Kind) - {status.kind for status in found}
    if missing:
        TicketStatus.objects.bulk_create(
            (TicketStatus(shop=shop, kind=kind) for kind in missing), ignore_conflicts=True
        )
        found = list(TicketStatus.objects.filter(shop=shop))
    return sorted(found, key=lambda status: (_ORDER[Kind(status.kind)], status.position, status.pk))


def first(shop: Shop, kind: str) -> TicketStatus:
    """The usual one of a kind."""
    return next(status for status in of(shop) if status.kind == kind)
