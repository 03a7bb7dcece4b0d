"""Every change of a ticket's status, and what it hears of its talk.

The messages are the truth and their events only a hint: whoever locks a ticket first takes in what was said since.
Everybody locks in one order, so that nobody waits for somebody who waits for them: the talk, tickets by their key, the
count of the shop.
"""

from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Customer, User
from analytics.ledger import events
from tickets import clocks, history, opening, ports, statuses
from tickets.models import Kind, Ticket, TicketStatus


class Closed(ValueError):
    """What is closed stays as it is."""

    def __str__(self) -> str:
        return str(_("This ticket is closed. A new message of the customer opens one that is linked to it."))


class NotNow(ValueError):
    """It is in no state for that."""

    def __str__(self) -> str:
        return str(_("This is not possible now; somebody has changed the ticket meanwhile."))


def grace() -> timedelta:
    return timedelta(days=settings.TICKET_GRACE_DAYS)


def lock(ticket_id: int) -> Ticket:
    """The ticket as it is, ours alone until the transaction ends, with all that was said taken in."""
    ticket = Ticket.objects.to_lock().get(pk=ticket_id)
    clocks.catch_up(ticket)
    if ticket.merged_into_id is None:
        hear(ticket)
    return ticket


def lock_to_speak(ticket_id: int) -> Ticket:
    """The same for whoever will say something in its talk: nobody else says anything meanwhile."""
    while True:
        before = transaction.savepoint()
        talk = Ticket.objects.values_list("conversation", flat=True).get(pk=ticket_id)
        if talk is not None:
            ports.talks.lock(talk)
        ticket = lock(ticket_id)
        if ticket.conversation == talk:
            transaction.savepoint_commit(before)
            return ticket
        transaction.savepoint_rollback(before)  # its talk has begun meanwhile; nothing is held while we go back for it


def keep(ticket: Ticket, *, at: datetime) -> None:
    """Write down what has changed in a locked ticket."""
    ticket.version += 1
    ticket.changed_at = max(at, ticket.changed_at)
    ticket.save()


@transaction.atomic
def set_status(ticket_id: int, status: TicketStatus, *, by: User, at: datetime) -> Ticket:
    """An agent gives a ticket another status."""
    ticket = lock(ticket_id)
    put(ticket, status, by=by, at=at)
    keep(ticket, at=at)
    return ticket


def put(ticket: Ticket, status: TicketStatus, *, by: history.Actor, at: datetime) -> None:
    """The same, on a locked ticket which the caller keeps."""
    if ticket.merged_into_id or (ticket.kind == Kind.CLOSED and status.pk != ticket.status_id):
        raise Closed
    if status.shop_id != ticket.shop_id:
        raise NotNow
    move(ticket, status, by=by, at=at)


def move(ticket: Ticket, status: TicketStatus, *, by: history.Actor, at: datetime) -> None:
    """Give a locked ticket another status, and let its clocks run or stand."""
    history.move(ticket, status, by=by, at=at)
    clocks.turn(ticket, at=at)


@transaction.atomic
def settle(ticket_id: int, *, by: Customer, at: datetime) -> None:
    """The customer says that it is done."""
    ticket = lock(ticket_id)
    if ticket.is_undone:
        put(ticket, statuses.first(ticket.shop, Kind.SOLVED), by=by, at=at)
        keep(ticket, at=at)


@transaction.atomic
def reopen(ticket_id: int, *, by: Customer, at: datetime) -> None:
    """The customer says that it is not done after all."""
    ticket = lock(ticket_id)
    if ticket.is_undone:
        return
    if not can_reopen(ticket, at=at):
        raise Closed
    put(ticket, statuses.first(ticket.shop, Kind.OPEN), by=by, at=at)
    keep(ticket, at=at)


def can_reopen(ticket: Ticket, *, at: datetime) -> bool:
    solved_at = ticket.solved_at
    return ticket.kind == Kind.SOLVED and solved_at is not None and at <= solved_at + grace()


@transaction.atomic
def rate(ticket_id: int, *, score: int, words: str, by: Customer, at: datetime) -> None:
    """How it was in the end; the last word counts."""
    ticket = lock(ticket_id)
    if ticket.is_undone or not 1 <= score <= 5:
        raise NotNow
    ticket.score, ticket.words = score, words.replace("\x00", "").strip()[:2000]
    history.note(ticket, history.What.RATED, new=str(score), by=by, at=at)
    events.record("ticket.rated", ticket=ticket, actor=by, at=at, score=score)
    keep(ticket, at=at)


# What is said.


