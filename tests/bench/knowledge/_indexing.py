"""How fast passages become vectors, beside sentence-transformers on torch, round by round, on the same texts."""

import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pydoc_data import topics

import numpy as np

from accounts.models import Shop
from knowledge import articles, embeddings, recipes
from knowledge.embeddings import minilm
from knowledge.models import Article, Vector
from tests.bench import _peers
from tests.figures import Figure

PASSAGES, WORDS, ROUNDS, ARTICLES = 128, 150, 5, 60


def measure() -> Iterator[Figure]:
    texts = passages()
    with torch(texts) as encode:
        rounds = [(_timed(texts), encode()) for _ in range(ROUNDS)]
    ours, theirs = (
        round(statistics.median(PASSAGES / each["seconds"] for each in column), 1)
        for column in zip(*rounds, strict=True)
    )
    ratio = statistics.median(their["seconds"] / our["seconds"] for our, their in rounds)
    work = statistics.median(their["processor"] / our["processor"] for our, their in rounds)
    alike = float(np.dot(rounds[0][0]["first"], rounds[0][1]["first"]))
    n = PASSAGES * ROUNDS
    pieces = round(statistics.mean(len(embeddings.pieces(text)) for text in texts))
    yield Figure("indexing.passages", ours, "passages/s", n=n, peer=theirs, better="higher")
    yield Figure("indexing.passages to sentence-transformers", round(ratio, 2), "ratio", bar=1.8, better="higher", n=n)
    yield Figure("indexing.processor time saved to sentence-transformers", round(work, 2), "ratio", n=n)
    yield Figure("indexing.pieces a passage", pieces, "word pieces", n=PASSAGES)
    yield Figure("indexing.cosine to sentence-transformers", round(alike, 4), "cosine", n=1)
    yield from _articles(texts)


def passages() -> list[str]:
    """Stretches of Python's own manual, about as long as the longest chunks."""
    words = " ".join(topics.topics[name] for name in sorted(topics.topics)).split()
    return [" ".join(words[at : at + WORDS]) for at in range(0, PASSAGES * WORDS, WORDS)]


def _timed(texts: list[str]) -> dict:
    wall, work = time.perf_counter(), time.process_time()
    vectors = embeddings.embed(texts, bulk=True)
    return {
        "seconds": time.perf_counter() - wall,
        "processor": time.process_time() - work,
        "first": vectors[0].tolist(),
    }


@contextmanager
def torch(texts: list[str]) -> Iterator:
    """The peer, waiting to be told to encode."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(texts, file)
        file.flush()
        peer = subprocess.Popen(
            [_peers.programs("torch") / "python", _peers.folder("torch") / "passages.py", _bundled(), file.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert json.loads(peer.stdout.readline())["ready"] == len(texts)
            embeddings.embed(texts[:32], bulk=True)  # both are warm

            def encode() -> dict:
                peer.stdin.write("again\n")
                peer.stdin.flush()
                return json.loads(peer.stdout.readline())

            yield encode
        finally:
            peer.stdin.close()
            peer.wait(60)


def _bundled() -> Path:
    return minilm.verify()


def _articles(texts: list[str]) -> Iterator[Figure]:
    """Whole articles: cut, counted and embedded; and published again without a change."""
    shop = Shop.objects.create(slug="indexed", name="Indexed")
    started = time.perf_counter()
    for number in range(ARTICLES):
        article = articles.draft(shop, title=f"Article {number}", body="\n\n".join(texts[number : number + 3]))
        articles.publish(article, embed=False)
    recipes.fill()
    chunks = Vector.objects.filter(shop=shop).count()
    yield Figure("indexing.whole articles", round(chunks / (time.perf_counter() - started), 1), "passages/s", n=chunks)
    embedded, embed = 0, embeddings.embed

    def counting(given: list[str], **options: object) -> embeddings.Vectors:
        nonlocal embedded
        embedded += len(given)
        return embed(given, **options)

    embeddings.embed = counting
    for article in Article.objects.filter(shop=shop):
        articles.publish(article, embed=False)
    recipes.fill()
    embeddings.embed = embed
    yield Figure("indexing.embedded when published again unchanged", embedded, "texts", bar=0, n=ARTICLES)
