"""Two rows of one person become one, and for a while can be told apart again.

An app says with `goes_along` (or `register`) what it keeps about a customer: it is counted before, moves inside the
merge, and moves back when the merge is undone. Consent stays with the row it was given to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery import shared_task
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import consent
from accounts.models import (
    CrmPush,
    Customer,
    CustomerMerge,
    CustomerNote,
    CustomerTag,
    Order,
    OrderProof,
    OtherIdentity,
    User,
)
from analytics.ledger import events

FIELDS = ("name", "phone", "language", "address")


class NotTheSame(ValueError):
    """These two are not proven to be one person."""

    def __str__(self) -> str:
        return str(_("We cannot join these two: nothing proves that they are the same person."))


class OtherShop(NotTheSame):
    """Nothing crosses from one shop to another."""


class TwoAccounts(NotTheSame):
    """Each signs in by herself; only the person behind both could say that they are hers."""

    def __str__(self) -> str:
        return str(_("Both have an account of their own. Two accounts are never joined."))


class JoinedAlready(NotTheSame):
    """Somebody else was as quick."""

    def __str__(self) -> str:
        return str(_("One of the two was joined with another record meanwhile. Look again."))


class CannotPart(ValueError):
    """It is too late, it was done already, or something else needs what was hers."""

    def __str__(self) -> str:
        return str(_("These two can no longer be told apart: it is too late, or something was changed since."))


# What goes along.


@dataclass(frozen=True)
class Belongings:
    """What an app keeps about a customer, and how it goes from one row to another and back."""

    label: Any
    count: Callable[[Customer], int]
    move: Callable[[Customer, Customer], Any]  # gives what `back` needs, as plain values
    back: Callable[[Customer, Customer, Any], None]


BELONGINGS: dict[str, Belongings] = {}


def register(key: str, belongings: Belongings) -> None:
    BELONGINGS[key] = belongings


def goes_along(model: type[models.Model], field: str = "customer") -> None:
    """Rows of this model follow their customer."""
    rows, path = model._default_manager, f"{field}_id"

    def move(source: Customer, target: Customer) -> list[int]:
        moved = list(rows.filter(**{path: source.pk}).order_by("pk").values_list("pk", flat=True))
        rows.filter(pk__in=moved).update(**{path: target.pk})
        return moved

    def back(source: Customer, target: Customer, moved: list[int]) -> None:
        rows.filter(pk__in=moved, **{path: target.pk}).update(**{path: source.pk})

    def count(customer: Customer) -> int:
        return rows.filter(**{path: customer.pk}).count()

    register(model._meta.label, Belongings(model._meta.verbose_name_plural, count, move, back))


def _give_tags(source: Customer, target: Customer) -> list[int]:
    has = set(target.tags.values_list("pk", flat=True))
    new = [tag.pk for tag in source.tags.order_by("pk") if tag.pk not in has]
    target.tags.add(*new)
    return new


def _take_tags(source: Customer, target: Customer, given: list[int]) -> None:
    target.tags.remove(*given)


goes_along(Order)
goes_along(CustomerNote)
goes_along(CrmPush)
goes_along(OtherIdentity)
goes_along(OrderProof)
register(
    CustomerTag._meta.label,
    Belongings(CustomerTag._meta.verbose_name_plural, lambda one: one.tags.count(), _give_tags, _take_tags),
)


# Becoming one.


@transaction.atomic
def merge(source: Customer, into: Customer, *, by: User | None = None, at: datetime | None = None) -> Customer:
    """Make one of two rows of one shop. The caller has proof that they are one person, or it is the team's word.

    Of the team's word is kept what undoes it, and only what both allowed is still allowed.
    """
    source, target = locked(source, into)
    assert target is not None
    may_be_one(source, target)
    if by is None:
        _unite(source, target)
    else:
        assert at is not None
        both = consent.allowed(source) & consent.allowed(target)
        before = {"source": _said(source), "target": _said(target)}
        merge = CustomerMerge(shop=target.shop, source=source, target=target, by=by, at=at)
        lost = _identity_lost(source, target)
        merge.kept = {**before, **_unite(source, target), "after": _said(target)}
        if lost is not None:
            lost.save()
            merge.kept["identity"] = lost.pk
        merge.kept["consent"] = consent.narrow(target, both, by=by, at=at)
        merge.save()
    events.record("customer.merged", customer=target, other=source, actor=by, at=at)
    return target


@transaction.atomic
def part(merge: CustomerMerge, *, by: User, at: datetime) -> Customer:
    """Undo a merge: what went along goes back, and what each row said before it says again unless it changed since."""
    source, target = locked(merge.source, merge.target)
    assert target is not None
    merge = CustomerMerge.objects.select_for_update().get(pk=merge.pk)
    if not merge.can_be_undone(at) or source.merged_into_id != target.pk or target.merged_into_id is not None:
        raise CannotPart
    kept = merge.kept
    OtherIdentity.objects.filter(pk=kept.get("identity")).delete()
    for key, moved in kept["moved"].items():
        if key in BELONGINGS:
            BELONGINGS[key].back(source, target, moved)
    _say_again(target, kept["target"], unless_changed_from=kept["after"])
    source.merged_into = None
    try:
        with transaction.atomic():
            _say_again(source, kept["source"], more=("merged_into",))
    except IntegrityError:  # her proven address is another's now
        raise CannotPart from None
    Customer.objects.filter(pk__in=kept["shells"], merged_into=target).update(merged_into=source)
    consent.widen_again(target, kept["consent"], by=by, at=at)
    merge.undone_at, merge.kept = at, {}
    merge.save(update_fields=["undone_at", "kept"])
    events.record("customer.parted", customer=target, other=source, actor=by, at=at)
    return source


def forget_old(at: datetime) -> int:
    """What can no longer be undone is no longer kept."""
    return CustomerMerge.objects.past_undoing(at).exclude(kept={}).update(kept={})


def locked(one: Customer, other: Customer | None) -> tuple[Customer, Customer | None]:
    """Both rows as they are now, locked in the order of their keys so that two merges never wait for each other."""
    keys = {one.pk} | ({other.pk} if other else set())
    rows = {row.pk: row for row in Customer.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")}
    return rows[one.pk], rows[other.pk] if other else None


@shared_task(name="accounts.forget_merges")
def forget_merges() -> int:
    return forget_old(timezone.now())


# Inside.


def may_be_one(source: Customer, target: Customer) -> None:
    """Refuse what cannot be one person, or not this way round."""
    if source.shop_id != target.shop_id:
        raise OtherShop
    if source.pk == target.pk:
        raise NotTheSame
    if source.merged_into_id is not None or target.merged_into_id is not None:
        raise JoinedAlready
    if source.user_id is not None:
        raise TwoAccounts if target.user_id is not None else NotTheSame


def _unite(source: Customer, target: Customer) -> dict[str, Any]:
    """All that moves, and what would move it back."""
    for field in FIELDS:
        if not getattr(target, field):
            setattr(target, field, getattr(source, field))
    moved = {key: belongings.move(source, target) for key, belongings in BELONGINGS.items()}
    shells = list(source.merged.order_by("pk").values_list("pk", flat=True))
    Customer.objects.filter(pk__in=shells).update(merged_into=target)
    if takes_address(source, target):
        target.email, target.email_verified = source.email, source.email_verified
    source.merged_into = target
    source.name, source.phone, source.address, source.email, source.email_verified = "", "", {}, None, False
    source.save(update_fields=["merged_into", "name", "phone", "address", "email", "email_verified"])
    target.save(update_fields=[*FIELDS, "email", "email_verified"])
    return {"moved": moved, "shells": shells}


def takes_address(source: Customer, target: Customer) -> bool:
    return target.email is None or (source.email_verified and not target.email_verified)


def _said(row: Customer) -> dict[str, Any]:
    return {field: getattr(row, field) for field in (*FIELDS, "email", "email_verified")}


def _say_again(
    row: Customer,
    said: dict[str, Any],
    *,
    unless_changed_from: dict[str, Any] | None = None,
    more: tuple[str, ...] = (),
) -> None:
    """What the row said before; an address and its proof are one thing."""
    for fields in (*((field,) for field in FIELDS), ("email", "email_verified")):
        if unless_changed_from is None or all(getattr(row, one) == unless_changed_from[one] for one in fields):
            for one in fields:
                setattr(row, one, said[one])
    row.save(update_fields=[*FIELDS, "email", "email_verified", *more])


def _identity_lost(source: Customer, target: Customer) -> OtherIdentity | None:
    """Where both have an address or a phone, the one that gives way still leads to her."""
    gives_way = target if takes_address(source, target) else source
    email = gives_way.email if gives_way.email and source.email != target.email else ""
    phone = source.phone if target.phone and source.phone != target.phone else ""
    if not email and not phone:
        return None
    return OtherIdentity(customer=target, email=email, is_proven=bool(email) and gives_way.email_verified, phone=phone)
