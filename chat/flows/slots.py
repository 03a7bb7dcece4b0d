"""What a slot of a flow takes: read from what was said, in one spelling, or not at all."""

import re
from collections.abc import Iterable
from typing import Any

from accounts.models import Address
from chat.entities import Entity
from chat.flows import asking, changes, words

ENTITIES = ("order", "date", "money", "quantity", "size", "colour", "product", "email", "phone", "tracking", "city")
KINDS = (*ENTITIES, "text", "name", "address", "number", "choice", "shape")
WORDY = frozenset({"text", "name", "address"})  # anything may be one: a question is heard as a question first
LONGEST = 2_000
_CLASSES = {"A": "[A-Za-z]", "9": "[0-9]", "?": "[A-Za-z0-9]"}
_INTRODUCED = re.compile(
    r"^\W*(?:no,? )?(?:(?:my|the) name is|my name's|i am|i'm|it is|it's|this is|ich hei(?:ß|ss)e|mein name ist|ich bin"
    r"|me llamo|mi nombre es|soy|je m'appelle|mon nom est|je suis)\s+",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][^\d@<>?!:;/\\]{0,80}")

Slot = dict[str, Any]


def read(slot: Slot, said: str, named: Iterable[Entity]) -> str | None:
    """The value for a slot that she was asked for."""
    kind, said = slot["kind"], said.strip()
    own = words.named(slot, said)
    if own:
        return _cued_first(slot, said, own)[0].value
    match kind:
        case "text":
            return said[:LONGEST] or None if "patterns" not in slot else None
        case "name":
            name = _INTRODUCED.sub("", said).strip(" .,")
            return name if _NAME.fullmatch(name) and len(name.split()) <= 5 and "\n" not in name else None
        case "address":
            return _address(said)
        case "number":
            found = re.findall(r"(?<![\w.,-])\d{1,9}(?:[.,]\d{1,2})?(?![\w-])", said)
            return found[0].replace(",", ".") if len(found) == 1 else None
        case "choice":
            return _choice(slot, said)
        case "shape":
            shaped = re.search(rf"(?<!\w){shape_of(slot['shape'])}(?!\w)", said)
            return shaped[0].upper() if shaped else None
        case "order":
            return next(asking.numbers(said), None)
    fits = _cued_first(slot, said, [each for each in named if each.kind == kind])
    return fits[0].value if fits else None


def offered(slot: Slot, said: str, named: Iterable[Entity], *, is_only: bool) -> str | None:
    """The value that she named without being asked: marked by its word, or the only one of its kind."""
    kind = slot["kind"]
    own = words.named(slot, said)
    if kind == "order" and not own:
        numbers = list(asking.numbers(said))
        return numbers[0] if len(numbers) == 1 and is_only else None
    if kind in ("choice", "shape"):
        return read(slot, said, named) if is_only or kind == "shape" else None
    fits = own or [each for each in named if each.kind == kind]
    if kind not in ENTITIES and not own:
        return None
    cued = [each for each in fits if is_cued(slot, said, each)]
    if cued:
        return cued[0].value
    return fits[0].value if is_only and len(fits) == 1 else None


def _cued_first(slot: Slot, said: str, fits: list[Entity]) -> list[Entity]:
    return [each for each in fits if is_cued(slot, said, each)] or fits


def is_cued(slot: Slot, said: str, named: Entity) -> bool:
    """Whether one of the words that announce this slot stands right before."""
    before = said[: named.start].casefold()
    return any(re.search(rf"(?<!\w){re.escape(word.casefold())}\W+$", before) for word in slot.get("after", ()))


def is_called(slot: Slot, name: str, said: str) -> bool:
    """Whether she speaks of this slot by its name."""
    return any(
        re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", said.casefold())
        for word in (*slot.get("called", ()), name.replace("_", " "))
    )


def shape_of(shape: str) -> str:
    """A pattern of A for a letter, 9 for a digit and ? for either: nothing that could take long to match."""
    return "".join(_CLASSES.get(sign) or re.escape(sign) for sign in shape)


def options(slot: Slot) -> dict[str, Any]:
    """The values of a choice with their texts."""
    given = slot.get("options", {})
    return given if isinstance(given, dict) else {str(each): str(each) for each in given}


def words_of(option: Any) -> list[str]:
    """All the words for a choice: its text in each language, and what else people call it."""
    if isinstance(option, dict):
        return [word for each in option.values() for word in words_of(each)]
    if isinstance(option, list):
        return [word for each in option for word in words_of(each)]
    return [str(option)]


def _choice(slot: Slot, said: str) -> str | None:
    """The one option that is named; none where two are."""
    lowered = said.casefold()
    found = {
        value: max((len(word) for word in (value, *words_of(option)) if _is_said(word, lowered)), default=0)
        for value, option in options(slot).items()
    }
    longest = max(found.values(), default=0)
    best = [value for value, length in found.items() if length == longest and length]
    return best[0] if len(best) == 1 else None


def _is_said(word: str, lowered: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", lowered))


def _address(said: str) -> str | None:
    bare = _INTRODUCED.sub("", said)
    address = changes.read_address(bare, Address())
    if not (address.line1 and address.city):
        return None
    return ", ".join(line.strip() for line in re.split(r"[\n,]", bare) if line.strip())[:LONGEST]
