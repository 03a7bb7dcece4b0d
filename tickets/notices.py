"""Mail about tickets to colleagues who do not look, and to a customer who asked by the form that we have it."""

from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock, mail, presence
from accounts.models import AgentPresence, User
from analytics.ledger.models import Event
from tickets.models import Ticket
from tickets.models.ticket import Channel

FRESH = timedelta(hours=6)  # what is longer ago is news to nobody
AGAIN, TIMES = 60, 5  # seconds between attempts where no mail leaves, and how many


def tell(event: Event, *, at: datetime) -> None:
    """After the commit, write to those whom this concerns."""
    if at - event.at > FRESH:
        return
    what, _colon, pk = event.subject.partition(":")
    tickets = Ticket.objects.filter(pk=pk) if what == "ticket" else Ticket.objects.filter(conversation=pk)
    ticket = tickets.select_related("shop", "customer").order_by("-number").first()
    if ticket is None:
        return
    if event.kind == "ticket.opened":
        if ticket.opening_id and ticket.channel == Channel.WEB and ticket.customer.email:
            transaction.on_commit(partial(send_received.delay, ticket.pk))
        return
    people = _concerned(ticket, event)
    for person in _not_looking(people, at=at):
        transaction.on_commit(partial(send_notice.delay, ticket.pk, person.pk, event.kind, event.pk))


@shared_task(name="tickets.send_notice", autoretry_for=(OSError,), retry_backoff=AGAIN, max_retries=TIMES)
def send_notice(ticket_id: int, person_id: int, kind: str, event: int) -> None:
    """One mail to one colleague; tried again it is the same one."""
    ticket = Ticket.objects.select_related("shop", "customer").get(pk=ticket_id)
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is None or not person.works_for(ticket.shop):
        return
    shop = ticket.shop
    with clock.reading(person.language or shop.language, shop.zone):
        context = {"person": person, "ticket": ticket, "what": _said(kind, ticket), "link": _link(ticket), "shop": shop}
        mail.compose(
            f"#{ticket.number} {ticket.subject}",
            render_to_string("email/ticket_notice.txt", context),
            to=person.email,
            shop=shop,
            thread=mail.Thread(f"ticket-{ticket.pk}", f"{event}.{person.pk}"),
        ).send()


@shared_task(name="tickets.send_received", autoretry_for=(OSError,), retry_backoff=AGAIN, max_retries=TIMES)
def send_received(ticket_id: int) -> None:
    """The customer knows that we have what they wrote, and under which number."""
    ticket = Ticket.objects.select_related("shop", "customer").get(pk=ticket_id)
    customer, shop = ticket.customer, ticket.shop
    with clock.reading(customer.language or shop.language, shop.zone):
        context = {"customer": customer, "ticket": ticket, "shop": shop, "link": _link(ticket, hers=True)}
        name = f"talk-{ticket.conversation}" if ticket.conversation else f"ticket-{ticket.pk}"
        mail.compose(
            _("We have your request #%(number)s: %(subject)s") % {"number": ticket.number, "subject": ticket.subject},
            render_to_string("email/ticket_received.txt", context),
            to=customer.email,
            shop=shop,
            thread=mail.Thread(name, f"received-{ticket.number}"),
            can_reply=True,
        ).send()


def _concerned(ticket: Ticket, event: Event) -> list[User]:
    """The assignee, and who follows it; not who did it, and of an assignment only who has it now."""
    found = User.objects.filter(pk=ticket.assignee_id)
    if event.kind != "ticket.assigned":
        found = found | User.objects.filter(followed_tickets=ticket)
    return [person for person in found.distinct().order_by("pk") if event.actor != f"user:{person.ledger_id}"]


def _not_looking(people: list[User], *, at: datetime) -> list[User]:
    looking = AgentPresence.objects.filter(user__in=people, last_seen_at__gte=at - presence.SILENCE).values("user")
    away = User.objects.filter(pk__in=[one.pk for one in people]).exclude(pk__in=looking)
    return list(away.order_by("pk"))


def _said(kind: str, ticket: Ticket) -> str:
    return {
        "ticket.assigned": _("It is yours now."),
        "message.received": _("%(name)s wrote.") % {"name": ticket.customer},
        "ticket.warned": _("A promise is soon due."),
        "ticket.broken": _("A promise is overdue."),
    }[kind]


def _link(ticket: Ticket, *, hers: bool = False) -> str:
    path = (
        reverse("my_tickets:ticket", args=[ticket.number])
        if hers
        else reverse("tickets:ticket", args=[ticket.public_id])
    )
    return mail.address(ticket.shop, path)
