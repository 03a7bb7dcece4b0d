"""Published words become findable: cut and counted at once, embedded after commit, only as far as they changed."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import partial

from celery import shared_task
from django.db import connection, transaction
from django.db.models import QuerySet
from pgvector import SparseVector

from knowledge import chunking, recipes, words
from knowledge.models import Article, Chunk, Posting, Recipe, Revision, Status, Term, TitleVector, Vector
from knowledge.models.index import TERM_DIMENSIONS

VERSION = 1  # raise it when the same words are to be cut or counted otherwise
# BM25 with fixed pivots where others have average lengths: chunks are cut to one size, so a new one changes no other.
SATURATION, LENGTH_WEIGHT, TITLE_LENGTH_WEIGHT = 0.75, 0.4, 0.5
BODY_PIVOT, TITLE_PIVOT, TITLE_WEIGHT = 80, 5, 2
SHORTEST_FORGIVEN = 4  # letters of a word whose mistyping is forgiven
_LOCK = 0x6B6E6F77


@transaction.atomic
def put(article: Article, *, embed: bool = True) -> None:
    """Make exactly the published words of an article findable, to exactly its audience."""
    hold(article.shop_id)
    article.refresh_from_db(fields=["status", "published_revision", "audience", "language"])
    revision = article.published_revision
    if article.status != Status.PUBLISHED or revision is None:
        take_out(article)
        return
    old: dict[str, list[Chunk]] = defaultdict(list)
    for chunk in article.chunks.defer("terms").order_by("pk"):
        old[chunk.hash].append(chunk)
    moved, new = [], []
    for position, stretch in enumerate(_stretches(revision)):
        here = Chunk(
            article=article,
            revision=revision,
            shop_id=article.shop_id,
            language=article.language,
            audience=article.audience,
            position=position,
            start=stretch.start,
            end=stretch.end,
            heading=stretch.heading[:500],
            hash=_hash(article, revision, stretch),
        )
        if old[here.hash]:
            here.pk = old[here.hash].pop().pk
            moved.append(here)
        else:
            new.append(here)
    _remove([chunk for chunks in old.values() for chunk in chunks])
    Chunk.objects.bulk_update(moved, ["revision", "position", "start", "end", "heading"], batch_size=500)
    _add(article, revision, new)
    set_audience(article)
    TitleVector.objects.filter(article=article).exclude(hash=recipes.title_hash(revision.title)).delete()
    if embed:
        transaction.on_commit(partial(embed_article.delay, article.pk), robust=True)


@transaction.atomic
def take_out(article: Article) -> None:
    """Nothing of an article is found any more."""
    hold(article.shop_id)
    _remove(list(article.chunks.defer("terms")))
    article.title_vectors.all().delete()


@transaction.atomic
def set_audience(article: Article) -> None:
    """Whoever may read an article may find it, and nobody else."""
    hold(article.shop_id)
    chunks = list(article.chunks.values_list("pk", flat=True))  # by name: through a join Postgres may read all of them
    Chunk.objects.filter(pk__in=chunks).exclude(audience=article.audience).update(audience=article.audience)
    Vector.objects.filter(chunk__in=chunks).exclude(audience=article.audience).update(audience=article.audience)
    Posting.objects.filter(chunk__in=chunks).exclude(audience=article.audience).update(audience=article.audience)


def renew(
    chosen: QuerySet[Article],
    *,
    from_scratch: bool = False,
    read: recipes.Progress | None = None,
    embedded: recipes.Progress | None = None,
) -> Recipe:
    """Cut, count and embed again whatever changed of published articles; searches go on meanwhile."""
    total = chosen.count()
    for number, article in enumerate(chosen.order_by("pk").iterator(chunk_size=200), 1):
        if from_scratch:
            take_out(article)
        put(article, embed=False)
        if read:
            read(number, total)
    return recipes.follow(embedded)


@shared_task(name="knowledge.renew", time_limit=6 * 3600)
def renew_shop(pk: int) -> None:
    """Index all that a shop has published again."""
    renew(Article.objects.published().filter(shop=pk))


@shared_task(name="knowledge.embed_article")
def embed_article(pk: int) -> None:
    """Give meaning to what was just published; whatever fails is found again by the sweep."""
    recipes.fill(article=pk)


def hold(shop: int) -> None:
    """One writer a shop until the transaction ends: its articles share the counts of their terms."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, shop])


def impacts(title: Counter[str], body: Counter[str]) -> dict[str, float]:
    """What BM25 gives each term of a chunk before it is weighed by rarity; a title's words count for more."""
    body_norm = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * body.total() / BODY_PIVOT
    title_norm = 1 - TITLE_LENGTH_WEIGHT + TITLE_LENGTH_WEIGHT * title.total() / TITLE_PIVOT
    often = {
        term: body[term] / body_norm + TITLE_WEIGHT * title[term] / title_norm for term in body.keys() | title.keys()
    }
    return {term: count * (SATURATION + 1) / (count + SATURATION) for term, count in often.items()}


