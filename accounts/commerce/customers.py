"""Whom a shop system speaks of: by its own id, or by the address that it vouches for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import serializers
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import merging, people
from accounts.commerce.records import CustomerRecord, OrderRecord
from accounts.commerce.told import Wrong
from accounts.models import Customer, Payment, PaymentMethod, Refund, Return, Shop, User
from analytics.ledger import events


@dataclass(frozen=True)
class Found:
    customer: Customer
    is_new: bool


def keep(shop: Shop, records: Sequence[CustomerRecord]) -> list[Found | Wrong]:
    """Each becomes the row that has her id, the row that has her address, or a new one."""
    known = _Known(shop, [r.external_id for r in records], [r.email for r in records])
    found = [known.settle(record) for record in records]
    _keep_methods([(each.customer, r) for each, r in zip(found, records, strict=True) if isinstance(each, Found)])
    return found


def whose(shop: Shop, orders: Sequence[OrderRecord]) -> list[Customer | Wrong]:
    """Whose each order is; somebody nobody has spoken of is not made up."""
    whole = [order.customer for order in orders if isinstance(order.customer, CustomerRecord)]
    told = dict(zip(map(id, whole), keep(shop, whole), strict=True))
    names = [order.customer for order in orders if isinstance(order.customer, str)]
    known = _Known(shop, names, names)
    return [
        known.named(order.customer) if isinstance(order.customer, str) else _customer(told[id(order.customer)])
        for order in orders
    ]


def _customer(found: Found | Wrong) -> Customer | Wrong:
    return found if isinstance(found, Wrong) else found.customer


class _Known:
    """The rows that have one of these ids or addresses."""

    def __init__(self, shop: Shop, ids: Sequence[str], emails: Sequence[str]) -> None:
        self.shop = shop
        rows = Customer.objects.select_related("merged_into").order_by("pk")
        self.by_id = {
            row.external_id: row.merged_into or row
            for row in rows.filter(shop=shop, external_id__in={each for each in ids if each})
        }
        addresses = {each.lower() for each in emails if "@" in each}
        proven = rows.filter(shop=shop, email__in=addresses, email_verified=True, merged_into=None)
        self.by_email = {str(row.email): row for row in proven}
        owners = User.objects.filter(
            emailaddress__email__in=addresses - set(self.by_email), emailaddress__verified=True
        )
        for owner in owners.filter(is_active=True).distinct():
            for address in owner.emailaddress_set.filter(verified=True):
                self.by_email.setdefault(address.email, people.customer_for(owner, shop))

    def named(self, name: str) -> Customer | Wrong:
        found = self.by_id.get(name) or self.by_email.get(name.lower())
        return found or Wrong(_("Nobody here is known as “%(name)s”.") % {"name": name[:100]})

    def settle(self, record: CustomerRecord) -> Found | Wrong:
        by_id, by_email = self.by_id.get(record.external_id), self.by_email.get(record.email)
        if by_email is not None and by_email.external_id not in ("", record.external_id) and record.external_id:
            return Wrong(_("This address is that of customer “%(id)s”.") % {"id": by_email.external_id})
        if by_id is not None and by_email is not None and by_id.pk != by_email.pk:
            return Wrong(_("This address is that of another customer."))
        row = by_id or by_email or self._new(record)
        if by_id or by_email:
            _tell(row, record)
        if row.external_id:
            self.by_id[row.external_id] = row
        if record.email:
            self.by_email[record.email] = row
        return Found(row, is_new=not (by_id or by_email))

    def _new(self, record: CustomerRecord) -> Customer:
        with transaction.atomic():
            row = Customer.objects.create(
                shop=self.shop,
                external_id=record.external_id,
                email=record.email or None,
                email_verified=bool(record.email),
                name=record.name,
                phone=record.phone,
                language=record.language,
                address=record.address.parts(),
            )
            events.record("customer.created", customer=row, is_guest=True)
        return row


def _tell(row: Customer, record: CustomerRecord) -> None:
    """What the shop system says of somebody we know; what she said herself, by an account of hers, stands."""
    told: dict[str, Any] = {
        "name": record.name if not (row.user_id and row.name) else "",
        "language": record.language if not (row.user_id and row.language) else "",
        "phone": record.phone,
        "address": record.address.parts(),
        "external_id": record.external_id,
        "email": record.email if not row.user_id else "",
    }
    new = {name: value for name, value in told.items() if value and value != getattr(row, name)}
    if "email" in new:
        new["email_verified"] = True
    for name, value in new.items():
        setattr(row, name, value)
    if new:
        row.save(update_fields=list(new))


def _keep_methods(told: Sequence[tuple[Customer, CustomerRecord]]) -> None:
    rows = {
        (customer.pk, method.external_id): PaymentMethod(
            customer=customer,
            external_id=method.external_id,
            kind=method.kind,
            label=method.label,
            balance=method.balance,
            currency=method.currency,
        )
        for customer, record in told
        for method in record.payment_methods
    }
    PaymentMethod.objects.bulk_create(
        list(rows.values()),
        update_conflicts=True,
        unique_fields=["customer", "external_id"],
        update_fields=["kind", "label", "balance", "currency"],
    )


def _move_methods(source: Customer, target: Customer) -> dict[str, Any]:
    """What she paid with goes with her; the same thing known twice becomes one."""
    has = {method.external_id: method for method in target.payment_methods.all()}
    moved: list[int] = []
    joined: list[dict[str, Any]] = []
    for method in source.payment_methods.order_by("pk"):
        same = has.get(method.external_id)
        if same is None:
            moved.append(method.pk)
            continue
        used = {name: list(rows.filter(**{field: method}).values_list("pk", flat=True)) for name, rows, field in _USES}
        for _name, rows, field in _USES:
            rows.filter(**{field: method}).update(**{field: same})
        joined.append({"row": serializers.serialize("json", [method]), "pk": method.pk, "same": same.pk, "used": used})
        method.delete()
    PaymentMethod.objects.filter(pk__in=moved).update(customer=target)
    return {"moved": moved, "joined": joined}


def _move_methods_back(source: Customer, target: Customer, kept: dict[str, Any]) -> None:
    PaymentMethod.objects.filter(pk__in=kept["moved"], customer=target).update(customer=source)
    for one in kept["joined"]:
        for back in serializers.deserialize("json", one["row"]):
            back.save()
        for name, rows, field in _USES:
            rows.filter(pk__in=one["used"][name], **{f"{field}_id": one["same"]}).update(**{f"{field}_id": one["pk"]})


_USES: tuple[tuple[str, Any, str], ...] = (
    ("payments", Payment.objects, "paid_with"),
    ("refunds", Refund.objects, "goes_to"),
    ("returns", Return.objects, "settled_with"),
)
merging.register(
    PaymentMethod._meta.label,
    merging.Belongings(
        PaymentMethod._meta.verbose_name_plural,
        lambda one: one.payment_methods.count(),
        _move_methods,
        _move_methods_back,
    ),
)
