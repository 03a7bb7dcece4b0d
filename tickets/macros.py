"""Several changes and words in one: by an agent as a macro, by itself as a rule. All of it happens, or nothing."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Shop, User
from analytics.ledger import events
from tickets import history, lifecycle, work
from tickets.models import Doing, Macro, Ticket, TicketNote


class NotOfThisShop(ValueError):
    """It is another shop's."""

    def __str__(self) -> str:
        return str(_("This macro is of another shop."))


def of(shop: Shop) -> list[Macro]:
    """What a shop's agents can use, by name."""
    return list(Macro.objects.filter(shop=shop).order_by("name", "pk"))


@transaction.atomic
def use(ticket_id: int, macro: Macro, *, by: User, client_id: str, at: datetime) -> None:
    """An agent does all of it at once; sent twice, its words are there once."""
    ticket = lifecycle.lock_to_speak(ticket_id)
    if macro.shop_id != ticket.shop_id:
        raise NotOfThisShop
    do(ticket, macro, by=by, speaker=by, client_id=client_id, at=at)
    if macro.takes:
        work.put(ticket, {"assignee": by}, by=by, at=at)
    lifecycle.keep(ticket, at=at)


def do(ticket: Ticket, doing: Doing, *, by: history.Actor, speaker: User | None, client_id: str, at: datetime) -> None:
    """On a ticket that is locked to speak and which the caller keeps. What is said comes first, so that it is heard."""
    if doing.reply and speaker is not None:
        work.say(ticket, by=speaker, text=filled(doing.reply, ticket), client_id=client_id, at=at)
    if doing.note and speaker is not None:
        note = {"author": speaker, "text": filled(doing.note, ticket), "at": at}
        written, is_new = TicketNote.objects.get_or_create(ticket=ticket, client_id=client_id, defaults=note)
        if is_new:
            events.record("ticket.noted", ticket=ticket, note=written, actor=by, at=at)
    work.put(ticket, wanted(ticket, doing), by=by, at=at)


def wanted(ticket: Ticket, doing: Doing) -> dict[str, Any]:
    """What parts of this ticket will be afterwards, the status last."""
    parts: dict[str, Any] = {}
    if doing.priority:
        parts["priority"] = doing.priority
    if doing.type:
        parts["type"] = doing.type
    if doing.team is not None:
        parts["team"] = doing.team
    if doing.assignee is not None:
        parts["assignee"] = doing.assignee
    if doing.add_tags or doing.remove_tags:
        left = [tag for tag in ticket.tags if tag not in work.words_of(doing.remove_tags)]
        parts["tags"] = list(dict.fromkeys([*left, *work.words_of(doing.add_tags)]))[: work.TAGS]
    if doing.status is not None:
        parts["status"] = doing.status
    return parts


def filled(text: str, ticket: Ticket) -> str:
    """The words with what is true of this ticket in their open places."""
    values = {"{customer}": ticket.customer.name, "{shop}": ticket.shop.name, "{number}": f"#{ticket.number}"}
    for blank, value in values.items():
        text = text.replace(blank, value)
    return text