def place(key: int) -> int:
    """Where the weight of a term stands in the sparse vector of a chunk."""
    return key % TERM_DIMENSIONS


def _stretches(revision: Revision) -> list[chunking.Stretch]:
    return chunking.cut(revision.title, revision.body) or [chunking.Stretch(0, 0, "")]


def _hash(article: Article, revision: Revision, stretch: chunking.Stretch) -> str:
    said = f"{VERSION}\0{article.language}\0{revision.title}\0{revision.body[stretch.start : stretch.end]}"
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _add(article: Article, revision: Revision, chunks: list[Chunk]) -> None:
    if not chunks:
        return
    language, shop = article.language, article.shop_id
    texts = [words.words(revision.body[chunk.start : chunk.end]) for chunk in chunks]
    title_words = words.words(revision.title)
    stems = words.stems(language)
    stems.learn([word for text in [*texts, title_words] for word in text])
    title = Counter(term for term in stems.terms(title_words) if term)
    weights = []
    for chunk, text in zip(chunks, texts, strict=True):
        body = Counter(term for term in stems.terms(text) if term)
        weights.append({words.key(shop, language, term): (term, w) for term, w in impacts(title, body).items()})
        chunk.terms = SparseVector({place(key): weight for key, (_, weight) in weights[-1].items()}, TERM_DIMENSIONS)
    Chunk.objects.bulk_create(chunks, batch_size=500)
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY knowledge_posting (chunk_id, key, impact, audience) FROM STDIN") as copy,
    ):
        for chunk, weight in zip(chunks, weights, strict=True):
            for key, (_, impact) in weight.items():
                copy.write_row((chunk.pk, key, impact, article.audience))
    counts = Counter(key for weight in weights for key in weight)
    names = {key: term for weight in weights for key, (term, _) in weight.items()}
    counts[words.key(shop, language, "")] = len(chunks)
    _count(shop, language, counts, names)
    _remember(shop, language, {word for text in [*texts, title_words] for word in text})


def _remove(chunks: list[Chunk]) -> None:
    if not chunks:
        return
    gone = [chunk.pk for chunk in chunks]
    whole = Counter(words.key(chunk.shop_id, chunk.language, "") for chunk in chunks)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM knowledge_posting WHERE chunk_id = ANY(%s) RETURNING key), fewer AS"
            " (SELECT key, count(*) AS n FROM gone GROUP BY key"
            " UNION ALL SELECT * FROM unnest(%s::bigint[], %s::int[]))"
            " UPDATE knowledge_term t SET chunks = t.chunks - fewer.n FROM fewer WHERE t.key = fewer.key"
            " RETURNING t.key, t.chunks",
            [gone, list(whole), list(whole.values())],
        )
        forgotten = [key for key, left in cursor.fetchall() if left <= 0]
    Vector.objects.filter(chunk__in=gone).delete()
    Chunk.objects.filter(pk__in=gone).delete()
    Term.objects.filter(pk__in=forgotten).delete()


def _count(shop: int, language: str, counts: Counter[int], names: dict[int, str]) -> None:
    """Add to the number of chunks each term stands in."""
    keys = sorted(counts)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO knowledge_term (key, shop_id, language, term, chunks)"
            " SELECT key, %s, %s, term, chunks FROM unnest(%s::bigint[], %s::text[], %s::int[]) AS t(key, term, chunks)"
            " ON CONFLICT (key) DO UPDATE SET chunks = knowledge_term.chunks + EXCLUDED.chunks",
            [shop, language, keys, [names.get(key, "") for key in keys], [counts[key] for key in keys]],
        )


def _remember(shop: int, language: str, spoken: Iterable[str]) -> None:
    """Keep the spellings, so that one without its accents or with a slip finds its term."""
    spellings: dict[tuple[int, int], str] = {}
    for word, term in zip(spoken := sorted(spoken), words.stems(language).terms(spoken), strict=True):
        if term:
            spelling = words.fold(word)
            spellings[words.key(shop, language, spelling, kind="word"), words.key(shop, language, term)] = spelling
    rows = [
        (key, term, spelling, json.dumps(words.slips(shop, language, spelling) if _is_forgiven(spelling) else []))
        for (key, term), spelling in spellings.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO knowledge_word (key, term_id, spelling, slips)"
            " SELECT key, term, spelling, translate(slips, '[]', '{}')::bigint[]"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS w(key, term, spelling, slips)"
            " ON CONFLICT DO NOTHING",
            [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], []],
        )


def _is_forgiven(spelling: str) -> bool:
    return len(spelling) >= SHORTEST_FORGIVEN and spelling.isalpha()
