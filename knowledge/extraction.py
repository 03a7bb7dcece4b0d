"""Choose from passages what is to be said: the sentences that answer, whole lists, no heading, in reading order."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge import embeddings, words
from knowledge.retrieval import Passage
from knowledge.sentences import Kind, Unit, units

__all__ = ["Chosen", "Kind", "choose", "sources"]

SHORT = 450  # characters of a text that is given whole
LONGEST = 900  # characters of an answer, unless one list or block is longer
READ = 60  # units that are looked at
SHARED = 0.8  # weight of shared words beside likeness of meaning
UNDER = 0.5  # weight of the heading a unit stands under
ROWS = 20  # of a table that are read one by one
SUITS = 0.35  # for holding an amount where one is asked for, a time where one is
ELSEWHERE = 0.5  # against a sentence that only names another article
NEAR_BEST = 0.85  # a sentence this near to the best one, by its points, is said too

_ELSEWHERE = re.compile(
    '(?:see|siehe|v\u00e9ase|vea|voir|voyez)[^."\u00ab\u201e\u201c]{0,20}["\u00ab\u201e\u201c]', re.IGNORECASE
)


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# How an amount, a span or a point of time is asked for, and how it looks where it stands.
_WANTED = [
    (
        _any(
            "how much|cost|price|\\bfee",
            "kostet|kosten|preis",
            "cu\u00e1nto (?:cuesta|vale)|precio",
            "combien|co\u00fbte|prix",
        ),
        _any("[\u20ac$\u00a3]\\s?\\d", "\\d\\s?(?:[\u20ac$\u00a3]|EUR)", "\\b(?:free|kostenlos|gratis|gratuit)"),
    ),
    (
        _any("how long|when", "wie lange|wann", "cu\u00e1ndo|cu\u00e1nto (?:tarda|tiempo)", "quand|combien de temps"),
        _any(
            "\\d:\\d\\d",
            "\\d (?:working )?(?:minute|hour|day|week|month|year)",
            "\\d (?:Minute|Stunde|Werktag|Arbeitstag|Tag|Woche|Monat|Jahr|Uhr)",
            "\\d (?:minuto|hora|d\u00eda|semana|mes|a\u00f1o)",
            "\\d (?:heure|jour|semaine|mois|an)",
        ),
    ),
]


@dataclass(frozen=True)
class Chosen:
    """One unit to say, `passage.text[unit.start:unit.end]`, and the block of the answer it belongs to."""

    passage: Passage
    unit: Unit
    block: int


def sources(passages: Sequence[Passage]) -> list[tuple[Passage, Unit]]:
    """What the best article says in these passages, unit by unit in the article's order."""
    mine = [passage for passage in passages if passage.article == passages[0].article]
    return [
        (passage, unit)
        for passage in sorted(mine, key=lambda one: one.start)
        for unit in units(passage.text, 0, len(passage.text))
        if unit.kind is not Kind.HEADING
    ][:READ]


def choose(question: str, passages: Sequence[Passage]) -> list[Chosen]:
    """What of the best article answers the question, in the article's order."""
    said = sources(passages)
    if not said:
        return []
    taken = _taken(question, said)
    numbers: dict[tuple[int, int], int] = {}
    return [
        Chosen(passage, unit, numbers.setdefault((passage.start, unit.block), len(numbers)))
        for place, (passage, unit) in enumerate(said)
        if place in taken
    ]


def _taken(question: str, said: list[tuple[Passage, Unit]]) -> set[int]:
    """The places of the units to say: the best, what belongs to it, and others as good, as far as there is room."""
    if sum(unit.end - unit.start for _, unit in said) <= SHORT:
        return set(range(len(said)))
    points = _points(question, said)
    taken: set[int] = set()
    room = LONGEST
    for place in np.argsort(-points, kind="stable").tolist():
        if taken and points[place] < NEAR_BEST * points.max():
            break
        group = [near for near in _with_its_own(said, place) if near not in taken]
        size = sum(said[near][1].end - said[near][1].start for near in group)
        if taken and size > room:
            continue
        taken.update(group)
        room -= size
    return taken


