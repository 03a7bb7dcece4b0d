"""What is named in a message: numbers, days, money, sizes, colours, places, and products of the catalogue."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from accounts.commerce import catalogue
from chat.entities import days, marks, things


@dataclass(frozen=True)
class Entity:
    """Something named, in one spelling, and where in the text it stands."""

    kind: str
    value: str
    start: int
    end: int


def find(text: str, *, on: date, shop_id: int | None = None) -> tuple[Entity, ...]:
    """All that is named, in order; what is part of something longer is not named twice."""
    taken: list[tuple[int, int]] = []
    found: list[Entity] = []
    for kind, value, start, end in _all(text, on, shop_id):
        if not any(start < there_end and there < end for there, there_end in taken):
            taken.append((start, end))
            found.append(Entity(kind, value, start, end))
    return tuple(sorted(found, key=lambda each: each.start))


def beside(named: tuple[Entity, ...], others: Iterable[tuple[str, str, int, int]]) -> tuple[Entity, ...]:
    """What was found here, and what another system found where nothing was."""
    more = [Entity(*each) for each in others if not any(each[2] < ours.end and ours.start < each[3] for ours in named)]
    return tuple(sorted((*named, *more), key=lambda each: each.start))


def _all(text: str, on: date, shop_id: int | None) -> Iterator[tuple[str, str, int, int]]:
    """The surest first: an address is no city, a tracking number no order, a year no quantity."""
    yield from marks.emails(text)
    yield from marks.trackings(text)
    yield from days.days(text, on=on)
    yield from things.money(text)
    yield from marks.phones(text)
    yield from marks.orders(text)
    yield from _products(text, shop_id)
    yield from things.sizes(text)
    yield from things.quantities(text)
    yield from things.colours(text)
    yield from things.cities(text)


def _products(text: str, shop_id: int | None) -> Iterator[tuple[str, str, int, int]]:
    """Products whose whole name was said."""
    if shop_id is None:
        return
    said = text.lower()
    for product in catalogue.find(shop_id, text):
        start = said.find(product.name.lower())
        if start >= 0:
            yield "product", product.name, start, start + len(product.name)
