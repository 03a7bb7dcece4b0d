"""Which vectors serve, which are in the making, and which chunks still lack theirs."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import inf

from celery import shared_task
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Shop
from knowledge import chunking, embeddings, statements
from knowledge.models import Article, Chunk, Recipe, Status, TitleVector, Vector
from knowledge.models.index import BUNDLED_DIMENSION

BATCH = 64
REMEMBERED = timedelta(minutes=2)  # how long a search that began with the old recipe may still find its vectors
LARGEST_INDEXED = 4000  # dimensions an HNSW index of half-precision vectors takes
SWEEP = 60.0  # seconds a sweep may take; the next one goes on where it stopped
_LOCK, _SWEEPING = 0x72656369, 0x73776565
Progress = Callable[[int, int], None]


def serving() -> Recipe:
    """The recipe that searches use; the first one ever is the one the settings ask for."""
    found = statements.rows("SELECT id, stamp, engine, dimension FROM knowledge_recipe WHERE state = 'serving'")
    if not found:
        return _first()
    pk, stamp, engine, dimension = found[0]
    return Recipe(pk=pk, stamp=stamp, engine=engine, dimension=dimension, state=Recipe.State.SERVING)


def follow(progress: Progress | None = None, *, until: float = inf) -> Recipe:
    """Bring every vector to the recipe the settings ask for; the old ones serve until the last is made."""
    old, stamp = serving(), embeddings.recipe()
    if old.stamp == stamp:
        fill(progress=progress, until=until)
        return old
    new, _ = Recipe.objects.update_or_create(
        stamp=stamp,
        defaults={
            "engine": embeddings.chosen(),
            "dimension": embeddings.dimension(),
            "state": Recipe.State.BUILDING,
            "retired_at": None,
        },
    )
    _index(new.dimension)
    while time.monotonic() < until:
        fill(new, progress=progress, until=until)
        with transaction.atomic():
            _alone()
            if not missing(new).exists():
                _switch(new)
                break
    return serving()


def fill(
    recipe: Recipe | None = None,
    *,
    article: int | None = None,
    progress: Progress | None = None,
    until: float = inf,
) -> int:
    """Embed whatever has no vector yet, of one recipe or of all that are in use; tells how many chunks that were."""
    if recipe is None:
        serving()
        used = Recipe.objects.exclude(state=Recipe.State.RETIRED).order_by("pk")
        at_hand = [each for each in used if _is_at_hand(each)]
        return sum(fill(each, article=article, progress=progress, until=until) for each in at_hand)
    _fill_titles(recipe, article)
    done, total = 0, missing(recipe, article).count()
    last = 0
    while batch := list(
        missing(recipe, article).filter(pk__gt=last).order_by("pk")[:BATCH].values_list("pk", flat=True)
    ):
        done += _fill_chunks(recipe, batch)  # what changed meanwhile is seen to by whoever changed it
        last = batch[-1]
        if progress:
            progress(done, max(total, done))
        if time.monotonic() > until:
            break
    return done


def missing(recipe: Recipe, article: int | None = None) -> QuerySet[Chunk]:
    """The chunks that have no vector of this recipe."""
    chunks = Chunk.objects.without_vector(recipe)
    return chunks.filter(article=article) if article else chunks


@dataclass(frozen=True)
class Standing:
    """How far a shop's chunks have their vectors by one recipe."""

    shop: Shop
    recipe: Recipe
    articles: int
    chunks: int
    embedded: int

    @property
    def is_whole(self) -> bool:
        return self.embedded >= self.chunks


def standings(shops: Iterable[Shop]) -> list[Standing]:
    """For each shop and each recipe in use, how far its vectors are."""
    serving()
    used = list(Recipe.objects.exclude(state=Recipe.State.RETIRED).order_by("-state", "pk"))
    return [
        Standing(
            shop,
            recipe,
            articles=Article.objects.published().filter(shop=shop).count(),
            chunks=Chunk.objects.filter(shop=shop).count(),
            embedded=Vector.objects.filter(shop=shop, recipe=recipe).count(),
        )
        for shop in shops
        for recipe in used
    ]


