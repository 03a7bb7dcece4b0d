"""A whole Rasa project brought in: examples, replies, rules, stories and forms; what has no place here is listed."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import Shop
from chat import teaching
from chat.flows import shelf
from chat.flows.notation import reading
from chat.models import SavedReply, Webhook
from chat.rasa import courses, project
from chat.rasa.project import Left, Unreadable

__all__ = ["Brought", "Unreadable", "bring"]


@dataclass(frozen=True)
class Brought:
    """What became of a project."""

    examples: teaching.Told
    intents: list[str]
    flows: list[str]
    replies: list[str]
    webhooks: list[str]  # that the flows ask and the shop has not yet
    left: list[Left]

    def facts(self) -> dict[str, Any]:
        return {
            "intents": len(self.intents),
            "examples": self.examples.new,
            "examples_known": self.examples.known,
            "flows": self.flows,
            "saved_replies": self.replies,
            "webhooks_to_add": self.webhooks,
            "left": [{"where": each.where, "why": each.why} for each in self.left],
        }


@transaction.atomic
def bring(shop: Shop, folder: Path, *, language: str, at: datetime, keep: bool = True) -> Brought:
    """Take in what has a place here, or nothing where a file cannot be read; without `keep` only say what would be."""
    told = project.read(folder)
    found = courses.convert(told, taken=set(shelf.shipped()))
    rows = list(dict.fromkeys((text, intent, language) for text, intent in told.examples))
    examples = teaching.bring_rows(shop, rows) if rows else teaching.Told(0, 0)
    for definition in found.flows:
        shelf.keep(shop, reading.written(definition), at=at)
    replies = []
    for shortcut, text in found.replies:
        _reply, is_new = SavedReply.objects.get_or_create(shop=shop, shortcut=shortcut, defaults={"text": text})
        replies += [shortcut] if is_new else []
    has = set(Webhook.objects.filter(shop=shop).values_list("name", flat=True))
    if not keep:
        transaction.set_rollback(True)
    return Brought(
        examples,
        sorted({intent for _text, intent in told.examples if intent}),
        [str(definition["flow"]) for definition in found.flows],
        replies,
        sorted(found.webhooks - has),
        [*told.left, *found.left],
    )
