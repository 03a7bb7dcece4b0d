"""python -m tests.bench.understanding._learn_mood: make chat/mood/learned.npz anew, from comments beside the checkout.

It learns from the training part and sets the floors on the development part; the test part is for the bench.
"""

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tests.bench.knowledge._sets import DATA

PLEASED = "admiration excitement gratitude joy love relief"
MOODS = {"frustrated": "anger annoyance", "confused": "confusion", "pleased": PLEASED}
OFTEN = 30  # comments that have it, for a bucket to be kept
PENALTY = 0.3  # people do not agree on what they saw, so no comment may pull hard
SURE = {"frustrated": 0.6, "confused": 0.6, "pleased": 0.8}  # how often a mood that is told is to be right


def comments(part: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The comments of a part with the emotions that people saw in them."""
    names = (DATA / "goemotions/labels.txt").read_text().split()
    with gzip.open(DATA / f"goemotions/{part}.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        for text, labels, _id in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield text, frozenset(names[int(label)] for label in labels.split(","))


def main() -> None:
    from chat.intents import encoding
    from chat.intents.encoding import Encoding
    from chat.intents.machine import learn_signs
    from chat.mood import learned
    from knowledge import embeddings

    told = list(comments("train"))
    counts = encoding.counted([text for text, _ in told])
    met = [np.bincount(each.bucket, minlength=1) for each in counts]
    kept = tuple(
        replace(each, **{name: getattr(each, name)[many[each.bucket] >= OFTEN] for name in ("row", "bucket", "count")})
        for each, many in zip(counts, met, strict=True)
    )
    known = Encoding.of(kept)
    rows = known.rows(embeddings.embed([text for text, _ in told], bulk=True), kept)
    signs = np.array([_signs(seen) for _, seen in told], np.float32)
    machine = learn_signs(rows, signs, penalty=PENALTY)
    np.savez_compressed(
        learned.WHERE,
        about=np.frombuffer(json.dumps({"recipe": embeddings.recipe()}).encode(), np.uint8),
        words=known.buckets[0].astype(np.uint32),
        pieces=known.buckets[1].astype(np.uint32),
        word_rarity=known.rarity[0].astype(np.float16),
        piece_rarity=known.rarity[1].astype(np.float16),
        dense=machine.dense.astype(np.float16),
        sparse=machine.sparse.astype(np.float16),
        bias=machine.bias,
        floors=_floors(machine, known),
    )


def _signs(seen: frozenset[str]) -> list[int]:
    return [1 if seen & set(emotions.split()) else -1 for emotions in MOODS.values()]


def _floors(machine, known) -> np.ndarray:
    """From which margin on a mood is right as often as asked, on comments it did not learn from."""
    from chat.intents import encoding
    from knowledge import embeddings

    told = list(comments("dev"))
    texts = [text for text, _ in told]
    margins = machine.margins(known.rows(embeddings.embed(texts, bulk=True), encoding.counted(texts)))
    signs = np.array([_signs(seen) for _, seen in told]) > 0
    floors = []
    for column, sure in enumerate(SURE.values()):
        order = np.argsort(-margins[:, column])
        right = np.cumsum(signs[order, column]) / np.arange(1, len(order) + 1)
        last = int(np.flatnonzero(right >= sure).max(initial=0))
        floors.append(margins[order[last], column])
    return np.array(floors, np.float32)


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main()
