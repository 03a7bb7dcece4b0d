"""How good search and answers are on questions whose right articles are known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Shop
from knowledge import answers, confidence, retrieval
from knowledge.models import Measurement

BINS = 10


@dataclass(frozen=True)
class Question:
    """What is asked, and the ids of the articles that answer it; none if nothing here does."""

    query: str
    golds: tuple[str, ...]
    language: str | None = None


@dataclass(frozen=True)
class Tried:
    """What became of a question that was put to the answers."""

    question: Question
    cited: tuple[str, ...]
    best: str
    confidence: float

    @property
    def is_answered(self) -> bool:
        return bool(self.cited)

    @property
    def is_right(self) -> bool:
        """Whether the answer rests on an article that answers."""
        return any(gold in self.cited for gold in self.question.golds)

    @property
    def would_be_right(self) -> bool:
        """Whether the article we are so sure of answers, said or not."""
        return self.best in self.question.golds


def search(
    shop: Shop, questions: Iterable[Question], *, by: retrieval.By = "both", audience: int = 0
) -> dict[str, float | int]:
    """Hit@1/5/10, MRR@10 and recall@10 over the questions that have an answer."""
    ranks: list[int] = []
    recalls: list[float] = []
    for question in questions:
        if not question.golds:
            continue
        found = retrieval.search(
            shop,
            question.query,
            language=question.language,
            audience=audience,
            k=10,
            one_per_article=True,
            deadline=None,
            by=by,
        )
        ids = [passage.external_id for passage in found]
        ranks.append(next((rank for rank, each in enumerate(ids, 1) if each in question.golds), 0))
        recalls.append(len(set(ids) & set(question.golds)) / len(set(question.golds)))
    return {
        "n": len(ranks),
        **{f"hit@{k}": _mean([0 < rank <= k for rank in ranks]) for k in (1, 5, 10)},
        "mrr@10": _mean([1 / rank if rank else 0 for rank in ranks]),
        "recall@10": _mean(recalls),
    }


def answer(shop: Shop, questions: Iterable[Question], *, audience: int = 0) -> list[Tried]:
    """Put every question to the answers."""
    return [_tried(shop, question, audience) for question in questions]


def figures(tried: Sequence[Tried]) -> dict[str, Any]:
    """How much is answered and how much of it is right, and whether confidence holds what it says."""
    answerable = [each for each in tried if each.question.golds]
    unanswerable = [each for each in tried if not each.question.golds]
    given = [each for each in answerable if each.is_answered]
    return {
        "n": len(tried),
        "answerable": len(answerable),
        "unanswerable": len(unanswerable),
        "answered": _mean([each.is_answered for each in answerable]),
        "answered_in_vain": _mean([each.is_answered for each in unanswerable]),
        "right": _mean([each.is_right for each in given]),
        "calibration_error": calibration_error(tried),
        "reliability": reliability(tried),
    }


def reliability(tried: Sequence[Tried]) -> list[dict[str, float | int]]:
    """For each tenth of confidence: how many questions, how sure we were, how often we were right."""
    curve = []
    for number in range(BINS):
        here = [each for each in tried if min(BINS - 1, int(each.confidence * BINS)) == number]
        if here:
            curve.append(
                {
                    "from": number / BINS,
                    "to": (number + 1) / BINS,
                    "n": len(here),
                    "confidence": _mean([each.confidence for each in here]),
                    "right": _mean([each.would_be_right for each in here]),
                }
            )
    return curve


def calibration_error(tried: Sequence[Tried]) -> float:
    """The mean distance between how sure we were and how often we were right."""
    apart = [each["n"] * abs(each["confidence"] - each["right"]) for each in reliability(tried)]
    return round(sum(apart) / len(tried), 4) if tried else 0.0


def keep(shop: Shop, kind: str, found: dict[str, Any]) -> Measurement:
    """Keep figures for the admin to show."""
    return Measurement.objects.create(shop=shop, kind=kind, figures=found, at=timezone.now())


def _tried(shop: Shop, question: Question, audience: int) -> Tried:
    passages = retrieval.search(shop, question.query, language=question.language, audience=audience, deadline=None)
    answer = answers.compose(question.query, passages)
    cited = [citation.external_id for sentence in answer.sentences for citation in sentence.citations] if answer else []
    best = passages[0].external_id if passages else ""
    return Tried(question, tuple(dict.fromkeys(cited)), best, confidence.of(passages))


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
