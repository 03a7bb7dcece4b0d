"""Find the passages that answer a question: by their words, by their meaning, and by both weighed together."""

import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.db import connection, transaction

from accounts.models import Shop
from analytics.ledger import events
from knowledge import embeddings, question, recipes, words
from knowledge.models import Audience, Recipe, Status, Term

# Weight of words against meaning: where the model knows the language, meaning leads.
KNOWN, UNKNOWN = 0.15, 0.6
LIKENESS_SPREAD = 0.11  # how far the cosines of one question lie apart, whatever the question
NEUTRAL = 0.2  # the cosine of a chunk whose vector is still being made
TITLE_SHARE = 0.2
EXACT = 1000  # up to so many chunks everything is weighed; beyond, what both indexes bring up
NEAREST, STRONGEST, CANDIDATES = 50, 200, 50
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
    deadline: float | None = DEADLINE,
    by: By = "both",
    steps: dict[str, float] | None = None,
) -> list[Passage]:
    """The passages that fit a question best, best first; all languages of the shop unless one is named."""
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
    found = _found(shop, recipe, terms, vector, languages, audience, k, one_per_article)
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


_EVERYTHING = """
    SELECT id FROM knowledge_chunk
    WHERE shop_id = %(shop)s AND language = ANY(%(languages)s) AND audience <= %(audience)s
"""
_NEAREST = """
    (SELECT chunk_id AS id FROM knowledge_vector
     WHERE dimension = {dimension} AND recipe_id = %(recipe)s AND shop_id = %(shop)s
       AND language = ANY(%(languages)s) AND audience <= %(audience)s
     ORDER BY embedding::halfvec({dimension}) <#> %(vector)s::halfvec({dimension}) LIMIT %(nearest)s)
"""
_STRONGEST = """
    (SELECT p.chunk_id AS id FROM unnest(%(keys)s::bigint[], %(weights)s::float8[]) AS t(key, weight)
     CROSS JOIN LATERAL (SELECT chunk_id, impact FROM knowledge_posting WHERE key = t.key AND audience <= %(audience)s
                         ORDER BY impact DESC LIMIT %(strongest)s) p
     GROUP BY p.chunk_id ORDER BY sum(t.weight * p.impact) DESC LIMIT %(candidates)s)
"""
_FOUND = """
    WITH weighed AS MATERIALIZED (
        SELECT c.id, c.article_id, c.revision_id, c.start, c."end", c.heading, c.language,
               -(v.embedding <#> %(vector)s::halfvec) AS near, -(t.embedding <#> %(vector)s::halfvec) AS about,
               -(c.terms <#> %(terms)s::sparsevec) AS said
        FROM ({candidates}) x
        JOIN knowledge_chunk c ON c.id = x.id
        LEFT JOIN knowledge_vector v ON v.chunk_id = c.id AND v.recipe_id = %(recipe)s
        LEFT JOIN knowledge_titlevector t ON t.article_id = c.article_id AND t.recipe_id = %(recipe)s
    ), meant AS MATERIALIZED (
        SELECT *, coalesce(greatest(near, about), %(neutral)s) AS likeness,
               CASE WHEN language = ANY(%(known)s) THEN %(known_weight)s ELSE %(unknown_weight)s END AS weight
        FROM weighed
    ), scored AS MATERIALIZED (
        SELECT *, weight * said / %(spread)s + (1 - weight) / %(likeness_spread)s
                  * ((1 - %(title)s) * likeness + %(title)s * coalesce(about, near, %(neutral)s)) AS score
        FROM meant
    ), best AS (SELECT * FROM ({places}) placed ORDER BY score DESC, id LIMIT %(k)s)
    SELECT a.shop_id, a.id, a.external_id, a.slug, b.language, r.id, r.title, b.heading,
           substring(r.body FROM b.start + 1 FOR b."end" - b.start), b.start, b."end", b.score, b.likeness,
           b.said / %(ceiling)s, CASE WHEN b.language = ANY(%(known)s) THEN 'meaning' ELSE %(otherwise)s END
    FROM best b
    JOIN knowledge_article a ON a.id = b.article_id AND a.status = %(published)s AND a.audience <= %(audience)s
                            AND a.published_revision_id = b.revision_id
    JOIN knowledge_revision r ON r.id = b.revision_id
    ORDER BY b.score DESC, b.id
"""
_EVERY = "SELECT * FROM scored"
_BEST_OF_EACH = "SELECT DISTINCT ON (article_id) * FROM scored ORDER BY article_id, score DESC, id"


