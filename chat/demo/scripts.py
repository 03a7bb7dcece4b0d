"""Talks as they are written down: see the head of lumen-and-loom/en.txt."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random

from accounts.models import Customer, Shop

HERE = Path(__file__).parent
_HEAD = re.compile(
    r"== (?:anybody (?P<drawn>\w\w)"
    r"|(?P<guest>guest (?P<name>.+) )?<?(?P<email>\S+@[\w.]+)>?(?: (?P<language>\w\w))?,"
    r" (?P<count>\d+) (?P<unit>minutes?|hours?|days?) ago(?: (?P<clock>\d\d:\d\d))?)"
)
_LINE = re.compile(r"(?P<who>[>+*]|anna|ben)(?P<if_needed>\??):? (?P<text>.+)")


@dataclass(frozen=True)
class Line:
    """Something said or done: by the shopper (> or +), by one of the team, or with the talk itself (*)."""

    who: str
    text: str
    if_needed: bool = False


@dataclass(frozen=True)
class Script:
    """A talk: who with, when, and what was said."""

    key: str
    email: str
    at: datetime
    lines: tuple[Line, ...]
    name: str = ""
    language: str = ""
    is_guest: bool = False


class Illegible(ValueError):
    """A line of a script means nothing."""


def of_shop(shop: Shop, *, at: datetime) -> list[Script]:
    """The talks of a shop, oldest first."""
    scripts = []
    for path in sorted((HERE / shop.slug).glob("*.txt")):
        draw = Random(f"{shop.slug} {path.stem}")  # noqa: S311  (the same people every time)
        for number, (head, lines) in enumerate(blocks(path.read_text(encoding="utf-8")), start=1):
            scripts.append(_script(shop, f"demo-{path.stem}-{number}", head, lines, draw, at))
    return sorted(scripts, key=lambda script: script.at)


def replies_of(shop: Shop) -> Iterator[tuple[str, str]]:
    """The shop's saved replies: a line each, shortcut first."""
    path = HERE / shop.slug / "saved.replies"
    for row in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        shortcut, _, text = row.partition(": ")
        yield shortcut, text


def blocks(text: str) -> list[tuple[re.Match[str], tuple[Line, ...]]]:
    """Every head with its lines."""
    found: list[tuple[re.Match[str], list[Line]]] = []
    for row in text.splitlines():
        if not row.strip() or row.startswith("#"):
            continue
        if head := _HEAD.fullmatch(row):
            found.append((head, []))
        elif said := _LINE.fullmatch(row):
            found[-1][1].append(Line(said["who"], said["text"], bool(said["if_needed"])))
        elif row.startswith("  "):
            last = found[-1][1].pop()
            found[-1][1].append(Line(last.who, f"{last.text}\n{row.strip()}", last.if_needed))
        else:
            raise Illegible(row)
    return [(head, tuple(lines)) for head, lines in found]


def _script(shop: Shop, key: str, head: re.Match[str], lines: tuple[Line, ...], draw: Random, at: datetime) -> Script:
    if language := head["drawn"]:
        speakers = Customer.objects.present().filter(shop=shop, language=language, email_verified=True)
        speakers = speakers.filter(created_at__lt=at - timedelta(days=20))
        customer = draw.choice(list(speakers.order_by("email")))
        earliest = max(customer.created_at, at - timedelta(days=350))
        day = earliest + (at - timedelta(days=7) - earliest) * draw.random() ** 0.8
        return Script(
            key, customer.email or "", _hour(shop, day, time(draw.randint(7, 21), draw.randint(0, 59))), lines
        )
    unit = head["unit"] if head["unit"].endswith("s") else f"{head['unit']}s"
    when = at - timedelta(**{unit: int(head["count"])})
    if head["clock"]:
        when = _hour(shop, when, time.fromisoformat(head["clock"]))
    return Script(
        key,
        head["email"],
        when,
        lines,
        name=head["name"] or "",
        language=head["language"] or "",
        is_guest=bool(head["guest"]),
    )


def _hour(shop: Shop, day: datetime, hour: time) -> datetime:
    return datetime.combine(day.astimezone(shop.zone).date(), hour, shop.zone)
