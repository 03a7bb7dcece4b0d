"""How sure we are that the best passage answers: a number that holds what it says."""

import math
from collections.abc import Sequence

from knowledge.retrieval import Passage

# Fitted on questions of several public sets put to one another's articles (docs/decisions): how much speak for an
# answer its likeness, its shared words and its lead over the next article, and what must be overcome.
_FITTED = {
    "meaning": (9.5, 4.0, 3.0, -8.5),
    "mixed": (5.0, 6.0, 2.0, -8.5),
    "words": (0.0, 6.0, 2.0, -5.0),
}
MOST_LEAD = 4.0
FLOOR = 0.5


def of(passages: Sequence[Passage]) -> float:
    """The probability that the article of the first passage answers the question."""
    if not passages:
        return 0.0
    *weights, bias = _FITTED[passages[0].basis]
    points = bias + sum(weight * sign for weight, sign in zip(weights, signs(passages), strict=True))
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, points))))


def signs(passages: Sequence[Passage]) -> tuple[float, float, float]:
    """What speaks for the first passage: likeness, shared words, and its lead over the next article."""
    best = passages[0]
    others = [passage.score for passage in passages if passage.article != best.article]
    next_best = max(others, default=passages[-1].score if len(passages) > 1 else 0.0)
    lead = max(0.0, min(MOST_LEAD, best.score - next_best))
    return best.likeness, best.overlap, math.sqrt(lead)


def floor() -> float:
    """Under this we do not answer."""
    return FLOOR
