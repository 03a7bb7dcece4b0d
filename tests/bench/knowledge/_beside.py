"""Our search and LangChain's store by turns: how long each takes, and how often the right passage is among ten."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import Shop
from knowledge import embeddings, retrieval
from knowledge.models import Chunk
from tests.bench.knowledge import _langchain, _sets
from tests.bench.knowledge._sets import STACKFAQ, XQUAD, Set
from tests.figures import Figure

QUESTIONS, WARM, SEED = 200, 20, 20


@dataclass(frozen=True)
class Asked:
    """A question with its vector, and the chunks that would be right."""

    text: str
    vector: np.ndarray
    right: frozenset[int]


def compared(name: str, shop: Shop, questions: Sequence[Asked]) -> Iterator[Figure]:
    """Figures of every way the store can be set up, ours in the same turn."""
    places = {(article, start): pk for pk, article, start in _places(shop)}
    ours: list[float] = []
    hits = 0
    theirs: dict[str, list[float]] = {way: [] for way in _langchain.WAYS}
    their_hits = dict.fromkeys(_langchain.WAYS, 0)
    with _langchain.stores(shop, f"peer_{shop.slug}") as asks:
        for number, asked in enumerate(questions):
            retrieval.meaning = lambda *given, asked=asked: asked.vector
            started = time.perf_counter()
            found = retrieval.search(shop, asked.text, language="en", k=_langchain.K)
            took = (time.perf_counter() - started) * 1000
            told = {way: ask(asked.text, asked.vector) for way, ask in asks.items()}
            if number < WARM:
                continue
            ours.append(took)
            hits += not asked.right.isdisjoint(places[each.article, each.start] for each in found)
            for way, (ids, milliseconds) in told.items():
                theirs[way].append(milliseconds)
                their_hits[way] += not asked.right.isdisjoint(ids)
    n = len(ours)
    for way in _langchain.WAYS:
        for percent in (50, 95):
            mine, peer = (round(float(np.percentile(times, percent)), 2) for times in (ours, theirs[way]))
            about = f"{name}, LangChain with {way}, p{percent}"
            yield Figure(f"search.{about}", mine, "ms", bar=peer, n=n, seed=SEED, peer=peer)
        peer = round(their_hits[way] / n, 4)
        about = f"{name}, LangChain with {way}, hit@10"
        yield Figure(f"search.{about}", round(hits / n, 4), "share", peer, "higher", n=n, seed=SEED, peer=peer)


def real() -> Iterator[Figure]:
    """The same on real questions about real texts, beside the large shop."""
    if not _sets.is_there():
        yield Figure("search beside LangChain on real sets", _sets.missing(), "")
        return
    for one in (STACKFAQ, XQUAD[0]):
        _sets.bring(one)
        shop = Shop.objects.get(slug=one.shop)
        yield from compared(one.name, shop, _asked(one, shop))


def _asked(one: Set, shop: Shop) -> list[Asked]:
    rows = list(one.questions())
    dice = np.random.default_rng(SEED)
    chosen = [rows[at] for at in dice.permutation(len(rows))[: QUESTIONS + WARM]]
    chunks: dict[str, set[int]] = {}
    for pk, article in Chunk.objects.filter(shop=shop).values_list("pk", "article__external_id"):
        chunks.setdefault(article, set()).add(pk)
    return [
        Asked(row["query"], embeddings.embed([row["query"]])[0], frozenset(chunks.get(row["gold"], ())))
        for row in chosen
    ]


def _places(shop: Shop) -> Iterator[tuple[int, int, int]]:
    yield from Chunk.objects.filter(shop=shop).values_list("pk", "article_id", "start").iterator()
