"""What a flow itself knows of the words for a slot: other names for a value, and patterns that values have."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from chat.entities import Entity

LONGEST = 120  # signs of a pattern
READ = 300  # signs of a message that patterns look at
OPEN = 2  # parts of a pattern that may repeat often
FEW = 9  # times that count as seldom


def named(slot: dict[str, Any], said: str) -> list[Entity]:
    """All that fits, longest first where one holds another."""
    found = sorted({*_by_name(slot, said), *_by_pattern(slot, said)}, key=lambda each: (each.start, -each.end))
    kept: list[Entity] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def is_quick(pattern: str) -> bool:
    """Whether it is a pattern that no message can make slow: nothing that repeats stands in something that repeats."""
    try:
        parts = re.compile(pattern) and _parsed(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return 0 < len(pattern) <= LONGEST and _repeats(parts) <= OPEN and not re.fullmatch(pattern, "")


def _by_name(slot: dict[str, Any], said: str) -> Iterator[Entity]:
    lowered = said.lower()
    if len(lowered) != len(said):  # a letter that is longer when small: then places would not fit
        lowered = said
    for value, names in slot.get("synonyms", {}).items():
        for name in (value, *names):
            for found in re.finditer(rf"(?<!\w){re.escape(name.lower())}(?!\w)", lowered):
                yield Entity(slot["kind"], value, *found.span())


def _by_pattern(slot: dict[str, Any], said: str) -> Iterator[Entity]:
    for pattern in slot.get("patterns", ()):
        for found in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", said[:READ], re.IGNORECASE):
            if found[0].strip():
                yield Entity(slot["kind"], found[0].strip(), *found.span())


_ENDLESS = 1000


@lru_cache(maxsize=1000)
def _parsed(pattern: str) -> Any:
    from re import _parser  # type: ignore[attr-defined]  # the tree of a pattern has no public door

    return _parser.parse(pattern)


def _repeats(parts: Any, *, inside: bool = False) -> int:
    """How many parts repeat often; too many where one stands inside another that repeats."""
    many = 0
    for name, told in parts:
        match str(name):
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, what = told
                if inside and least != most:
                    return _ENDLESS
                many += (most > FEW and least != most) + _repeats(what, inside=inside or most > 1)
            case "SUBPATTERN" | "ATOMIC_GROUP":
                many += _repeats(told[-1] if str(name) == "SUBPATTERN" else told, inside=inside)
            case "BRANCH":
                if inside:
                    return _ENDLESS
                many += sum(_repeats(each) for each in told[1])
            case "ASSERT" | "ASSERT_NOT" | "GROUPREF" | "GROUPREF_EXISTS":
                return _ENDLESS
    return many
