"""What an agent should know of a customer: all of it on her page, the shortest of it beside a talk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from allauth.account.models import EmailAddress
from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import consent, duplicates
from accounts.commerce import orders, value
from accounts.models import (
    CrmPerson,
    Customer,
    CustomerMerge,
    CustomerNote,
    CustomerTag,
    Order,
    OrderAction,
    Purpose,
    User,
)
from analytics.ledger.models import Event
from chat.models import Channel, Conversation, Handoff

NOTES, ORDERS, TALKS, MOMENTS, DECISIONS = 5, 4, 10, 25, 20


def beside(customer: Customer, user: User, page: str | None = None) -> dict[str, Any]:
    """Notes and tags, for the side of a talk and for their own fragments."""
    notes = CustomerNote.objects.visible_to(user).filter(customer=customer).select_related("author")
    return {
        "customer": customer,
        "notes": _page(notes.order_by("-pk"), NOTES, page),
        "tags": list(customer.tags.order_by("name", "pk")),
        "known_tags": list(CustomerTag.objects.filter(shop=customer.shop_id).order_by("name", "pk")[:200]),
    }


def whole(customer: Customer, user: User, pages: Mapping[str, str]) -> dict[str, Any]:
    """Everything, and of each long list the page that was asked for."""
    bought = _page(Order.objects.filter(customer=customer).newest_first(), ORDERS, pages.get("orders"))
    talks = Conversation.objects.of(customer).newest_first().select_related("person", "customer")
    allowed = consent.allowed(customer)
    return {
        **beside(customer, user, pages.get("notes")),
        "addresses": _addresses(customer),
        "phones": [phone for phone in (customer.phone, *_other_phones(customer)) if phone],
        "channels": _channels(customer),
        "spent": value.of(customer.pk),
        "in_crm": CrmPerson.objects.filter(customer=customer).first(),
        "orders": bought,
        "order_cards": orders.facts_of(Order.objects.filter(pk__in=[one.pk for one in bought]).newest_first()),
        "talks": _page(talks, TALKS, pages.get("talks")),
        "allowed": [(purpose.label, purpose in allowed) for purpose in consent.OPTIONAL],
        "decisions": list(consent.history(customer)[:DECISIONS]),
        "timeline": timeline(customer),
        "candidates": duplicates.of(customer),
        "merges": list(CustomerMerge.objects.filter(target=customer, undone_at=None).order_by("-pk")[:5]),
    }


@dataclass(frozen=True)
class Moment:
    """One line of what happened with her."""

    at: datetime
    icon: str
    words: str


def timeline(customer: Customer) -> list[Moment]:
    """What happened lately, from the ledger and from the rows themselves."""
    bought = list(Order.objects.filter(customer=customer).newest_first()[:MOMENTS])
    moments = [
        *(Moment(one.placed_at, "box", _("Order %(number)s placed") % {"number": one.number}) for one in bought),
        *_recorded(customer, {f"order:{one.pk}": one.number for one in bought}),
        *_talked(customer),
    ]
    return sorted(moments, key=attrgetter("at"), reverse=True)[:MOMENTS]


def _recorded(customer: Customer, numbers: dict[str, str]) -> Iterator[Moment]:
    people = [customer.ledger_id, *customer.merged.values_list("ledger_id", flat=True)[:MOMENTS]]
    subjects = [*(f"customer:{one}" for one in people), *numbers]
    for event in Event.objects.filter(subject__in=subjects, kind__in=_TOLD).order_by("-id")[:MOMENTS]:
        icon, words = _TOLD[event.kind]
        told = {"number": numbers.get(event.subject, "")}
        if "purpose" in event.facts:
            told["purpose"] = str(Purpose(event.facts["purpose"]).label)
        if "action" in event.facts:
            told["action"] = str(OrderAction(event.facts["action"]).label)
        yield Moment(event.at, icon, _(words) % told)


def _talked(customer: Customer) -> Iterator[Moment]:
    for talk in Conversation.objects.of(customer).newest_first()[:MOMENTS]:
        yield Moment(talk.opened_at, "chat", _("Began to talk: %(channel)s") % {"channel": Channel(talk.channel).label})
        if talk.closed_at:
            yield Moment(talk.closed_at, "check", _("Conversation closed"))
    for handed in Handoff.objects.filter(conversation__customer=customer).order_by("-at", "-pk")[:MOMENTS]:
        reason = Handoff.Reason(handed.reason).label
        yield Moment(handed.at, "hand", _("Handed to a person: %(reason)s") % {"reason": reason})


_TOLD = {
    "customer.created": ("person", gettext_noop("First seen")),
    "customer.parted": ("people", gettext_noop("Told apart from another record again")),
    "customer.merged": ("people", gettext_noop("Joined with another record")),
    "consent.granted": ("shield", gettext_noop("Allowed: %(purpose)s")),
    "consent.withdrawn": ("shield", gettext_noop("Does not allow: %(purpose)s")),
    "order.changed": ("box", gettext_noop("Order %(number)s changed: %(action)s")),
}


def _addresses(customer: Customer) -> list[tuple[str, bool]]:
    """Every address of hers, and whether it is proven."""
    found = {customer.email: customer.email_verified} if customer.email else {}
    for other in customer.identities.exclude(email="").order_by("pk"):
        found[other.email] = other.is_proven or found.get(other.email, False)
    if customer.user_id:
        for one in EmailAddress.objects.filter(user=customer.user_id).order_by("-primary", "pk"):
            found[one.email] = one.verified or found.get(one.email, False)
    return list(found.items())


def _other_phones(customer: Customer) -> "QuerySet[Any, str]":
    return customer.identities.exclude(phone="").order_by("pk").values_list("phone", flat=True)


def _channels(customer: Customer) -> list[dict[str, Any]]:
    """The ways she came, with how often and when last."""
    ways = Conversation.objects.of(customer).values("channel").annotate(number=Count("pk"), last=Max("last_message_at"))
    return [{**way, "label": Channel(way["channel"]).label} for way in ways.order_by("-number", "channel")]


def _page(rows: "QuerySet[Any]", size: int, number: str | None) -> "Page[Any]":
    return Paginator(rows, size).get_page(number)
