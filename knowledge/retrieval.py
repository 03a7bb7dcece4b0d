"""Find the passages that answer a question: by their words, by their meaning, and by both weighed together."""

import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

from django.db import transaction

from accounts.models import Shop
from analytics.ledger import events
from knowledge import embeddings, question, ranking, recipes, words
from knowledge.models import Audience, Recipe, Term

DEADLINE = 0.3  # seconds the embedding of a question may take
By = Literal["both", "words", "meaning"]
Basis = Literal["meaning", "mixed", "words"]  # meaning leads where the model knows the language


@dataclass(frozen=True)
class Passage:
    """A stretch of a published article: `revision.body[start:end]`, and how well it fits."""

    shop: int
    article: int
    external_id: str
    slug: str
    language: str
    revision: int
    title: str
    heading: str
    text: str
    start: int
    end: int
    score: float
    likeness: float  # cosine of question and passage, or its title
    overlap: float  # how much of what the question says in words the passage says too
    basis: Basis  # what its score rests on


def search(
    shop: Shop,
    asked: str,
    *,
    language: str | None = None,
    audience: int = Audience.PUBLIC,
    k: int = 8,
    one_per_article: bool = False,
    article: int | None = None,
    deadline: float | None = DEADLINE,
    by: By = "both",
    steps: dict[str, float] | None = None,
) -> list[Passage]:
    """The passages that fit a question best, best first; all languages of the shop unless one is named.

    Of one `article` alone, if that is asked for.
    """
    asked = asked.replace("\x00", " ")[: question.LONGEST]
    if not words.words(asked[:1000]) or k < 1:
        return []
    clock = _Clock(steps)
    languages = [language] if language else spoken(shop)
    recipe = recipes.serving()
    vector = meaning(shop, asked, recipe, deadline) if by != "words" else None
    clock("embed")
    terms = question.understand(shop.pk, asked, languages)
    if by == "meaning":
        terms = replace(terms, weights={})
    clock("understand")
    if not terms.chunks or (vector is None and not terms.weights):
        return []
    wanted = ranking.Search(shop.pk, recipe, terms, vector, languages, audience, k, one_per_article, article)
    found = [Passage(*row) for row in wanted.rows()]
    clock("search")
    return found


class _Clock:
    """Keeps how many milliseconds each step took, for those who ask."""

    def __init__(self, steps: dict[str, float] | None) -> None:
        self._steps, self._last = steps, time.perf_counter()

    def __call__(self, step: str) -> None:
        now = time.perf_counter()
        if self._steps is not None:
            self._steps[step] = round((now - self._last) * 1000, 2)
        self._last = now


def spoken(shop: Shop) -> list[str]:
    """The languages the shop's published articles are in."""
    whole = Term.objects.filter(shop=shop, term="", chunks__gt=0)
    return list(whole.order_by("language").values_list("language", flat=True))


def meaning(shop: Shop, asked: str, recipe: Recipe, deadline: float | None) -> embeddings.Vectors | None:
    """The vector of a question, or None if it cannot be had in time; the ledger then says so."""
    started = time.monotonic()
    try:
        return _promised(asked, recipe).result(deadline)
    except Exception:  # whatever ails the engine, words still find
        with transaction.atomic():
            events.record("retrieval.degraded", shop=shop, part="vector", seconds=time.monotonic() - started)
        return None


_workers: dict[int, ThreadPoolExecutor] = {}
_late: list[Future[embeddings.Vectors]] = []
_starting = threading.Lock()


def _after_fork() -> None:
    global _starting
    _starting = threading.Lock()  # another thread of the parent may have held it


os.register_at_fork(after_in_child=_after_fork)


class _Overdue(Exception):
    """Earlier questions still wait for their vectors: this one does not queue behind them."""


def _promised(asked: str, recipe: Recipe) -> Future[embeddings.Vectors]:
    with _starting:
        if os.getpid() not in _workers:
            _workers[os.getpid()] = ThreadPoolExecutor(max_workers=8, thread_name_prefix="embedding")
            _late.clear()
        _late[:] = [promise for promise in _late if not promise.done()]
        if len(_late) >= 8:
            raise _Overdue
        promise = _workers[os.getpid()].submit(_embedded, asked, recipe.engine, recipe.stamp)
        _late.append(promise)
        return promise


def _embedded(asked: str, engine: str, stamp: str) -> embeddings.Vectors:
    if embeddings.recipe(engine) != stamp:
        raise embeddings.WrongRecipe(stamp)
    row: embeddings.Vectors = embeddings.embed([asked], engine_name=engine)[0]
    return row
