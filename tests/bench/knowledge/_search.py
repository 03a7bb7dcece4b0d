"""Search among 10,000 and among 100,000 chunks, beside a bare vector query on the same table in the same run."""

import time
from collections.abc import Iterator

import numpy as np
from django.db import connection

from accounts.models import Shop
from knowledge import question, ranking, recipes, retrieval
from tests.bench.knowledge import _beside
from tests.bench.knowledge._corpus import FIRST, SEED, Corpus, load
from tests.figures import Figure

SMALL, LARGE = 10_000, 100_000
QUERIES, COMPARED = 300, 60


def measure() -> Iterator[Figure]:
    corpus, shop = Corpus(), Shop.objects.create(slug="large", name="Large")
    load(corpus, shop, 0, SMALL)
    small, _ = _times(corpus, shop, SMALL)
    load(corpus, shop, SMALL, LARGE)
    large, bare = _times(corpus, shop, LARGE)
    told = {"unit": "ms", "n": QUERIES, "seed": SEED}
    for percent, most in ((50, 3), (95, 5)):
        ours, theirs = (round(float(np.percentile(times, percent)), 2) for times in (large, bare))
        yield Figure(f"search.100,000 chunks, p{percent}", ours, bar=round(most * theirs, 2), peer=theirs, **told)
    before, after = (round(float(np.median(times)), 2) for times in (small, large))
    yield Figure("search.from 10,000 to 100,000 chunks, p50", after, bar=2 * before, peer=before, **told)
    yield Figure(
        "search.best 10 of everything among ours",
        _recall(corpus, shop),
        "share",
        bar=0.9,
        better="higher",
        n=COMPARED,
        seed=SEED,
    )
    yield from _plans(corpus, shop)
    asked = [
        _beside.Asked(text, vector, frozenset([number + FIRST]))
        for number, text, vector in _questions(corpus, LARGE, _beside.QUESTIONS + _beside.WARM)
    ]
    yield from _beside.compared("100,000 chunks", shop, asked)
    yield from _beside.real()


def _questions(corpus: Corpus, chunks: int, many: int) -> Iterator[tuple[int, str, np.ndarray]]:
    """A few words of some chunk, and a vector near its own."""
    dice = np.random.default_rng(SEED)
    for number in dice.integers(chunks, size=many):
        made = corpus.chunk(int(number))
        length = int(dice.integers(4, 13))
        start = int(dice.integers(len(made.text) - length))
        vector = made.vector + 0.5 * dice.standard_normal(len(made.vector)) / np.sqrt(len(made.vector))
        yield (
            made.number,
            " ".join(made.text[start : start + length]),
            (vector / np.linalg.norm(vector)).astype(np.float32),
        )


def _times(corpus: Corpus, shop: Shop, chunks: int) -> tuple[list[float], list[float]]:
    """Milliseconds of whole searches, their embedding apart, and of bare vector queries, by turns."""
    ours, bare = [], []
    for turn, (_, asked, vector) in enumerate(_questions(corpus, chunks, QUERIES + 30)):
        retrieval.meaning = lambda *given, vector=vector: vector
        started = time.perf_counter()
        retrieval.search(shop, asked, language="en")
        between = time.perf_counter()
        _bare(vector)
        ended = time.perf_counter()
        if turn >= 30:  # warm by then
            ours.append((between - started) * 1000)
            bare.append((ended - between) * 1000)
    return ours, bare


def _bare(vector: np.ndarray) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL hnsw.ef_search = 60; SELECT chunk_id FROM knowledge_vector WHERE dimension = 384"
            " ORDER BY embedding::halfvec(384) <#> %s::halfvec(384) LIMIT 50",
            [recipes.literal(vector)],
        )
        while cursor.description is None and cursor.nextset():
            pass
        assert len(cursor.fetchall()) == 50


def _recall(corpus: Corpus, shop: Shop) -> float:
    """How much of the ten best by the exact score over all chunks the search brings up."""
    shares, limit = [], ranking.EXACT
    for _, asked, vector in _questions(corpus, LARGE, COMPARED):
        retrieval.meaning = lambda *given, vector=vector: vector
        found = {_place(passage) for passage in retrieval.search(shop, asked, language="en", k=10)}
        ranking.EXACT = 10**9
        best = {_place(passage) for passage in retrieval.search(shop, asked, language="en", k=10)}
        ranking.EXACT = limit
        shares.append(len(found & best) / len(best))
    return round(sum(shares) / len(shares), 4)


def _place(passage: retrieval.Passage) -> tuple[int, int]:
    return passage.article, passage.start


def _plans(corpus: Corpus, shop: Shop) -> Iterator[Figure]:
    """Whether the query that was measured reads its indexes, and never a whole table."""
    _, asked, vector = next(_questions(corpus, LARGE, 1))
    terms = question.understand(shop.pk, asked, ["en"])
    plan = ranking.Search(shop.pk, recipes.serving(), terms, vector, ["en"], 0, 8).plan()
    for index in ("vector_near_384", "posting_strongest_first"):
        yield Figure(f"search.the plan reads {index}", int(index in plan), "yes", bar=1, better="higher")
    yield Figure("search.whole tables the plan reads", plan.count("Seq Scan"), "tables", bar=0)
