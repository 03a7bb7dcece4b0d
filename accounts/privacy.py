"""What we keep about people: every personal field of every model, and how to hand it over and how to erase it.

Each app lists its models in its own `privacy.py` (this app in `personal.py`), which is read at start-up:

    privacy.register("chat.Message", privacy.personal("text"), privacy.harmless("client_id"), export=..., erase=...)

`unlisted()` names every field that could hold something personal and is in no list; a test keeps it empty.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.postgres.fields import ArrayField, HStoreField
from django.db import models

from accounts.models import Customer

Export = Callable[[Customer], Iterable[dict[str, Any]]]
Erase = Callable[[Customer], int]


@dataclass(frozen=True)
class Fields:
    names: tuple[str, ...]
    are_personal: bool


@dataclass(frozen=True)
class Listing:
    """What is said about one model."""

    label: str
    personal: frozenset[str]
    harmless: frozenset[str]
    export: Export | None = None
    erase: Erase | None = None


class AlreadyListed(ValueError):
    """One model, one list."""


LISTINGS: dict[str, Listing] = {}


def personal(*names: str) -> Fields:
    """These fields say something about a person, or who it is."""
    return Fields(names, are_personal=True)


def harmless(*names: str) -> Fields:
    """These fields could hold something personal by their type, and do not by their meaning."""
    return Fields(names, are_personal=False)


def register(
    model: str | type[models.Model], *fields: Fields, export: Export | None = None, erase: Erase | None = None
) -> None:
    """List a model. `export` gives a customer's rows as plain values, `erase` removes or blanks them and counts."""
    label = (model if isinstance(model, str) else model._meta.label).lower()
    if label in LISTINGS:
        raise AlreadyListed(label)
    said = {kind: frozenset(n for f in fields if f.are_personal is kind for n in f.names) for kind in (True, False)}
    LISTINGS[label] = Listing(label, said[True], said[False], export, erase)


def unlisted(labels: Iterable[str] | None = None) -> list[str]:
    """Fields that could be personal and are in no list, as "app.model.field"."""
    wanted = {label.lower() for label in labels} if labels is not None else None
    return sorted(
        f"{label}.{field.name}"
        for label, field in _suspects()
        if (wanted is None or label in wanted) and not _is_listed(label, field.name)
    )


def outdated() -> list[str]:
    """What is listed and no longer there."""
    fields = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
    }
    listed = {f"{label}.{name}" for label, said in LISTINGS.items() for name in said.personal | said.harmless}
    return sorted(listed - fields)


def without_handlers() -> list[str]:
    """Models with personal fields that cannot yet be exported or erased."""
    return sorted(label for label, said in LISTINGS.items() if said.personal and not (said.export and said.erase))


def _is_listed(label: str, name: str) -> bool:
    said = LISTINGS.get(label)
    return said is not None and name in said.personal | said.harmless


def _suspects() -> Iterator[tuple[str, Any]]:
    for model in apps.get_models(include_auto_created=True):
        for field in [*model._meta.local_fields, *model._meta.private_fields]:
            if _could_be_personal(field):
                yield model._meta.label_lower, field


_TEXTUAL = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
    models.BinaryField,
    ArrayField,
    HStoreField,
    GenericForeignKey,
)


def _could_be_personal(field: Any) -> bool:
    """Free text, files, addresses, and references to a person. Closed choices, numbers and times alone are not."""
    if getattr(field, "choices", None):
        return False
    if isinstance(field, models.ForeignKey):
        return field.related_model in _people()
    return isinstance(field, _TEXTUAL)


def _people() -> set[Any]:
    return {apps.get_model(settings.AUTH_USER_MODEL), Customer}
