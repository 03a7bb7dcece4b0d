"""What the shop is asked and cannot answer, gathered by meaning into the editors' list."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import merging
from accounts.models import Customer, Shop, User
from analytics.ledger import events
from knowledge import articles, recipes, retrieval
from knowledge.embeddings import Vectors
from knowledge.models import Article, Gap, GapQuestion, Recipe

ALIKE = 0.72  # cosine from which two questions are taken to ask the same
_LOCK = 0x67617073


class AlreadyDrafted(Exception):
    def __init__(self) -> None:
        super().__init__(_("Somebody is already writing about this."))


def record(
    shop: Shop,
    question: str,
    *,
    language: str = "",
    confidence: float | None = None,
    customer: Customer | None = None,
    asked_in: UUID | None = None,
    at: datetime | None = None,
    **concerning: Any,
) -> Gap:
    """Keep a question we could not answer, with those that mean the same; one asked in a message counts once."""
    at, language = at or timezone.now(), language or shop.language
    question = question.replace("\x00", " ").strip().encode("utf-8", "replace").decode()[:1000]
    recipe = recipes.serving()
    vector = retrieval.meaning(shop, question, recipe, retrieval.DEADLINE)
    with transaction.atomic():
        _alone(shop)
        if asked_in and (kept := Gap.objects.filter(questions__message=asked_in).first()):
            return kept
        gap = _same(shop, language, question, recipe, vector)
        if gap is None:
            gap = Gap(shop=shop, language=language, first_at=at)
        _join(gap, recipe, vector, at)
        GapQuestion.objects.create(
            gap=gap, customer=customer, text=question, confidence=confidence, message=asked_in, at=at
        )
        events.record(
            "gap.recorded", gap=gap, at=at, confidence=confidence, language=articles.known(language), **concerning
        )
    return gap


@transaction.atomic
def draft(gap: Gap, *, by: User | None = None, at: datetime | None = None) -> Article:
    """Begin the article that would have answered."""
    gap = Gap.objects.select_for_update(no_key=True).get(pk=gap.pk)
    if gap.status == Gap.Status.DRAFTED and gap.article is not None:
        raise AlreadyDrafted
    asked = list(gap.questions.order_by("-at", "-pk").values_list("text", flat=True)[:20])
    heading = _("What shoppers asked")
    body = f"<!-- {heading}:\n" + "\n".join(f"- {text.replace('--', '- -')}" for text in asked) + "\n-->\n"
    gap.article = articles.draft(gap.shop, title=str(gap)[:200], body=body, language=gap.language, by=by, at=at)
    gap.status = Gap.Status.DRAFTED
    gap.save(update_fields=["article", "status"])
    return gap.article


@transaction.atomic
def dismiss(*gaps: Gap) -> None:
    """Say that this is not for the shop to answer; the same question does not come back to the list."""
    Gap.objects.filter(pk__in=[gap.pk for gap in gaps]).update(status=Gap.Status.DISMISSED)


@transaction.atomic
def reopen(*gaps: Gap) -> None:
    """Put questions back on the list."""
    Gap.objects.filter(pk__in=[gap.pk for gap in gaps]).update(status=Gap.Status.OPEN)


def weekly(gaps: Iterable[Gap], *, at: datetime, weeks: int = 8) -> dict[int, list[int]]:
    """How often each was asked in each of the last weeks, the oldest first."""
    counts = {gap.pk: [0] * weeks for gap in gaps}
    asked = GapQuestion.objects.filter(gap__in=counts, at__gt=at - timedelta(weeks=weeks), at__lte=at)
    for gap, when in asked.values_list("gap", "at"):
        counts[gap][weeks - 1 - (at - when).days // 7] += 1
    return counts


def examples(gaps: Iterable[Gap], *, most: int = 5) -> dict[int, list[str]]:
    """The last different ways each was asked in."""
    said: dict[int, list[str]] = {gap.pk: [] for gap in gaps}
    latest = GapQuestion.objects.filter(gap__in=said).annotate(
        place=Window(RowNumber(), partition_by="gap", order_by=["-at", "-pk"])
    )
    for gap, text in latest.filter(place__lte=4 * most).order_by("gap", "place").values_list("gap", "text"):
        if text not in said[gap] and len(said[gap]) < most:
            said[gap].append(text)
    return said


def export(customer: Customer) -> Iterable[dict[str, Any]]:
    """What a customer asked in vain."""
    for question in GapQuestion.objects.filter(customer=customer).order_by("at", "pk"):
        yield {"asked": question.text, "at": question.at.isoformat()}


@transaction.atomic
def forget(customer: Customer) -> int:
    """Remove a customer's questions, and the gaps that nobody else asked about."""
    mine = GapQuestion.objects.filter(customer=customer)
    touched = list(mine.order_by("gap").values_list("gap", flat=True).distinct())
    gone, _deleted = mine.delete()
    Gap.objects.filter(pk__in=touched, questions=None).delete()
    # The middle of what is left would have to be asked of the model: such a gap grows by equal words alone.
    Gap.objects.filter(pk__in=touched).update(embedding=None, recipe=None)
    return gone


def _same(shop: Shop, language: str, question: str, recipe: Recipe, vector: Vectors | None) -> Gap | None:
    """The gap a question belongs to: one that was asked in the same words, or the nearest in meaning."""
    gaps = Gap.objects.filter(shop=shop, language=language).exclude(status=Gap.Status.CLOSED)
    same = gaps.filter(questions__text__iexact=question).order_by("-last_at", "pk").first()
    if same is not None or vector is None:
        return same
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, -(embedding <#> %(vector)s::halfvec) AS likeness FROM knowledge_gap"
            " WHERE shop_id = %(shop)s AND language = %(language)s AND status <> %(closed)s AND recipe_id = %(recipe)s"
            " ORDER BY embedding <#> %(vector)s::halfvec, id LIMIT 1",
            {
                "vector": recipes.literal(vector),
                "shop": shop.pk,
                "language": language,
                "closed": Gap.Status.CLOSED,
                "recipe": recipe.pk,
            },
        )
        row = cursor.fetchone()
    return gaps.get(pk=row[0]) if row and row[1] >= ALIKE else None


def _join(gap: Gap, recipe: Recipe, vector: Vectors | None, at: datetime) -> None:
    """Count one more question, and move the middle of the gap towards it."""
    if vector is not None and (gap.embedding is None or gap.recipe_id == recipe.pk):
        middle = vector if gap.embedding is None else np.asarray(gap.embedding) * gap.count + vector
        gap.embedding, gap.recipe = (middle / np.linalg.norm(middle)).tolist(), recipe
    gap.count += 1
    gap.last_at = at
    gap.save()


def _alone(shop: Shop) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, shop.pk])


merging.goes_along(GapQuestion)
