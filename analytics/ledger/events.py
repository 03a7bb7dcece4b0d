"""The one door into the ledger: `record` writes down what happened, in the transaction that makes it so."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models

from analytics.ledger.catalogue import KINDS, Kind, NotAFact
from analytics.ledger.cursors import read_since
from analytics.ledger.delivery import on, wake
from analytics.ledger.models import Event

__all__ = ["KINDS", "OutsideTransaction", "Refused", "UnknownKind", "on", "read_since", "record"]

MACHINES = ("bot", "system")  # actors that are nobody's row


class Refused(ValueError):
    """This must not be written into the ledger."""


class UnknownKind(Refused):
    """The catalogue has no such kind."""


class OutsideTransaction(RuntimeError):
    """An event is recorded in the transaction of the change it tells of, or not at all."""


def record(
    kind: str, *, at: datetime | None = None, actor: Any = None, shop: Any = None, **objects_and_facts: Any
) -> Event:
    """Write down that something happened: rows become opaque references, numbers and choices become facts."""
    known = KINDS.get(kind)
    if known is None:
        raise UnknownKind(f"{kind!r} is not in the catalogue (analytics/ledger/catalogue.py).")
    if not connection.in_atomic_block:
        raise OutsideTransaction(
            f"{kind} was recorded outside of a transaction; record it in the one that changes the row."
        )
    row = shop if known.subject == "shop" else objects_and_facts.pop(known.subject, None)
    if row is None:
        raise Refused(f"{kind} needs {known.subject}=, the row it happened to.")
    refs, facts = _sorted_out(known, objects_and_facts)
    event = Event(
        kind=kind,
        shop_id=_shop_id(shop, row),
        subject=_ref(row, kind, known.subject, known.subject),
        actor=_actor(actor, kind),
        refs=refs,
        facts=facts,
    )
    _write(event, at)
    wake(kind)
    return event


def _write(event: Event, at: datetime | None) -> None:
    """By hand, for every story pays for this line: `save` takes twice the processor time."""
    words = (event.kind, at, event.shop_id, event.subject, event.actor)
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO ledger_event (kind, at, shop_id, subject, actor, refs, facts)"
            " VALUES (%s, coalesce(%s, statement_timestamp()), %s, %s, %s, %s, %s) RETURNING id, at, xid::text::bigint",
            (*words, json.dumps(event.refs), json.dumps(event.facts)),
        )
        event.pk, event.at, event.xid = sql.fetchone()
    event._state.adding, event._state.db = False, connection.alias


def _sorted_out(known: Kind, given: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    refs: dict[str, str] = {}
    facts: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known.refs and name not in known.facts:
            raise Refused(
                f"{known.name} has no {name!r}; it knows {', '.join((*known.refs, *known.facts)) or 'nothing more'}."
            )
        if value is None:
            continue
        if name in known.refs:
            refs[name] = _ref(value, known.name, name, known.refs[name])
            continue
        try:
            facts[name] = known.facts[name](value)
        except NotAFact as error:
            raise Refused(f"{known.name}: {name} must be {error}; free text stays out of the ledger.") from None
    return refs, facts


def _ref(row: Any, kind: str, name: str, model: str | None = None) -> str:
    if not isinstance(row, models.Model):
        raise Refused(
            f"{kind}: {name} must be a row, not {type(row).__name__}; names and texts stay out of the ledger."
        )
    found = str(row._meta.concrete_model._meta.model_name)  # type: ignore[union-attr]
    if model is not None and found != model:
        raise Refused(f"{kind}: {name} must be a {model}, not a {found}.")
    opaque = getattr(row, "ledger_id", None)
    if opaque is None and _is_person(row):
        raise Refused(f"{kind}: a {found} is a person and needs a ledger_id, so that erasure can cut the only thread.")
    opaque = opaque or row.pk
    if not isinstance(opaque, int | uuid.UUID):
        raise Refused(f"{kind}: {name} has no opaque id; save the row first, and give people a ledger_id.")
    return f"{found}:{opaque}"


def _is_person(row: models.Model) -> bool:
    try:
        return isinstance(row._meta.get_field("email"), models.EmailField)
    except FieldDoesNotExist:
        return False


def _actor(actor: Any, kind: str) -> str | None:
    return actor if actor is None or (isinstance(actor, str) and actor in MACHINES) else _ref(actor, kind, "actor")


def _shop_id(shop: Any, row: models.Model) -> int | None:
    found = getattr(shop, "pk", shop) if shop is not None else getattr(row, "shop_id", None)
    if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
        raise Refused("shop must be a shop or its number.")
    return found
