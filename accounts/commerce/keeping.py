"""What a shop system says becomes rows: many at once, said twice is the same, and one bad record spoils no other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from accounts.commerce import customers
from accounts.commerce.parts import Parts
from accounts.commerce.records import CustomerRecord, OrderRecord, ProductRecord, Record
from accounts.commerce.told import Wrong
from accounts.commerce.upsert import upsert
from accounts.models import Customer, Order, OrderChange, PaymentMethod, Product, Return, Shop, Variant

R = TypeVar("R", bound=Record)


@dataclass
class Kept:
    """What became of a batch: how many rows are new or were known, and by place what could not be kept."""

    created: int = 0
    changed: int = 0
    wrong: dict[int, str] = field(default_factory=dict)


def keep(shop: Shop, records: Sequence[Record], *, as_of: datetime, again: bool = False) -> Kept:
    """Keep records of one kind. If the database refuses the batch, each is tried alone.

    In one import, which is one moment, the second telling of something is refused; `again` believes it.
    """
    if not records:
        return Kept()
    try:
        with transaction.atomic():
            return _KEEP[type(records[0])](shop, records, as_of, again)
    except DatabaseError:
        if len(records) == 1:
            return Kept(wrong={0: _("The database cannot keep this.")})
    kept = Kept()
    for place, record in enumerate(records):
        alone = keep(shop, [record], as_of=as_of, again=again)
        kept.created += alone.created
        kept.changed += alone.changed
        if alone.wrong:
            kept.wrong[place] = alone.wrong[0]
    return kept


def _keep_customers(shop: Shop, records: Sequence[CustomerRecord], as_of: datetime, again: bool) -> Kept:
    kept = Kept()
    for place, found in enumerate(customers.keep(shop, records)):
        if isinstance(found, Wrong):
            kept.wrong[place] = str(found)
        else:
            kept.created += found.is_new
            kept.changed += not found.is_new
    return kept


def _keep_products(shop: Shop, records: Sequence[ProductRecord], as_of: datetime, again: bool) -> Kept:
    known = dict(
        Product.objects.filter(shop=shop, external_id__in=[record.external_id for record in records]).values_list(
            "external_id", "as_of"
        )
    )
    kept, good = _not_twice(records, lambda record: record.external_id, known, None if again else as_of)
    rows = upsert(
        Product,
        ["shop", "external_id"],
        (
            Product(
                shop=shop,
                external_id=record.external_id,
                name=record.name,
                kind=record.kind,
                description=record.description,
                url=record.url,
                image_url=record.image_url,
                is_sold=record.is_sold,
                properties=record.properties,
                as_of=as_of,
            )
            for record in good
        ),
    )
    variants = upsert(
        Variant,
        ["shop", "sku"],
        (
            Variant(
                shop=shop,
                product=row,
                sku=told.sku,
                name=told.name,
                price=told.price,
                currency=told.currency,
                stock=told.stock,
                is_offered=told.is_offered,
                options=told.options,
            )
            for row, record in zip(rows, good, strict=True)
            for told in record.variants
        ),
    )
    # What is no longer named cannot be ordered; old orders still point at it.
    gone = Variant.objects.filter(product__in=rows).exclude(pk__in=[variant.pk for variant in variants])
    gone.update(is_offered=False)
    return kept


def _keep_orders(shop: Shop, records: Sequence[OrderRecord], as_of: datetime, again: bool) -> Kept:
    known = dict(
        Order.objects.filter(shop=shop, number__in=[record.number for record in records]).values_list("number", "as_of")
    )
    whose = customers.whose(shop, records)
    methods = {
        (method.customer_id, method.external_id): method
        for method in PaymentMethod.objects.filter(customer__in=[c for c in whose if isinstance(c, Customer)])
    }
    problems = [_problem(record, customer, methods) for record, customer in zip(records, whose, strict=True)]
    problems = _returns_of_others(shop, records, _changed_here(shop, records, problems))
    kept, good = _not_twice(records, lambda record: record.number, known, None if again else as_of, problems)
    owner = {r.number: each for r, each in zip(records, whose, strict=True) if isinstance(each, Customer)}
    rows = upsert(
        Order,
        ["shop", "number"],
        (
            Order(
                shop=shop,
                customer=owner[record.number],
                as_of=as_of,
                address=record.address.parts(),
                **{name: getattr(record, name) for name in _PLAIN},
            )
            for record in good
        ),
    )
    Parts(shop, list(zip(rows, good, strict=True)), methods).keep()
    return kept


_PLAIN = (
    *("number", "external_id", "status", "currency", "shipping", "discount", "tax", "total", "ship_to"),
    *("placed_at", "expected_on", "cancelled_at", "cancel_reason"),
)
_KEEP: dict[type[Any], Callable[..., Kept]] = {
    CustomerRecord: _keep_customers,
    ProductRecord: _keep_products,
    OrderRecord: _keep_orders,
}


def _problem(
    record: OrderRecord, customer: Customer | Wrong, methods: dict[tuple[int, str], PaymentMethod]
) -> str | None:
    if isinstance(customer, Wrong):
        return str(customer)
    named = {payment.paid_with for payment in record.payments or ()}
    named |= {refund.goes_to for refund in record.refunds or ()} | {back.settled_with for back in record.returns or ()}
    unknown = [each for each in named if each and (customer.pk, each) not in methods]
    return _("This customer has no payment method “%(id)s”.") % {"id": unknown[0]} if unknown else None


def _changed_here(shop: Shop, records: Sequence[OrderRecord], problems: list[str | None]) -> list[str | None]:
    """What was done with an order here is not undone by a record that its system wrote before."""
    numbers = [record.number for record in records if record.updated_at]
    changes = OrderChange.objects.filter(order__shop=shop, order__number__in=numbers, state=OrderChange.State.DONE)
    newest: dict[str, Any] = dict(changes.order_by("settled_at").values_list("order__number", "settled_at"))
    return [
        why or _("Order %(number)s was changed here after that.") % {"number": record.number}
        if record.updated_at and record.number in newest and newest[record.number] > record.updated_at
        else why
        for record, why in zip(records, problems, strict=True)
    ]


def _returns_of_others(shop: Shop, records: Sequence[OrderRecord], problems: list[str | None]) -> list[str | None]:
    """A return number is one in a shop: no order takes that of another."""
    named = {back.number for record in records for back in record.returns or ()}
    owner = dict(Return.objects.filter(shop=shop, number__in=named).values_list("number", "order__number"))
    found = []
    for record, why in zip(records, problems, strict=True):
        numbers = [back.number for back in record.returns or ()] if why is None else []
        foreign = [number for number in numbers if owner.get(number, record.number) != record.number]
        if foreign:
            why = _("Return %(number)s is that of another order.") % {"number": foreign[0]}
        elif numbers:
            owner |= dict.fromkeys(numbers, record.number)
        found.append(why)
    return found


def _not_twice(
    records: Sequence[R],
    key: Callable[[R], str],
    known: dict[str, datetime | None],
    as_of: datetime | None,
    problems: Sequence[str | None] = (),
) -> tuple[Kept, list[R]]:
    """Those that are told for the first time at this moment; the second telling of one is refused."""
    kept, good, seen = Kept(), [], set[str]()
    for place, record in enumerate(records):
        name = key(record)
        if problems and (why := problems[place]):
            kept.wrong[place] = why
        elif name in seen or (as_of and known.get(name) == as_of):
            kept.wrong[place] = _("“%(name)s” stands here already; that one was taken.") % {"name": name}
        else:
            seen.add(name)
            good.append(record)
            kept.created += name not in known
            kept.changed += name in known
    return kept, good
