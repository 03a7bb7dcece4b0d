"""Vectors for tests: deterministic, instant, and near each other when the words are shared."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class Fake:
    """A bag of hashed words."""

    recipe = "fake|1|float32|384"
    dimension = 384
    languages = frozenset[str]()

    def embed(self, texts: Sequence[str], *, bulk: bool) -> NDArray[np.float32]:
        rows = np.stack([self._row(text) for text in texts])
        vectors: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        return vectors

    def _row(self, text: str) -> NDArray[np.float64]:
        words = re.findall(r"\w+", text.casefold()) or [""]
        row: NDArray[np.float64] = np.sum([_direction(word) for word in words], axis=0)
        return row


def _direction(word: str) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(Fake.dimension)
