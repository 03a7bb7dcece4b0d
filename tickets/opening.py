"""A ticket is opened: from a talk, by a form, by an agent; once, with the next number of its shop."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Customer, Order, Shop, User
from analytics.ledger import events
from tickets import clocks, history, ports, statuses
from tickets.models import Channel, Kind, Ticket, TicketCount

SUBJECT = 200  # characters


class NoSubject(ValueError):
    """Nobody would know what it is about."""

    def __str__(self) -> str:
        return str(_("Please say in a few words what it is about."))


@transaction.atomic
def open_ticket(
    customer: Customer,
    *,
    subject: str,
    at: datetime,
    by: history.Actor,
    opening_id: str | None = None,
    orders: Iterable[Order] = (),
    is_answered: bool = False,
    **facts: Any,
) -> Ticket:
    """Open a ticket, once for each opening id."""
    subject = " ".join(subject.replace("\x00", "").split())[:SUBJECT]
    if not subject:
        raise NoSubject
    count = _count(customer.shop)
    if opening_id and (opened := Ticket.objects.filter(customer=customer, opening_id=opening_id).first()):
        return opened
    count.last += 1
    count.save(update_fields=["last"])
    status = facts.pop("status", None) or statuses.first(customer.shop, Kind.NEW)
    ticket = Ticket.objects.create(
        shop=customer.shop,
        customer=customer,
        number=count.last,
        subject=subject,
        status=status,
        kind=status.kind,
        opening_id=opening_id,
        opened_at=at,
        changed_at=at,
        **facts,
    )
    ticket.orders.set(orders)
    history.note(ticket, history.What.OPENED, by=by, at=at)
    clocks.begin(ticket, at=at, is_answered=is_answered)
    events.record(
        "ticket.opened",
        ticket=ticket,
        customer=customer,
        team=ticket.team,
        actor=by or "system",
        at=at,
        channel=str(ticket.channel),
        priority=ticket.priority,
    )
    return ticket


@transaction.atomic
def from_talk(customer: Customer, *, talk: int, subject: str, by: User | None, at: datetime, **facts: Any) -> Ticket:
    """Make a ticket of a talk; what was said in it is the ticket's. Asked twice, there is one."""
    ports.talks.lock(talk)
    before = _newest(talk)
    if before is not None and before.is_undone and before.merged_into_id is None:
        return before
    begins_after = before.heard_seq if before else 0
    said = ports.talks.said_since(talk, begins_after)
    ticket = open_ticket(
        customer,
        subject=subject,
        by=by,
        at=at,
        conversation=talk,
        begins_after=begins_after,
        heard_seq=said[-1].seq if said else begins_after,
        is_answered=any(one.side == "team" for one in said),
        **facts,
    )
    if before is not None:
        Ticket.objects.filter(pk=before.pk).update(ends_with=begins_after)
    return ticket


@transaction.atomic
def from_form(customer: Customer, *, subject: str, text: str, opening_id: str, at: datetime, **facts: Any) -> Ticket:
    """What a customer wrote into the form of the shop."""
    ticket = open_ticket(customer, subject=subject, by=customer, at=at, opening_id=opening_id, **facts)
    if ticket.conversation is None:
        ticket.conversation = ports.talks.begin(customer, opening_id=f"ticket-{ticket.number}", at=at)
        ticket.save(update_fields=["conversation"])
        ports.talks.post_from_customer(ticket.conversation, text=text, client_id=opening_id, at=at)
    return ticket


@transaction.atomic
def by_agent(customer: Customer, *, subject: str, by: User, at: datetime, **facts: Any) -> Ticket:
    """An agent opens one for a customer; with the first reply begins its talk."""
    return open_ticket(customer, subject=subject, by=by, at=at, channel=Channel.API, **facts)


def count(shop: Shop) -> int:
    """The next number of a shop, taken."""
    row = _count(shop)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last


def _newest(talk: int) -> Ticket | None:
    """The last ticket of a talk that is locked; ours alone, so that nothing goes on from it meanwhile."""
    newest = Ticket.objects.filter(conversation=talk).order_by("-number").values_list("pk", flat=True)
    while (pk := newest.first()) is not None:
        before = Ticket.objects.to_lock().get(pk=pk)
        if newest.first() == pk:
            return before
    return None


def _count(shop: Shop) -> TicketCount:
    """The shop's count, ours until the transaction ends: numbers have no gaps, and nobody else opens one meanwhile."""
    TicketCount.objects.get_or_create(shop=shop)
    return TicketCount.objects.select_for_update().get(shop=shop)
