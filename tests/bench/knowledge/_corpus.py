"""A large shop: Python's own manual in its natural words, thinned with rare ones, loaded the way a restore loads."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pydoc_data import topics

import numpy as np
from django.db import connection

from accounts.models import Shop
from knowledge import embeddings, indexing, recipes, words
from knowledge.models.index import TERM_DIMENSIONS

SEED = 20
CHUNK_WORDS, CHUNKS_AN_ARTICLE = 60, 5
FIRST = 1_000_000  # primary keys, out of the way of those the database gives
VOCABULARY, RARE = 60_000, 0.3  # made-up words of zipfian frequency stand in for a third of the text
NOISE = 0.6  # how far a chunk's vector is moved from that of the text it was made of, against its length
COLUMNS = (
    "article (id, shop_id, external_id, slug, language, audience, status, published_revision_id, created_at,"
    " updated_at)",
    "revision (id, article_id, number, title, body, hash, created_at)",
    'chunk (id, shop_id, article_id, revision_id, language, audience, position, start, "end", heading, hash, terms)',
    "vector (chunk_id, recipe_id, shop_id, article_id, language, audience, dimension, embedding, terms)",
    "titlevector (article_id, recipe_id, hash, embedding)",
    "posting (chunk_id, key, impact, audience)",
)
# Built after loading, as a restore does.
LATER = ("vector_near_384", "posting_strongest_first", "word_by_slips")


@dataclass(frozen=True)
class Made:
    """A chunk to be loaded."""

    number: int
    title: list[str]
    text: list[str]
    vector: np.ndarray


class Corpus:
    """Chunks by number: the same number is always the same chunk."""

    def __init__(self) -> None:
        spoken = words.words(" ".join(topics.topics[name] for name in sorted(topics.topics)))
        self.windows = [spoken[at : at + CHUNK_WORDS] for at in range(0, len(spoken) - CHUNK_WORDS, CHUNK_WORDS)]
        self.vectors = embeddings.embed([" ".join(window) for window in self.windows], bulk=True)
        letters = random.Random(SEED + 1)
        self.rare = [
            "".join(letters.choices("abcdefghiklmnoprstuvwz", k=letters.randint(5, 10))) for _ in range(VOCABULARY)
        ]
        weights = 1 / np.arange(1, VOCABULARY + 1)
        self.sums = np.cumsum(weights / weights.sum())

    def chunk(self, number: int) -> Made:
        article, position = divmod(number, CHUNKS_AN_ARTICLE)
        start = int(np.random.default_rng([SEED, article]).integers(len(self.windows)))
        place = (start + position) % len(self.windows)  # an article goes on about one thing
        dice = np.random.default_rng([SEED, article, position])
        rare = np.searchsorted(self.sums, dice.random(CHUNK_WORDS))
        swap = dice.random(CHUNK_WORDS) < RARE
        text = [
            self.rare[min(rare[at], VOCABULARY - 1)] if swap[at] else word
            for at, word in enumerate(self.windows[place])
        ]
        noise = dice.standard_normal(embeddings.dimension())
        vector = self.vectors[place] + NOISE * noise / np.linalg.norm(noise)
        return Made(number, text[:4], text, (vector / np.linalg.norm(vector)).astype(np.float32))


def load(corpus: Corpus, shop: Shop, first: int, last: int) -> None:
    """Load the chunks first..last as published articles, by COPY, and build the indexes after it."""
    recipe = recipes.serving()
    definitions = _drop()
    counts: Counter[int] = Counter()
    names: dict[int, str] = {}
    spoken: set[str] = set()
    stems = words.stems("en")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no foreign keys to check row by row
        for made in _in_parts(range(first, last), 5000):
            chunks = [corpus.chunk(number) for number in made]
            heard = {word for chunk in chunks for word in chunk.text}
            stems.learn(heard)
            spoken |= heard
            for table, rows in _rows(chunks, shop, recipe.pk, counts, names).items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
        cursor.execute("SET session_replication_role = origin")
    counts[words.key(shop.pk, "en", "")] = last - first
    indexing._count(shop.pk, "en", counts, names)
    indexing._remember(shop.pk, "en", spoken)
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for definition in definitions:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")


def _rows(chunks, shop, recipe, counts, names) -> dict[str, list[tuple]]:
    stems = words.stems("en")
    tables: dict[str, list[tuple]] = {f"knowledge_{name}": [] for name in COLUMNS}
    article, revision, chunk_, vector, title_vector, posting = tables.values()
    for at in range(0, len(chunks), CHUNKS_AN_ARTICLE):
        group = chunks[at : at + CHUNKS_AN_ARTICLE]
        number = group[0].number // CHUNKS_AN_ARTICLE + FIRST
        title = " ".join(group[0].title)
        body = "\n\n".join(" ".join(chunk.text) for chunk in group)
        now = "2030-01-01T00:00:00Z"
        article.append((number, shop.pk, f"a{number}", f"a{number}", "en", 0, "published", number, now, now))
        revision.append((number, number, 1, title, body, "", now))
        about = np.mean([chunk.vector for chunk in group], axis=0)
        title_vector.append((number, recipe, "", recipes.literal(about / np.linalg.norm(about))))
        title_terms = Counter(term for term in stems.terms(group[0].title) if term)
        start = 0
        for position, chunk in enumerate(group):
            length = len(" ".join(chunk.text))
            impacts = indexing.impacts(title_terms, Counter(term for term in stems.terms(chunk.text) if term))
            weights = {words.key(shop.pk, "en", term): weight for term, weight in impacts.items()}
            names.update((words.key(shop.pk, "en", term), term) for term in impacts)
            counts.update(weights.keys())
            places = {indexing.place(key) + 1: weight for key, weight in weights.items()}
            sparse = "{" + ",".join(f"{at}:{places[at]:.6g}" for at in sorted(places)) + f"}}/{TERM_DIMENSIONS}"
            pk = chunk.number + FIRST
            place = (position, start, start + length)
            chunk_.append((pk, shop.pk, number, number, "en", 0, *place, "", f"{pk}", sparse))
            vector.append(
                (pk, recipe, shop.pk, number, "en", 0, len(chunk.vector), recipes.literal(chunk.vector), sparse)
            )
            posting += [(pk, key, weight, 0) for key, weight in weights.items()]
            start += length + 2
    return tables


def _drop() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(LATER)])
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f"DROP INDEX {json.dumps(name)}")
    return [definition for _, definition in found]


def _in_parts(numbers: range, size: int) -> Iterator[range]:
    for at in range(0, len(numbers), size):
        yield numbers[at : at + size]
