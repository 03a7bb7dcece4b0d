"""Examples of what shoppers ask for, brought in and taken out as JSON lines."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Shop
from chat.models import Example, Intent

LONGEST = 500
NONE = "none"  # what the intent is called that stands for none


class Unreadable(Exception):
    """A line is no example; the text says which and why."""


@dataclass(frozen=True)
class Told:
    """What became of a file: how many examples are new, and how many were known."""

    new: int
    known: int


def bring(shop: Shop, lines: Iterable[str]) -> Told:
    """Take in every example of a file, or none of it if one line cannot be read."""
    rows = list(_read(lines))
    if not rows:
        raise Unreadable(_("There is no example in the file."))
    return bring_rows(shop, rows)


def bring_rows(shop: Shop, rows: list[tuple[str, str | None, str]]) -> Told:
    """Take in examples: a text, its intent or none, and the language."""
    with transaction.atomic():
        intents = {intent.name: intent for intent in Intent.objects.filter(shop=shop)}
        none = next((intent.name for intent in intents.values() if intent.is_none), NONE)
        for name in dict.fromkeys(name or none for _text, name, _language in rows):
            if name not in intents:
                intents[name] = Intent.objects.create(shop=shop, name=name, is_none=name == none)
        before = Example.objects.filter(intent__shop=shop).count()
        Example.objects.bulk_create(
            (Example(intent=intents[name or none], text=text, language=language) for text, name, language in rows),
            ignore_conflicts=True,
            batch_size=1000,
        )
        new = Example.objects.filter(intent__shop=shop).count() - before
    return Told(new, len(rows) - new)


def take_out(shop: Shop) -> Iterator[str]:
    """Every example of a shop as a line that `bring` can read."""
    for example in Example.objects.filter(intent__shop=shop).select_related("intent").order_by("intent__name", "pk"):
        intent = None if example.intent.is_none else example.intent.name
        row = {"text": example.text, "intent": intent, "language": example.language}
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _read(lines: Iterable[str]) -> Iterator[tuple[str, str | None, str]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            told: Any = json.loads(line)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise Unreadable(_("Line %(number)d is not a JSON object.") % {"number": number})
        text, intent, language = told.get("text"), told.get("intent"), told.get("language", "en")
        if not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST:
            raise Unreadable(_("Line %(number)d has no “text” of at most 500 characters.") % {"number": number})
        if "intent" not in told or not (intent is None or (isinstance(intent, str) and 0 < len(intent.strip()) <= 100)):
            raise Unreadable(_("Line %(number)d has no “intent” of at most 100 characters.") % {"number": number})
        if not isinstance(language, str) or not 2 <= len(language) <= 10:
            raise Unreadable(_("Line %(number)d has a “language” that is none.") % {"number": number})
        yield text.strip(), intent.strip() if intent else None, language.lower()
