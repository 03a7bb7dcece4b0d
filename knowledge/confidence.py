"""How sure we are that the best passage answers: a number that holds what it says."""

import math
from collections.abc import Sequence

from knowledge.retrieval import Passage


def of(passages: Sequence[Passage]) -> float:
    """The probability that the first passage's article answers the question."""
    if not passages:
        return 0.0
    best = passages[0]
    return 1 / (1 + math.exp(-(12 * (best.likeness - 0.5) + 2 * best.overlap)))


def floor() -> float:
    return 0.5
