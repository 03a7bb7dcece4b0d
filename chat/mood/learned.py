"""How people sound, learned from comments in English: numbers only, made by the _learn_mood of the bench."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from chat.intents import encoding
from chat.intents.encoding import Encoding
from chat.intents.machine import Machine, Matrix
from knowledge import embeddings

WHERE = Path(__file__).parent / "learned.npz"
MOODS = ("frustrated", "confused", "pleased")


def likeliest(text: str) -> str | None:
    """The mood that stands out furthest; none where none does."""
    _encoding, _machine, floors, recipe = _read()
    if embeddings.recipe() != recipe:
        return None
    above = margins([text])[0] - floors
    best = int(above.argmax())
    return MOODS[best] if above[best] > 0 else None


def margins(texts: Sequence[str], vectors: Matrix | None = None) -> Matrix:
    """For each text, how far it leans to each mood."""
    known, machine, _floors, _recipe = _read()
    if vectors is None:
        vectors = embeddings.embed(texts, bulk=len(texts) > 1)
    return machine.margins(known.rows(vectors, encoding.counted(texts)))


@cache
def _read() -> tuple[Encoding, Machine, Matrix, str]:
    with np.load(WHERE, allow_pickle=False) as of:
        known = Encoding(
            (of["words"].astype(np.int64), of["pieces"].astype(np.int64)),
            (of["word_rarity"].astype(np.float32), of["piece_rarity"].astype(np.float32)),
        )
        machine = Machine(of["dense"].astype(np.float32), of["sparse"].astype(np.float32), of["bias"])
        about = json.loads(of["about"].tobytes())
        return known, machine, of["floors"], str(about["recipe"])