def _found(
    shop: Shop,
    recipe: Recipe,
    terms: question.Asked,
    vector: embeddings.Vectors | None,
    languages: list[str],
    audience: int,
    k: int,
    one_per_article: bool,
) -> list[Passage]:
    query = statement(recipe.dimension, terms, one_per_article, with_vector=vector is not None)
    with connection.cursor() as cursor:
        cursor.execute(_settings(terms) + query, _values(shop, recipe, terms, vector, languages, audience, k))
        while cursor.description is None and cursor.nextset():
            pass
        return [Passage(*row) for row in cursor.fetchall()]


def explain(
    shop: Shop,
    recipe: Recipe,
    terms: question.Asked,
    vector: embeddings.Vectors | None,
    languages: list[str],
    audience: int,
    k: int,
) -> str:
    """How the database goes about a search."""
    query = statement(recipe.dimension, terms, False, with_vector=vector is not None)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_settings(terms)}EXPLAIN (COSTS OFF) {query}",
            _values(shop, recipe, terms, vector, languages, audience, k),
        )
        while cursor.description is None and cursor.nextset():
            pass
        return "\n".join(line for (line,) in cursor.fetchall())


def _values(
    shop: Shop,
    recipe: Recipe,
    terms: question.Asked,
    vector: embeddings.Vectors | None,
    languages: list[str],
    audience: int,
    k: int,
) -> dict[str, Any]:
    known = [each for each in languages if vector is not None and embeddings.knows(each, recipe.engine)]
    return {
        "shop": shop.pk,
        "recipe": recipe.pk,
        "languages": languages,
        "audience": int(audience),
        "vector": recipes.literal(vector) if vector is not None else None,
        "terms": terms.literal,
        "keys": list(terms.weights),
        "weights": list(terms.weights.values()),
        "known": known,
        "otherwise": "mixed" if vector is not None else "words",
        "known_weight": KNOWN,
        "unknown_weight": UNKNOWN if vector is not None else 1.0,
        "neutral": NEUTRAL,
        "likeness_spread": LIKENESS_SPREAD,
        "title": TITLE_SHARE,
        "spread": terms.spread or 1.0,
        "ceiling": terms.ceiling or 1.0,
        "nearest": max(NEAREST, k),
        "strongest": STRONGEST,
        "candidates": max(CANDIDATES, k),
        "published": Status.PUBLISHED,
        "k": k,
    }


def statement(dimension: int, terms: question.Asked, one_per_article: bool, *, with_vector: bool) -> str:
    """The one query of a search; small shops are weighed whole, large ones as far as the indexes bring them up."""
    sources = [_NEAREST.format(dimension=dimension)] if with_vector else []
    sources += [_STRONGEST] if terms.weights else []
    return _FOUND.format(
        candidates=_EVERYTHING if terms.chunks <= EXACT else " UNION ".join(sources),
        places=_BEST_OF_EACH if one_per_article else _EVERY,
    )


def _settings(terms: question.Asked) -> str:
    """In one round trip, for this statement only: go on until enough is found that the filters let through."""
    if terms.chunks <= EXACT:
        return ""
    return "SET LOCAL hnsw.iterative_scan = relaxed_order; SET LOCAL hnsw.ef_search = 60; "
