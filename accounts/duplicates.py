"""Who may be one person: candidates within a shop, and exactly what joining two of them would do."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts import consent, merging
from accounts.directory import FEW_DIGITS
from accounts.models import Address, Customer, Purpose

MANY = 5


@dataclass(frozen=True)
class Candidate:
    customer: Customer
    reasons: tuple[Any, ...]


def of(customer: Customer, *, limit: int = MANY) -> list[Candidate]:
    """Others of her shop with the same address, the same phone, or the same name at the same place."""
    alike = _alike(customer)
    if not alike:
        return []
    others = Customer.objects.present().filter(alike, shop=customer.shop_id).exclude(pk=customer.pk)
    if customer.user_id is not None:
        others = others.filter(user=None)  # two accounts are never joined
    found = (Candidate(other, tuple(_reasons(customer, other))) for other in others.order_by("pk")[: limit * 4])
    return [one for one in found if one.reasons][:limit]


def best_way(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Who goes and who stays: an account stays, else a proven address, else who was here first."""
    staying = min((one, other), key=lambda row: (row.user_id is None, not row.email_verified, row.pk))
    return (other if staying is one else one), staying


def _alike(customer: Customer) -> Q:
    alike = Q()
    if customer.email:
        alike |= Q(email=customer.email)
    if len(customer.phone_tail) >= FEW_DIGITS:
        alike |= Q(phone_tail=customer.phone_tail) & ~Q(phone="")
    if customer.name and _place(customer):
        named = Customer.objects.annotate(small=Lower("name")).filter(
            small=customer.name.lower(), shop=customer.shop_id
        )
        alike |= Q(pk__in=named.exclude(name="").values("pk"))
    return alike


def _reasons(one: Customer, other: Customer) -> Iterator[Any]:
    if one.email and one.email == other.email:
        yield _("same address, proven by one") if one.email_verified or other.email_verified else _("same address")
    if len(one.phone_tail) >= FEW_DIGITS and one.phone_tail == other.phone_tail:
        yield _("same phone")
    if one.name and one.name.casefold() == other.name.casefold() and _place(one) and _place(one) == _place(other):
        yield _("same name and address")


def _place(customer: Customer) -> tuple[str, str] | None:
    told = Address.of(customer.address)
    street, postcode = " ".join(told.line1.casefold().split()), "".join(told.postcode.casefold().split())
    return (street, postcode) if street and (postcode or told.city) else None


# Looking first.


@dataclass(frozen=True)
class Said:
    """One thing the two rows say, and what becomes of it."""

    label: Any
    stays: str
    goes: str
    becomes: str
    keeps_both: bool


@dataclass(frozen=True)
class Moves:
    label: Any
    along: int
    here: int


@dataclass(frozen=True)
class Preview:
    source: Customer
    target: Customer
    said: tuple[Said, ...]
    moves: tuple[Moves, ...]
    no_longer: tuple[Any, ...]

    @property
    def mark(self) -> str:
        """The same for as long as the merge would do the same."""
        told = (self.source.pk, self.target.pk, self.said, self.moves, self.no_longer)
        return f"{zlib.crc32(repr(told).encode()):08x}"


def preview(source: Customer, target: Customer) -> Preview:
    """Exactly what moves and what stays, or the refusal."""
    merging.may_be_one(source, target)
    return Preview(
        source,
        target,
        said=tuple(_said(source, target)),
        moves=tuple(
            Moves(one.label, along, one.count(target))
            for one in merging.BELONGINGS.values()
            if (along := one.count(source))
        ),
        no_longer=tuple(
            Purpose(purpose).label for purpose in sorted(consent.allowed(source) ^ consent.allowed(target))
        ),
    )


def _said(source: Customer, target: Customer) -> Iterator[Said]:
    for label, field in ((_("Name"), "name"), (_("Language"), "language"), (_("Phone"), "phone")):
        stays, goes = getattr(target, field), getattr(source, field)
        if stays or goes:
            yield Said(label, stays, goes, stays or goes, field == "phone" and bool(stays and goes and stays != goes))
    stays, goes = target.email or "", source.email or ""
    if stays or goes:
        becomes = goes if merging.takes_address(source, target) else stays
        yield Said(_("Email"), stays, goes, becomes, bool(stays and goes and stays != goes))
    stays, goes = (", ".join(str(Address.of(row.address)).splitlines()) for row in (target, source))
    if stays or goes:
        yield Said(_("Address"), stays, goes, stays or goes, False)