@shared_task(name="knowledge.sweep")
def sweep() -> None:
    """What a lost queue or a dead worker left without vectors gets them; retired vectors go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_SWEEPING])
        if not cursor.fetchone()[0]:  # another worker is at it
            return
        try:
            follow(until=time.monotonic() + SWEEP)
            forget()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_SWEEPING])


def forget() -> None:
    """Drop the vectors of recipes that have not served for a while."""
    Recipe.objects.filter(state=Recipe.State.RETIRED, retired_at__lt=timezone.now() - REMEMBERED).delete()


def title_hash(title: str) -> str:
    return hashlib.sha256(title.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def _first() -> Recipe:
    _alone()
    recipe, _ = Recipe.objects.get_or_create(
        state=Recipe.State.SERVING,
        defaults={
            "stamp": embeddings.recipe(),
            "engine": embeddings.chosen(),
            "dimension": embeddings.dimension(),
        },
    )
    if recipe.dimension != BUNDLED_DIMENSION:
        _index(recipe.dimension)
    return recipe


def _switch(new: Recipe) -> None:
    Recipe.objects.filter(state=Recipe.State.SERVING).update(state=Recipe.State.RETIRED, retired_at=timezone.now())
    Recipe.objects.filter(pk=new.pk).update(state=Recipe.State.SERVING)
    new.state = Recipe.State.SERVING


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _is_at_hand(recipe: Recipe) -> bool:
    """Whether this process can still make vectors of a recipe: its model may be gone from the installation."""
    try:
        return embeddings.recipe(recipe.engine) == recipe.stamp
    except Exception:
        return False


def _fill_chunks(recipe: Recipe, batch: list[int]) -> int:
    """Embed outside of any transaction, then keep what still stands as it was read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.hash, r.title, substring(r.body FROM c.start + 1 FOR c.end - c.start)"
            " FROM knowledge_chunk c JOIN knowledge_revision r ON r.id = c.revision_id WHERE c.id = ANY(%s)",
            [batch],
        )
        rows = cursor.fetchall()
        texts = [said(title, text) for _, _, title, text in rows]
        vectors = embeddings.embed(texts, bulk=True, engine_name=recipe.engine)
        cursor.execute(
            "INSERT INTO knowledge_vector"
            " (chunk_id, recipe_id, shop_id, article_id, language, audience, dimension, embedding, terms)"
            " SELECT c.id, %s, c.shop_id, c.article_id, c.language, c.audience, %s, v.embedding::halfvec, c.terms"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS v(id, hash, embedding)"
            " JOIN LATERAL (SELECT * FROM knowledge_chunk WHERE id = v.id AND hash = v.hash FOR SHARE) c ON true"
            " ON CONFLICT DO NOTHING",
            [
                recipe.pk,
                recipe.dimension,
                [row[0] for row in rows],
                [row[1] for row in rows],
                [literal(vector) for vector in vectors],
            ],
        )
        return int(cursor.rowcount)


def _fill_titles(recipe: Recipe, article: int | None) -> None:
    """Embed the published titles that have no vector, or that of an older title."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT a.id, r.title FROM knowledge_article a"
                " JOIN knowledge_revision r ON r.id = a.published_revision_id"
                " WHERE a.status = %s AND r.title <> '' AND (%s::bigint IS NULL OR a.id = %s) AND NOT EXISTS"
                " (SELECT 1 FROM knowledge_titlevector t WHERE t.article_id = a.id AND t.recipe_id = %s"
                " AND t.hash = encode(sha256(convert_to(r.title, 'UTF8')), 'hex')) ORDER BY a.id LIMIT %s",
                [Status.PUBLISHED, article, article, recipe.pk, BATCH],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        vectors = embeddings.embed([title for _, title in rows], bulk=True, engine_name=recipe.engine)
        TitleVector.objects.bulk_create(
            [
                TitleVector(article_id=pk, recipe=recipe, hash=title_hash(title), embedding=vector)
                for (pk, title), vector in zip(rows, vectors, strict=True)
            ],
            update_conflicts=True,
            unique_fields=["article", "recipe"],
            update_fields=["hash", "embedding"],
        )


def said(title: str, text: str) -> str:
    """What of a chunk is embedded: its words, and what the whole article is about."""
    return f"{chunking.short(title)}\n{text}".strip()


def literal(vector: embeddings.Vectors) -> str:
    """A vector as Postgres reads it."""
    return "[" + ",".join(f"{number:.5g}" for number in vector.tolist()) + "]"


def _index(dimension: int) -> None:
    """An index for vectors of another length than the bundled model's."""
    if dimension > LARGEST_INDEXED or dimension == BUNDLED_DIMENSION:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS vector_near_{dimension:d} ON knowledge_vector"
            f" USING hnsw ((embedding::halfvec({dimension:d})) halfvec_ip_ops) WHERE dimension = {dimension:d}"
        )
