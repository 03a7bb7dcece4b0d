"""When a branch is taken or a rule holds: plain data, compared with what is known."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from chat.flows import scripts

TESTS = frozenset({"is", "not", "over", "under", "known", "within_days", "says"})
MESSAGE = frozenset({"message.mood", "message.intent", "message.urgent", "message.text", "message.wants"})

Condition = dict[str, Any]


def holds(condition: Condition, values: dict[str, Any], *, on: date) -> bool:
    """Whether all that it says is so; `any` is one of several, `none` none of them."""
    for name, wanted in condition.items():
        if name == "any":
            if not any(holds(each, values, on=on) for each in wanted):
                return False
        elif name == "none":
            if any(holds(each, values, on=on) for each in wanted):
                return False
        elif not _is(scripts.look_up(values, name), wanted, on):
            return False
    return True


def names(condition: Condition) -> Iterator[str]:
    """All that it looks at."""
    for name, wanted in condition.items():
        if name in ("any", "none"):
            for each in wanted:
                yield from names(each)
        else:
            yield name


def _is(value: Any, wanted: Any, on: date) -> bool:
    if isinstance(wanted, list):
        return any(_same(value, each) for each in wanted)
    if not isinstance(wanted, dict):
        return _same(value, wanted)
    return all(_passes(value, test, other, on) for test, other in wanted.items())


def _passes(value: Any, test: str, other: Any, on: date) -> bool:
    match test:
        case "is":
            return _is(value, other, on)
        case "not":
            return not _is(value, other, on)
        case "known":
            return (value not in (None, "", [], {})) == bool(other)
        case "says":
            return any(each.casefold() in str(value or "").casefold() for each in _many(other))
        case "within_days":
            return _days_ago(value, on) is not None and 0 <= (_days_ago(value, on) or 0) <= int(other)
    one, two = _number(value), _number(other)
    if one is None or two is None:
        return False
    return one > two if test == "over" else one < two


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return bool(value) == bool(wanted)
    return str(value if value is not None else "").casefold() == str(wanted).casefold()


def _many(wanted: Any) -> list[str]:
    return [str(each) for each in (wanted if isinstance(wanted, list) else [wanted])]


def _number(value: Any) -> Decimal | None:
    """What a text begins with, as a number: amounts carry their currency."""
    try:
        number = Decimal(str(value).split()[0])
    except (InvalidOperation, IndexError):
        return None
    return number if number.is_finite() else None


def _days_ago(value: Any, on: date) -> int | None:
    try:
        return (on - date.fromisoformat(str(value)[:10])).days
    except ValueError:
        return None
