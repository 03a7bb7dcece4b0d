"""How well a version understands texts whose intents are known."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from chat.intents.classifier import Guess

BINS = 10
Label = str | None


@dataclass(frozen=True)
class Tried:
    """A text's intent, what the version took it for, and how sure it was; none where there is no intent."""

    gold: Label
    guess: Label
    confidence: float

    @classmethod
    def of(cls, gold: Label, guess: Guess) -> "Tried":
        return cls(gold, guess.intent, guess.confidence)

    @property
    def is_right(self) -> bool:
        return self.gold == self.guess


def report(tried: Sequence[Tried]) -> dict[str, Any]:
    """All that the pages of a version show."""
    return {
        **figures(tried),
        "intents": per_intent(tried),
        "confused": [[gold, guess, many] for (gold, guess), many in confused(tried).most_common() if gold != guess],
        "reliability": reliability(tried),
    }


def figures(tried: Sequence[Tried]) -> dict[str, Any]:
    """What the tries come to; a figure that nothing tells of is None."""
    inside = [each for each in tried if each.gold is not None]
    outside = [each for each in tried if each.gold is None]
    return {
        "n": len(tried),
        "accuracy": _share(tried),
        "macro_f1": _mean([each["f1"] for each in per_intent(tried)]),
        "mcc": mcc(tried),
        "in_scope": len(inside),
        "in_scope_accuracy": _share(inside),
        "out_of_scope": len(outside),
        "out_of_scope_recall": _share(outside),
        "calibration_error": calibration_error(tried),
    }


def per_intent(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """Precision and recall of every intent that was asked about."""
    asked, told = Counter(each.gold for each in tried), Counter(each.guess for each in tried)
    right = Counter(each.gold for each in tried if each.is_right)
    return [
        {
            "intent": label,
            "n": asked[label],
            "precision": round(right[label] / told[label], 4) if told[label] else 0.0,
            "recall": round(right[label] / asked[label], 4),
            "f1": round(2 * right[label] / (asked[label] + told[label]), 4),
        }
        for label in sorted(asked, key=lambda label: (label is None, label or ""))
    ]


def confused(tried: Sequence[Tried]) -> Counter[tuple[Label, Label]]:
    """How often what was taken for what."""
    return Counter((each.gold, each.guess) for each in tried)


def mcc(tried: Sequence[Tried]) -> float:
    """Matthews' correlation over all labels: 1 when all is right, 0 when it might as well be chance."""
    asked, told = Counter(each.gold for each in tried), Counter(each.guess for each in tried)
    n, right = len(tried), sum(each.is_right for each in tried)
    together = sum(asked[label] * told[label] for label in asked)
    spread = (n * n - sum(many * many for many in told.values())) * (
        n * n - sum(many * many for many in asked.values())
    )
    return round((right * n - together) / sqrt(spread), 4) if spread else 0.0


def reliability(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """For each tenth of confidence: how many texts, how sure the version was, how often it was right."""
    bins: dict[int, list[Tried]] = {}
    for each in tried:
        bins.setdefault(min(BINS - 1, int(each.confidence * BINS)), []).append(each)
    return [
        {
            "from": number / BINS,
            "to": (number + 1) / BINS,
            "n": len(here),
            "confidence": _mean([each.confidence for each in here]),
            "right": _share(here),
        }
        for number, here in sorted(bins.items())
    ]


def calibration_error(tried: Sequence[Tried]) -> float | None:
    """The mean distance between how sure the version was and how often it was right."""
    if not tried:
        return None
    apart = sum(each["n"] * abs(each["confidence"] - each["right"]) for each in reliability(tried))
    return round(float(apart) / len(tried), 4)


def _share(tried: Sequence[Tried]) -> float | None:
    return _mean([each.is_right for each in tried]) if tried else None


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
