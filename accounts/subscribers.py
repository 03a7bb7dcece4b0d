"""What happens elsewhere: what allauth tells us, in Django signals, and what an outside CRM is told of."""

from typing import Any

from allauth.account import signals
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import people, visitors
from accounts.crm import pushes
from accounts.models import CrmPush, Customer, CustomerNote, User
from analytics.ledger import events
from analytics.ledger.models import Event


@receiver(signals.email_confirmed)
def _email_confirmed(request: HttpRequest, email_address: EmailAddress, **_more: Any) -> None:
    people.address_proven(email_address.user)


@receiver([signals.email_changed, signals.email_removed])
def _email_changed(request: HttpRequest, user: User, **_more: Any) -> None:
    people.address_proven(user)


@receiver(signals.user_signed_up)
@transaction.atomic
def _signed_up(request: HttpRequest, user: User, **more: Any) -> None:
    events.record("user.signed_up", user=user, actor=user, by="social" if more.get("sociallogin") else "password")


@receiver(signals.user_logged_in)
@transaction.atomic
def _signed_in(request: HttpRequest, user: User, **more: Any) -> None:
    # An address a social provider has proven comes without a confirmation, hence also here.
    people.address_proven(user)
    visitors.signed_in(user, request.session)
    events.record("user.signed_in", user=user, actor=user, by=_means(request, more))


def _means(request: HttpRequest, more: dict[str, Any]) -> str:
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or [{}]
    first = records[0]
    if first.get("method") == "mfa":
        return "passkey"
    return {"socialaccount": "social", "password": "password"}.get(first.get("method"), "link")


@events.on("customer.noted")
def crm_note(event: Event) -> None:
    """A note of the team stands in the CRM too; one that was removed meanwhile does not."""
    note = CustomerNote.objects.filter(pk=_pk(event.refs["note"])).select_related("customer").first()
    if note is not None:
        pushes.tell(note.customer, CrmPush.Kind.NOTE, about=str(note.public_id), text=note.text, at=event.at)


@events.on("order.changed", "customer.merged")
def crm_person(event: Event) -> None:
    """Who she is, and what she is worth, may be something else now."""
    kind, _colon, key = event.subject.partition(":")
    found = Customer.objects.filter(**({"ledger_id": key} if kind == "customer" else {"orders": key})).first()
    if found is not None:
        pushes.tell(found, CrmPush.Kind.PERSON, about=f"event {event.pk}", at=event.at)


def _pk(ref: str) -> int:
    return int(ref.partition(":")[2])
