"""The one query of a search: candidates from both indexes, weighed together, the best with their words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from knowledge import embeddings, recipes, statements
from knowledge.models import Recipe, Status
from knowledge.question import Asked

# Weight of words against meaning: where the model knows the language, meaning leads.
KNOWN, UNKNOWN = 0.15, 0.6
LIKENESS_SPREAD = 0.11  # how far the cosines of one question lie apart, whatever the question
NEUTRAL = 0.2  # the cosine of a chunk whose vector is still being made
TITLE_SHARE = 0.2
EXACT = 1000  # up to so many chunks everything is weighed; beyond, what both indexes bring up
LARGE = 20_000  # from so many on the indexes are the best way in any company, so the plan is kept
NEAREST, STRONGEST, CANDIDATES = 50, 200, 40


@dataclass(frozen=True)
class Search:
    """What is looked for, by whom and where."""

    shop: int
    recipe: Recipe
    terms: Asked
    vector: embeddings.Vectors | None
    languages: list[str]
    audience: int
    k: int
    one_per_article: bool = False
    article: int | None = None  # of this one alone

    @property
    def has_vector(self) -> bool:
        return self.vector is not None

    @property
    def is_exact(self) -> bool:
        return self.terms.chunks <= EXACT or self.article is not None

    def rows(self) -> list[tuple[Any, ...]]:
        """Best first, in the order of the fields of a Passage."""
        ask = statements.rows if self.terms.chunks >= LARGE else statements.planned_anew
        return ask(self._statement(), self._values())

    def plan(self) -> str:
        """How the database goes about it."""
        return statements.plan(self._statement(), self._values())

    def _statement(self) -> str:
        everything = _EVERYTHING + (" AND c.article_id = %(article)s" if self.article is not None else "")
        return _FOUND.format(
            candidates=everything if self.is_exact else " UNION ALL ".join(self._parts()),
            places=_BEST_OF_EACH if self.one_per_article else _EVERY,
            k=self.k,
        )

    def _parts(self) -> Iterator[str]:
        """What both indexes bring up."""
        if self.has_vector:
            yield _NEAREST.format(dimension=self.recipe.dimension, nearest=max(NEAREST, self.k))
        if self.terms.weights:
            yield _STRONGEST.format(strongest=STRONGEST, candidates=max(CANDIDATES, self.k))

    def _values(self) -> dict[str, Any]:
        has_vector = self.has_vector
        known = [each for each in self.languages if has_vector and embeddings.knows(each, self.recipe.engine)]
        return {
            "shop": self.shop,
            "article": self.article,
            "recipe": self.recipe.pk,
            "languages": self.languages,
            "audience": int(self.audience),
            "vector": recipes.literal(self.vector) if self.vector is not None else None,
            "terms": self.terms.literal,
            "keys": list(self.terms.weights),
            "weights": list(self.terms.weights.values()),
            "known": known,
            "otherwise": "mixed" if has_vector else "words",
            "known_weight": KNOWN,
            "unknown_weight": UNKNOWN if has_vector else 1.0,
            "neutral": NEUTRAL,
            "likeness_spread": LIKENESS_SPREAD,
            "title": TITLE_SHARE,
            "spread": self.terms.spread or 1.0,
            "ceiling": self.terms.ceiling or 1.0,
            "published": Status.PUBLISHED,
        }


_EVERYTHING = """
    SELECT c.id, c.article_id, c.language, -(v.embedding <#> %(vector)s::halfvec) AS near,
           -(c.terms <#> %(terms)s::sparsevec) AS said
    FROM knowledge_chunk c LEFT JOIN knowledge_vector v ON v.chunk_id = c.id AND v.recipe_id = %(recipe)s
    WHERE c.shop_id = %(shop)s AND c.language = ANY(%(languages)s) AND c.audience <= %(audience)s
"""
_NEAREST = """
    (SELECT chunk_id AS id, article_id, language, -(embedding <#> %(vector)s::halfvec) AS near,
            -(terms <#> %(terms)s::sparsevec) AS said
     FROM knowledge_vector
     WHERE dimension = {dimension} AND recipe_id = %(recipe)s AND shop_id = %(shop)s
       AND language = ANY(%(languages)s) AND audience <= %(audience)s
     ORDER BY embedding::halfvec({dimension}) <#> %(vector)s::halfvec({dimension}) LIMIT {nearest})
"""
# The rows of chunks are read only where there is no vector yet: those of vectors hold all that is needed.
_STRONGEST = """
    (SELECT s.id, coalesce(v.article_id, c.article_id), coalesce(v.language, c.language),
            -(v.embedding <#> %(vector)s::halfvec), -(coalesce(v.terms, c.terms) <#> %(terms)s::sparsevec)
     FROM (SELECT p.chunk_id AS id FROM unnest(%(keys)s::bigint[], %(weights)s::float8[]) AS t(key, weight)
           CROSS JOIN LATERAL (SELECT chunk_id, impact FROM knowledge_posting
                               WHERE key = t.key AND audience <= %(audience)s
                               ORDER BY impact DESC LIMIT {strongest}) p
           GROUP BY p.chunk_id ORDER BY sum(t.weight * p.impact) DESC, p.chunk_id LIMIT {candidates}) s
     LEFT JOIN knowledge_vector v ON v.chunk_id = s.id AND v.recipe_id = %(recipe)s
     LEFT JOIN knowledge_chunk c ON c.id = CASE WHEN v.chunk_id IS NULL THEN s.id END)
"""
_FOUND = """
    WITH found (id, article_id, language, near, said) AS ({candidates}),
    meant AS MATERIALIZED (
        SELECT f.id, f.article_id, f.language, f.said,
               coalesce(f.near, about) AS near, coalesce(about, f.near) AS about,
               CASE WHEN f.language = ANY(%(known)s) THEN %(known_weight)s ELSE %(unknown_weight)s END AS weight
        FROM (SELECT DISTINCT ON (id) * FROM found ORDER BY id) f
        LEFT JOIN LATERAL (SELECT -(embedding <#> %(vector)s::halfvec) AS about FROM knowledge_titlevector
                           WHERE article_id = f.article_id AND recipe_id = %(recipe)s) t ON true
    ), scored AS MATERIALIZED (
        SELECT *, weight * said / %(spread)s + (1 - weight) / %(likeness_spread)s
                  * ((1 - %(title)s) * coalesce(greatest(near, about), %(neutral)s)
                     + %(title)s * coalesce(about, %(neutral)s)) AS score
        FROM meant
    ), best AS (SELECT * FROM ({places}) placed ORDER BY score DESC, id LIMIT {k})
    SELECT a.shop_id, a.id, a.external_id, a.slug, b.language, r.id, r.title, c.heading,
           substring(r.body FROM c.start + 1 FOR c."end" - c.start), c.start, c."end", b.score,
           coalesce(greatest(near, about), %(neutral)s), b.said / %(ceiling)s,
           CASE WHEN b.language = ANY(%(known)s) THEN 'meaning' ELSE %(otherwise)s END
    FROM best b
    JOIN knowledge_chunk c ON c.id = b.id
    JOIN knowledge_article a ON a.id = c.article_id AND a.status = %(published)s AND a.audience <= %(audience)s
                            AND a.published_revision_id = c.revision_id
    JOIN knowledge_revision r ON r.id = c.revision_id
    ORDER BY b.score DESC, b.id
"""
_EVERY = "SELECT * FROM scored"
_BEST_OF_EACH = "SELECT DISTINCT ON (article_id) * FROM scored ORDER BY article_id, score DESC, id"