@transaction.atomic
def hear_talk(talk: int) -> None:
    """Something was said in a talk: the newest of its tickets takes it in."""
    newest = Ticket.objects.filter(conversation=talk, ends_with=None).order_by("-number").first()
    if newest is None:
        return
    while True:
        way = _way(newest.pk)
        locked = {ticket.pk: ticket for ticket in Ticket.objects.to_lock().filter(pk__in=way)}
        if way == _way(newest.pk):
            clocks.catch_up(locked[way[-1]])
            hear(locked[way[0]], goes_on_in=locked[way[-1]])
            return


def hear(ticket: Ticket, *, goes_on_in: Ticket | None = None) -> None:
    """Take in what was said since; a ticket that was merged tells the one in which it goes on. All are locked."""
    if ticket.conversation is None or ticket.ends_with is not None:
        return
    heard, concerned = ticket.heard_seq, goes_on_in or ticket
    status, changed_at = concerned.status_id, concerned.changed_at
    for said in ports.talks.said_since(ticket.conversation, heard):
        if said.side == "customer" and _is_over(concerned, said.at):
            _go_on(ticket, concerned, said)
            return
        ticket.heard_seq = said.seq
        if said.side in ("customer", "team"):
            _take_in(concerned, said)
    if concerned.status_id != status:
        keep(concerned, at=concerned.changed_at)
    elif concerned.changed_at != changed_at:
        concerned.save(update_fields=["changed_at"])
    if ticket.heard_seq != heard:
        ticket.save(update_fields=["heard_seq"])


def _way(ticket_id: int) -> list[int]:
    """The ticket, and those in which it goes on."""
    way = [ticket_id]
    while (into := Ticket.objects.values_list("merged_into", flat=True).get(pk=way[-1])) is not None:
        way.append(into)
    return way


def _take_in(ticket: Ticket, said: ports.Said) -> None:
    if said.side == "customer":
        if ticket.kind in (Kind.WAITING, Kind.SOLVED):
            history.move(ticket, statuses.first(ticket.shop, Kind.OPEN), by=ticket.customer, at=said.at)
    elif ticket.kind == Kind.NEW:
        by = User.objects.filter(pk=said.person_id).first()
        history.move(ticket, statuses.first(ticket.shop, Kind.OPEN), by=by, at=said.at)
    clocks.turn(ticket, side=said.side, at=said.at)
    ticket.changed_at = max(said.at, ticket.changed_at)


def _is_over(ticket: Ticket, at: datetime) -> bool:
    return not ticket.is_undone and not can_reopen(ticket, at=at)


def _go_on(ticket: Ticket, before: Ticket, said: ports.Said) -> None:
    """A word that came too late for this ticket opens one that is linked to it."""
    ticket.heard_seq = ticket.ends_with = said.seq - 1
    ticket.save(update_fields=["heard_seq", "ends_with"])
    new = opening.open_ticket(
        before.customer,
        subject=before.subject,
        by=before.customer,
        at=said.at,
        conversation=ticket.conversation,
        channel=before.channel,
        team=before.team,
        type=before.type,
        priority=before.priority,
        tags=before.tags,
        begins_after=said.seq - 1,
        heard_seq=said.seq - 1,
        follows=before,
        orders=before.orders.all(),
    )
    history.note(before, history.What.FOLLOWED, new=f"#{new.number}", by=before.customer, at=said.at)
    events.record("ticket.followed", ticket=before, other=new, actor=before.customer, at=said.at)
    hear(new)


# What happens by itself.


@shared_task(name="tickets.close_solved")
def close_solved() -> int:
    """What was solved and is past its grace is closed."""
    at = timezone.now()
    ripe = Ticket.objects.filter(kind=Kind.SOLVED, solved_at__lt=at - grace(), merged_into=None)
    return sum(close(pk, at=at) for pk in ripe.order_by("solved_at", "pk").values_list("pk", flat=True)[:500])


@transaction.atomic
def close(ticket_id: int, *, at: datetime) -> bool:
    """A solved ticket past its grace is closed for good."""
    ticket = lock(ticket_id)
    if ticket.kind != Kind.SOLVED or can_reopen(ticket, at=at):
        return False
    move(ticket, statuses.first(ticket.shop, Kind.CLOSED), by=None, at=at)
    keep(ticket, at=at)
    return True


@shared_task(name="tickets.sweep_clocks")
def sweep_clocks() -> int:
    """Tell of what is soon due or overdue, once."""
    return watch(at=timezone.now())


def watch(*, at: datetime) -> int:
    return sum(_watch(ticket_id, at=at) for ticket_id in clocks.ringing(at))


@transaction.atomic
def _watch(ticket_id: int, *, at: datetime) -> int:
    """First it takes in what was said: a reply that was in time is no breach."""
    return clocks.claim(lock(ticket_id), at=at)
