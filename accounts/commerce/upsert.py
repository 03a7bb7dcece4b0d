"""Many rows at once, each inserted or written over what has the same key."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def upsert(model: type[M], unique: list[str], rows: Iterable[M]) -> list[M]:
    """Insert, or overwrite what has the same key. Of two with one key the last counts."""
    by_key = {tuple(getattr(row, model._meta.get_field(name).attname) for name in unique): row for row in rows}  # type: ignore[union-attr]
    update = [
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key
        and not getattr(field, "generated", False)
        and not getattr(field, "auto_now_add", False)
        and field.name not in unique
    ]
    manager: Any = model._default_manager
    kept: list[M] = manager.bulk_create(
        list(by_key.values()), update_conflicts=True, unique_fields=unique, update_fields=update
    )
    return kept
