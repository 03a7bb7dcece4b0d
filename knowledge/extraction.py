"""Choose from passages what is to be said: the sentences that answer, whole lists, no heading, in reading order."""

import math
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
NEAR_BEST = 0.88  # a sentence this near to the best one, by its points, is said too


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
    """How well each unit answers: near in meaning, and saying what was asked about."""
    texts = [passage.text[unit.start : unit.end] for passage, unit in said]
    vectors = embeddings.embed([question, *texts])
    points: embeddings.Vectors = vectors[1:] @ vectors[0] + SHARED * _shared(question, texts, said[0][0].language)
    return points


def _shared(question: str, texts: Sequence[str], language: str) -> embeddings.Vectors:
    """How much of what was asked each text says in the same words; what few of the texts say counts for more."""
    asked = set(words.counted(question, language))
    told = [asked & words.counted(text, language).keys() for text in texts]
    many = Counter(term for terms in told for term in terms)
    rare = {term: math.log(1 + (len(texts) - number + 0.5) / (number + 0.5)) for term, number in many.items()}
    whole = sum(rare.values()) or 1.0
    return np.array([sum(rare[term] for term in terms) / whole for terms in told], np.float32)
