"""What the team writes about a customer: notes with an author and a time, and tags."""

from datetime import datetime

from django.db import transaction
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer, CustomerNote, CustomerTag, User
from analytics.ledger import events

LONGEST, LONGEST_TAG, MOST_TAGS = 5000, 40, 30


class Unfit(ValueError):
    """This cannot be written down; the text says why."""


@transaction.atomic
def write(customer: Customer, text: str, *, by: User, at: datetime) -> CustomerNote:
    """Write a note that only the team sees."""
    text = _clean(normalize_newlines(text))
    if not text:
        raise Unfit(_("Please write something first."))
    if len(text) > LONGEST:
        raise Unfit(_("A note takes up to %(limit)s characters.") % {"limit": LONGEST})
    note = CustomerNote.objects.create(customer=_present(customer), author=by, text=text, at=at)
    events.record("customer.noted", customer=note.customer, note=note, actor=by, at=at)
    return note


@transaction.atomic
def remove(note: CustomerNote, *, by: User, at: datetime) -> None:
    """Take a note away for good."""
    events.record("customer.note_removed", customer=note.customer, note=note, actor=by, at=at)
    note.delete()


@transaction.atomic
def tag(customer: Customer, name: str, *, by: User, at: datetime) -> CustomerTag:
    """Give a customer a tag; however it is written, it is the one the shop has."""
    name = " ".join(_clean(name).split())
    if not name or len(name) > LONGEST_TAG:
        raise Unfit(_("A tag has one to %(limit)s characters.") % {"limit": LONGEST_TAG})
    customer = _present(customer)
    known = CustomerTag.objects.filter(shop=customer.shop_id, name__iexact=name).first()
    if known is None:
        CustomerTag.objects.bulk_create([CustomerTag(shop=customer.shop, name=name)], ignore_conflicts=True)
        known = CustomerTag.objects.get(shop=customer.shop_id, name__iexact=name)
    if customer.tags.filter(pk=known.pk).exists():
        return known
    if customer.tags.count() >= MOST_TAGS:
        raise Unfit(_("A customer takes up to %(limit)s tags.") % {"limit": MOST_TAGS})
    customer.tags.add(known)
    events.record("customer.tagged", customer=customer, tag=known, actor=by, at=at)
    return known


@transaction.atomic
def untag(customer: Customer, name: str, *, by: User, at: datetime) -> None:
    """Take a tag off a customer; one that she does not have changes nothing."""
    customer = _present(customer)
    worn = customer.tags.filter(name__iexact=name).first()
    if worn is not None:
        customer.tags.remove(worn)
        events.record("customer.untagged", customer=customer, tag=worn, actor=by, at=at)


def _present(customer: Customer) -> Customer:
    """As she is now, and kept so: a merge waits, or what was written goes to who she became."""
    row = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if row.merged_into_id is None:
        return row
    return Customer.objects.select_for_update(no_key=True).get(pk=row.merged_into_id)


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()