def _with_its_own(said: list[tuple[Passage, Unit]], place: int) -> list[int]:
    """A unit with what it cannot be read without: an item with its list, a list with the sentence that opens it."""
    passage, unit = said[place]
    together = [place]
    if unit.kind is not Kind.SENTENCE:
        together = [at for at, (where, other) in enumerate(said) if where is passage and other.block == unit.block]
    elif place + 1 < len(said) and _opens(said, place):
        following = said[place + 1][1].block
        together += [at for at, (where, other) in enumerate(said) if where is passage and other.block == following]
    elif place + 1 < len(said) and said[place + 1][0] is passage and said[place + 1][1].block == unit.block:
        together.append(place + 1)
    first = together[0]
    if unit.kind is not Kind.SENTENCE and first > 0 and _opens(said, first - 1):
        together.insert(0, first - 1)
    return together


def _opens(said: list[tuple[Passage, Unit]], place: int) -> bool:
    """Whether a sentence announces the block that follows it."""
    (passage, unit), (where, following) = said[place], said[place + 1]
    return (
        where is passage
        and unit.kind is Kind.SENTENCE
        and following.kind is not Kind.SENTENCE
        and passage.text[unit.start : unit.end].rstrip().endswith(":")
    )


def _points(question: str, said: list[tuple[Passage, Unit]]) -> embeddings.Vectors:
    """How well each unit answers: near in meaning, saying what was asked about, under a heading that names it."""
    texts = [passage.text[unit.start : unit.end] for passage, unit in said]
    heads = [_head(passage, unit) for passage, unit in said]
    readings = [_readings(text, unit.kind) for text, (_, unit) in zip(texts, said, strict=True)]
    read = list(dict.fromkeys([*heads, *(reading for several in readings for reading in several)]))
    (asked,) = embeddings.embed([question])
    near = {text: float(vector @ asked) for text, vector in zip(read, embeddings.recall(read), strict=True)}
    title, language = said[0][0].title, said[0][0].language
    named = _shared(question, heads, language)
    under = {head: near[head] + SHARED * float(share) for head, share in zip(heads, named, strict=True)}
    own = [points for head, points in under.items() if head != title]
    under[title] = sum(own) / len(own) if own else 0.0  # what the whole article is about prefers no part of it
    best = [
        max(near[reading] for reading in several) + UNDER * under[head] + _suits(question, text)
        for several, head, text in zip(readings, heads, texts, strict=True)
    ]
    points: embeddings.Vectors = np.array(best, np.float32) + SHARED * _shared(question, texts, language)
    return points


def _head(passage: Passage, unit: Unit) -> str:
    """The heading a unit stands under."""
    before = [one for one in units(passage.text, 0, unit.start) if one.kind is Kind.HEADING]
    if before:
        return passage.text[before[-1].start : before[-1].end].lstrip("# ")
    return passage.heading.rsplit(" > ", 1)[-1] or passage.title


def _readings(text: str, kind: Kind) -> list[str]:
    """A unit as it is read for its meaning: a table row by row, each with the names of its columns."""
    if kind is not Kind.TABLE:
        return [text]
    first, *rows = [line.strip().strip("|").replace("|", ", ") for line in text.splitlines()]
    return [f"{first}: {row}" for row in rows if set(row) - set("-:, ")][:ROWS] or [text]


def _suits(question: str, text: str) -> float:
    """What a text gains by holding the kind of thing that was asked for, and loses by sending elsewhere."""
    wanted = [holds for asks, holds in _WANTED if asks.search(question)]
    lost = ELSEWHERE if _ELSEWHERE.search(text) else 0.0
    return SUITS * sum(bool(holds.search(text)) for holds in wanted) - lost


def _shared(question: str, texts: Sequence[str], language: str) -> embeddings.Vectors:
    """How much of what was asked each text says in the same words; what few of the texts say counts for more."""
    asked = set(words.counted(question, language))
    told = [asked & words.counted(text, language).keys() for text in texts]
    many = Counter(term for terms in told for term in terms)
    rare = {term: math.log(1 + (len(texts) - number + 0.5) / (number + 0.5)) for term, number in many.items()}
    whole = sum(rare.values()) or 1.0
    return np.array([sum(rare[term] for term in terms) / whole for terms in told], np.float32)
