"""What a question asks for in words: its terms with their rarity, accents and simple slips forgiven."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge import statements, words
from knowledge.indexing import SATURATION, SHORTEST_FORGIVEN, place
from knowledge.models.index import TERM_DIMENSIONS

LONGEST = 20_000  # characters of a question that are read
MOST_TERMS = 64
MOST_FORGIVEN = 6  # unknown words of one question that are looked up as mistyped
TYPICAL = 1.1  # what BM25 gives a term where it stands, on the average
SLIP = 0.8  # how much a word counts that was only guessed
_REPEATED = 8  # a word said again counts for more, never for more than this many times


@dataclass(frozen=True)
class Asked:
    """The terms of a question: the index key and weight of each, and how many chunks there are to find them in."""

    weights: dict[int, float]
    chunks: int
    spread: float  # how far BM25 scores of this question lie apart
    ceiling: float  # the score of a chunk that says all of it, over and over

    @property
    def literal(self) -> str:
        """The weights as a sparse vector Postgres reads."""
        places: dict[int, float] = {}
        for key, weight in self.weights.items():
            places[place(key) + 1] = places.get(place(key) + 1, 0.0) + weight
        return "{" + ",".join(f"{at}:{places[at]:.6g}" for at in sorted(places)) + f"}}/{TERM_DIMENSIONS}"


def understand(shop: int, question: str, languages: Iterable[str]) -> Asked:
    """Look the words of a question up in what the shop says, in each of the languages."""
    spoken = words.words(question[:LONGEST])
    parts = [_in_language(shop, spoken, language) for language in languages]
    weights = {key: weight for part in parts for key, weight in part.weights.items()}
    return Asked(
        weights=dict(sorted(weights.items(), key=lambda item: -item[1])[:MOST_TERMS]),
        chunks=sum(part.chunks for part in parts),
        spread=max((part.spread for part in parts), default=0.0),
        ceiling=max((part.ceiling for part in parts), default=0.0),
    )


def _in_language(shop: int, spoken: list[str], language: str) -> Asked:
    counts = Counter(spoken)
    whole = words.key(shop, language, "")
    found, known = _spelled(shop, language, list(counts), whole)
    chunks = known.get(whole, 0)
    if not chunks:
        return Asked({}, 0, 0.0, 0.0)
    strange = [word for word in counts if not found[word]]
    stopped = _stemmed(shop, language, strange, found, known)
    unknown = [word for word in strange if not found[word] and word not in stopped]
    guessed = _forgive(shop, language, unknown)
    # A word in two forms, "shoe" and "shoes", is one thing asked for: it counts by its stem, as often as both.
    often: Counter[int] = Counter()
    for word, count in counts.items():
        for key in found[word]:
            often[key] += count
    weights = {key: _rarity(chunks, known[key]) * _emphasis(count) for key, count in often.items()}
    for word, (key, here) in guessed.items():
        known[key] = here
        weights.setdefault(key, SLIP * _rarity(chunks, here) * _emphasis(counts[word]))
    missing = sum(_rarity(chunks, 0) for word in unknown if word not in guessed)
    variance = 0.0
    for key, weight in weights.items():
        share = min(1.0, known[key] / chunks)
        variance += (TYPICAL * weight) ** 2 * share * (1 - share)
    return Asked(weights, chunks, math.sqrt(variance), (missing + sum(weights.values())) * (SATURATION + 1))


def _spelled(shop: int, language: str, asked: list[str], whole: int) -> tuple[dict[str, set[int]], dict[int, int]]:
    """The terms of the words that the shop spells so, accents aside, and in how many chunks each term stands."""
    keys = {word: words.key(shop, language, words.fold(word), kind="word") for word in asked}
    rows = statements.rows(
        "SELECT w.key, t.key, t.chunks FROM knowledge_word w JOIN knowledge_term t ON t.key = w.term_id"
        " WHERE w.key = ANY(%s::bigint[]) UNION ALL SELECT key, key, chunks FROM knowledge_term WHERE key = %s::bigint",
        [list(keys.values()), whole],
    )
    meant: dict[int, set[int]] = defaultdict(set)
    for spelling, key, _ in rows:
        meant[spelling].add(key)
    return {word: set(meant[key]) for word, key in keys.items()}, {key: chunks for _, key, chunks in rows}


def _stemmed(
    shop: int, language: str, strange: list[str], found: dict[str, set[int]], known: dict[int, int]
) -> set[str]:
    """Find words by their stems that nobody here spells so; gives the stop words, which ask for nothing."""
    terms = dict(zip(strange, words.stems(language).terms(strange), strict=True))
    keys = {word: words.key(shop, language, term) for word, term in terms.items() if term}
    if keys:
        here = dict(
            statements.rows(
                "SELECT key, chunks FROM knowledge_term WHERE key = ANY(%s::bigint[])", [list(keys.values())]
            )
        )
        known.update(here)
        for word, key in keys.items():
            found[word] |= {key} & here.keys()
    return {word for word, term in terms.items() if not term}


def _forgive(shop: int, language: str, unknown: list[str]) -> dict[str, tuple[int, int]]:
    """For a word nobody here writes: the term of the commonest word one slip away, and how many chunks have it."""
    able = [word for word in unknown if len(word) >= SHORTEST_FORGIVEN and word.isalpha()]
    slips = {word: words.fold(word) for word in able[:MOST_FORGIVEN]}
    if not slips:
        return {}
    rows = statements.rows(
        "SELECT DISTINCT w.spelling, t.key, t.chunks FROM unnest(%s::bigint[]) AS slip"
        " CROSS JOIN LATERAL (SELECT spelling, term_id FROM knowledge_word WHERE slips @> ARRAY[slip]) w"
        " JOIN knowledge_term t ON t.key = w.term_id ORDER BY t.chunks DESC, t.key",
        [[key for word in slips.values() for key in words.slips(shop, language, word)]],
    )
    return {
        word: near[0]
        for word, spelling in slips.items()
        if (near := [(key, chunks) for other, key, chunks in rows if words.is_one_slip(spelling, other)])
    }


def _rarity(chunks: int, having: int) -> float:
    return math.log(1 + (chunks - having + 0.5) / (having + 0.5))


def _emphasis(count: int) -> float:
    return count * (_REPEATED + 1) / (count + _REPEATED)
