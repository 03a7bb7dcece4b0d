"""What allauth tells us. It speaks in Django signals, so this file is the one place that listens to any."""

from typing import Any

from allauth.account import signals
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import people, visitors
from accounts.models import User
from analytics.ledger import events


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
