"""The flows of a shop: those that are shipped, and its own, of which one may stand in the place of a shipped one."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import Shop, User
from chat.flows.notation import reading
from chat.flows.notation.reading import Problem, Unfit
from chat.flows.scripts import Script
from chat.models import BotVersion, Flow

SHIPPED = Path(__file__).parent / "shipped"


@lru_cache(maxsize=1)
def shipped() -> dict[str, str]:
    """The YAML of each flow that comes with the software, by its name."""
    sources = [path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.yaml"))]
    return {str(reading.read(source)["flow"]): source for source in sources}


def of_shop(shop_id: int) -> dict[str, dict[str, Any]]:
    """The definitions that are on now, by name."""
    found = dict(_shipped())
    for flow in Flow.objects.filter(shop=shop_id).order_by("pk"):
        found.pop(flow.name, None)
        if flow.is_on:
            found[flow.name] = flow.definition
    return found


def serving(shop_id: int, version_id: int | None) -> dict[str, Script]:
    """The flows that answer a turn: of its version, as they were when it was trained."""
    kept = None
    if version_id is not None:
        kept = BotVersion.objects.filter(pk=version_id).values_list("flows", flat=True).first()
    definitions = of_shop(shop_id) if kept is None else kept
    return {name: Script(definition) for name, definition in definitions.items()}


@transaction.atomic
def keep(shop: Shop, source: str, *, at: datetime, by: User | None = None) -> Flow:
    """Write down a flow of the shop; one that is there gets the next revision, and an unchanged one stays."""
    definition = reading.read(source)
    name = definition["flow"]
    flow = Flow.objects.select_for_update(no_key=True).filter(shop=shop, name=name).first()
    if flow is None:
        return Flow.objects.create(
            shop=shop, name=name, source=source, definition=definition, changed_at=at, changed_by=by
        )
    if flow.source != source:
        flow.source, flow.definition, flow.revision = source, definition, flow.revision + 1
        flow.changed_at, flow.changed_by = at, by
        flow.save()
    return flow


@transaction.atomic
def bring(shop: Shop, text: str, *, at: datetime, by: User | None = None) -> list[Flow]:
    """Take in every flow of a file, or none if one is unfit."""
    sources = checked(text)
    return [keep(shop, source, at=at, by=by) for source in sources]


def checked(text: str) -> list[str]:
    """The flows of a file; Unfit with all that is wrong, by the lines of the file."""
    problems: list[Problem] = []
    found: dict[str, str] = {}
    parts = list(reading.documents(text)) or [(1, "")]
    for first, part in parts:
        try:
            name = reading.read(part)["flow"]
        except Unfit as why:
            problems += [Problem(each.line + first - 1, each.text) for each in why.problems]
            continue
        found[name] = part
    if problems:
        raise Unfit(problems)
    return list(found.values())


def take_out(shop: Shop, name: str = "") -> Iterator[tuple[str, str]]:
    """The flows of a shop as they were written, shipped ones where it has none of its own."""
    sources = {**shipped(), **dict(Flow.objects.filter(shop=shop).order_by("name").values_list("name", "source"))}
    return ((each, source) for each, source in sorted(sources.items()) if name in ("", each))


@lru_cache(maxsize=1)
def _shipped() -> dict[str, dict[str, Any]]:
    return {name: reading.read(source) for name, source in shipped().items()}
