"""How sure we are that the best passage answers: a number that holds what it says."""

import math
from collections.abc import Sequence

from knowledge.retrieval import Passage

# Fitted on questions of several public sets put to one another's articles: how much speak for an answer its likeness,
# its shared words and its lead over the next article, and what they must overcome. See docs/decisions.
_FITTED = {
    "meaning": (9.9, 4.5, 3.1, -9.0),
    "mixed": (7.6, 7.0, 2.2, -7.9),
    "words": (0.0, 10.4, 2.0, -6.6),
}
# Where at least 19 of 20 answers given cite an article that answers.
_FLOORS = {"meaning": 0.5, "mixed": 0.5, "words": 0.7}
MOST_LEAD = 4.0


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


def floors() -> dict[str, float]:
    """What we answer from, by what a score rests on."""
    return dict(_FLOORS)


def floor(passages: Sequence[Passage]) -> float:
    """Under this we do not answer."""
    return _FLOORS[passages[0].basis] if passages else 1.0
