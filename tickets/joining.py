"""Two tickets about one thing: one goes on in the other, and can be told apart again. One about two: it is split.

Nothing that was said or noted moves: the one that goes on shows it among its own. If the customer writes in the talk of
the one that was merged, the one in which it goes on hears of it.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.ledger import events
from tickets import clocks, history, lifecycle, opening, ports, statuses
from tickets.models import Clock, Kind, Promise, Ticket, TicketMerge, TicketStatus


class CannotMerge(ValueError):
    """They are not two tickets of one customer, or somebody else was as quick."""

    def __str__(self) -> str:
        return str(
            _("These two cannot be merged: they are not of one customer, or were changed meanwhile. Look again.")
        )


class ApartAlready(ValueError):
    """It was undone already."""

    def __str__(self) -> str:
        return str(_("These two are apart already."))


class CannotSplit(ValueError):
    """There is no message of the customer there."""

    def __str__(self) -> str:
        return str(_("Only a message of the customer can become a ticket of its own."))


@transaction.atomic
def merge(source_id: int, into_id: int, *, by: User, at: datetime) -> TicketMerge:
    """Let one go on in the other. Of two colleagues who merge them in both directions, exactly one does."""
    source, target = _both(source_id, into_id)
    if (
        source.pk == target.pk
        or (source.shop_id, source.customer_id) != (target.shop_id, target.customer_id)
        or source.merged_into_id
        or target.merged_into_id
        or Kind.CLOSED in (source.kind, target.kind)
    ):
        raise CannotMerge
    kept: dict[str, Any] = {
        "status": source.status_id,
        "solved_at": source.solved_at.isoformat() if source.solved_at else None,
        "tags": [tag for tag in source.tags if tag not in target.tags],
        "followers": _missing(source.followers, target.followers),
        "orders": _missing(source.orders, target.orders),
    }
    owed = Clock.objects.filter(ticket=source, is_owed=True).exclude(promise=Promise.RESOLUTION)
    waits = source.is_undone and owed.exists()
    lifecycle.move(source, statuses.first(source.shop, Kind.CLOSED), by=by, at=at)
    source.merged_into = target
    target.tags = [*target.tags, *kept["tags"]]
    target.followers.add(*kept["followers"])
    target.orders.add(*kept["orders"])
    clocks.turn(target, at=at, side="customer" if waits else "")
    done = TicketMerge.objects.create(source=source, target=target, by=by, at=at, kept=kept)
    history.note(source, history.What.MERGED, new=f"#{target.number}", by=by, at=at)
    history.note(target, history.What.MERGED, old=f"#{source.number}", by=by, at=at)
    events.record("ticket.merged", ticket=target, other=source, actor=by, at=at)
    lifecycle.keep(source, at=at)
    lifecycle.keep(target, at=at)
    return done


@transaction.atomic
def unmerge(merge_id: int, *, by: User, at: datetime) -> None:
    """Tell them apart again: each has what it had, and whatever came since stays where it came."""
    done = TicketMerge.objects.get(pk=merge_id)
    source, target = _both(done.source_id, done.target_id)
    if not TicketMerge.objects.filter(pk=merge_id, undone_at=None).update(undone_at=at):
        raise ApartAlready
    kept = done.kept
    source.merged_into = None
    was = TicketStatus.objects.filter(pk=kept.get("status"), shop=source.shop_id).first()
    lifecycle.move(source, was or statuses.first(source.shop, Kind.OPEN), by=by, at=at)
    source.solved_at = datetime.fromisoformat(kept["solved_at"]) if kept.get("solved_at") else source.solved_at
    target.tags = [tag for tag in target.tags if tag not in kept.get("tags", ())]
    target.followers.remove(*kept.get("followers", ()))
    target.orders.remove(*kept.get("orders", ()))
    clocks.turn(target, at=at)
    history.note(source, history.What.UNMERGED, old=f"#{target.number}", by=by, at=at)
    history.note(target, history.What.UNMERGED, old=f"#{source.number}", by=by, at=at)
    events.record("ticket.unmerged", ticket=target, other=source, actor=by, at=at)
    lifecycle.keep(source, at=at)
    lifecycle.keep(target, at=at)


@transaction.atomic
def split(ticket_id: int, seq: int, *, subject: str, by: User, at: datetime) -> Ticket:
    """Another matter in a message becomes a ticket of its own, with that message. Asked twice, there is one."""
    ticket = lifecycle.lock(ticket_id)
    if ticket.conversation is None or not ticket.begins_after < seq <= (ticket.ends_with or seq):
        raise CannotSplit
    line = next(iter(ports.talks.timeline(ticket.conversation, after=seq - 1, upto=seq)), None)
    if line is None or line.side != "customer":
        raise CannotSplit
    done = Ticket.objects.filter(split_from=ticket, split_seq=seq).first()
    if done is not None:
        return done
    new = opening.open_ticket(
        ticket.customer,
        subject=subject.strip() or Truncator(" ".join(line.text.split())).chars(80) or ticket.subject,
        by=by,
        at=at,
        channel=ticket.channel,
        team=ticket.team,
        assignee=by,
        priority=ticket.priority,
        split_from=ticket,
        split_seq=seq,
    )
    history.note(ticket, history.What.SPLIT, new=f"#{new.number}", by=by, at=at)
    history.note(new, history.What.SPLIT, old=f"#{ticket.number}", by=by, at=at)
    events.record("ticket.split", ticket=ticket, other=new, actor=by, at=at)
    lifecycle.keep(ticket, at=at)
    return new


def family(ticket: Ticket) -> list[Ticket]:
    """The ticket, and all that goes on in it."""
    found, newest = [ticket], [ticket.pk]
    while newest:
        joined = list(Ticket.objects.filter(merged_into__in=newest).order_by("pk"))
        found, newest = [*found, *joined], [one.pk for one in joined]
    return found


def _both(one: int, other: int) -> tuple[Ticket, Ticket]:
    """Both locked, always in the same order, so that nobody waits for somebody who waits for her."""
    list(Ticket.objects.to_lock().filter(pk__in=(one, other)))  # before either hears anything and opens another
    locked = {pk: lifecycle.lock(pk) for pk in sorted({one, other})}
    return locked[one], locked[other]


def _missing(there: Any, here: Any) -> list[int]:
    """Rows that the one has and the other has not."""
    return sorted(set(there.values_list("pk", flat=True)) - set(here.values_list("pk", flat=True)))
