"""The phrasings beside this, each with what it asks for; every third of a group is held out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).with_name("phrasings.txt")
_CALLED = {"address": "ship_to", "change_address": "address", "product": None, "help": None}


@dataclass(frozen=True)
class Phrase:
    language: str
    what: str | None
    text: str
    is_held_out: bool


def read(*, number: str = "W2378156", product: str = "Linen Shirt") -> Iterator[Phrase]:
    language, group, place = "", "", 0
    for line in map(str.strip, _HERE.read_text().splitlines()):
        if line.startswith("["):
            (language, group), place = line.strip("[]").split(), 0
        elif line and not line.startswith("#"):
            place += 1
            text = line.replace("{number}", number).replace("{product}", product)
            yield Phrase(language, _CALLED.get(group, group), text, place % 3 == 0)
