"""What the outside CRM is told: a row first, in the transaction that makes it so; then a worker tells it, once.

A row goes away once the CRM knows. Nobody who talks or reads ever waits for it.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid5

from celery import current_app, shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import crm
from accounts.crm import Away, Declined, Outside, Person
from accounts.models import Crm, CrmPerson, CrmPush, Customer

logger = logging.getLogger(__name__)
Kind = CrmPush.Kind
ATTEMPTS, LONGEST = 20, 3600  # tries, and seconds between two of them at the most
FRESH = timedelta(hours=1)
_KEYS = UUID("a0d6a1a4-4a4e-4b0e-9d43-0a2f6f1b3d11")


def tell(customer: Customer, kind: str, *, about: str, subject: str = "", text: str = "", at: datetime) -> None:
    """Have the CRM told of it, once for what it is `about`. Nothing where the shop has none, or no proof who she is."""
    if Person.of(customer) is None or not Crm.objects.filter(shop=customer.shop_id, is_on=True).exists():
        return
    push, is_new = CrmPush.objects.get_or_create(
        key=uuid5(_KEYS, f"{customer.shop_id} {kind} {about}"),
        defaults={
            "customer": customer,
            "kind": kind,
            "subject": subject[:200],
            "text": text,
            "asked_at": at,
            "due_at": at,
        },
    )
    if is_new:
        transaction.on_commit(partial(_send_soon, push.pk))


def freshen(customer: Customer, *, at: datetime) -> None:
    """Have asked what the CRM says of her, unless it said so within the hour; somebody looks at her page."""
    said = CrmPerson.objects.filter(customer=customer, as_of__gt=at - FRESH)
    if not said.exists():
        tell(customer, Kind.PERSON, about=f"{customer.ledger_id} {at:%Y-%m-%d %H}", at=at)


@shared_task(name="accounts.crm_send")
def send(push_id: int) -> None:
    """Tell the CRM one thing; what is late is tried later and later, what is declined waits for a person."""
    at = timezone.now()
    due = CrmPush.objects.filter(pk=push_id, due_at__lte=at)
    if not due.update(due_at=at + timedelta(seconds=settings.ACTION_CLAIM_SECONDS)):
        return
    push = CrmPush.objects.select_related("customer__shop").get(pk=push_id)
    try:
        outside = crm.of(push.customer.shop)
        person = Person.of(push.customer)
        if outside is not None and person is not None:
            _say(outside, person, push, at=at)
    except Away as away:
        _put_off(push, away.cause, at=at)
    except Declined as declined:
        _put_off(push, str(declined.args[0]) if declined.args else "", at=at, is_over=True)
    else:
        push.delete()


@shared_task(name="accounts.sweep_crm")
def sweep() -> None:
    """Find what a lost queue or a dead worker dropped."""
    for pk in CrmPush.objects.filter(due_at__lt=timezone.now()).order_by("due_at", "pk").values_list("pk")[:200]:
        _send_soon(*pk)


def _say(outside: Outside, person: Person, push: CrmPush, *, at: datetime) -> None:
    known = CrmPerson.objects.filter(customer=push.customer).values_list("external_id", flat=True).first()
    if push.kind == Kind.PERSON or not known:
        known = outside.upsert(person)
        said = outside.standing(known)
        CrmPerson.objects.update_or_create(
            customer=push.customer,
            defaults={
                "external_id": known,
                "value": said.value,
                "currency": said.currency,
                "segment": said.segment,
                "as_of": at,
            },
        )
    if push.kind == Kind.NOTE:
        outside.note(known, push.text, key=push.key)
    elif push.kind == Kind.TICKET:
        outside.ticket(known, push.subject, push.text, key=push.key)


def _put_off(push: CrmPush, cause: str, *, at: datetime, is_over: bool = False) -> None:
    attempts = push.attempts + 1
    later = at + timedelta(seconds=min(10 * 2**attempts, LONGEST))
    logger.warning("The CRM of %s is not told (attempt %s): %s", push.customer.shop.slug, attempts, cause)
    CrmPush.objects.filter(pk=push.pk).update(
        attempts=attempts, trouble=cause[:300], due_at=None if is_over or attempts >= ATTEMPTS else later
    )


def _send_soon(push_id: int) -> None:
    try:
        current_app.send_task("accounts.crm_send", (push_id,), ignore_result=True, retry=False)
    except Exception:  # a broker that is away costs time, never the message: the sweep finds it
        logger.warning("The queue is away; the sweep will tell the CRM %s", push_id)
