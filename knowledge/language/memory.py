"""What was said before in another language: by the same words, or by words that mean nearly the same.

Texts are kept with marks for what changes (numbers, names, addresses), so that a sentence is remembered whatever order
it was about. What a person approved stays; what an engine said is good only for this version of engine and glossary.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db.models import F
from pgvector.django import CosineDistance

from accounts import merging
from accounts.models import Customer, User
from knowledge import embeddings, recipes
from knowledge.language.masking import FIRST, Masked
from knowledge.models import Phrase

NEAR, NEAREST = 0.15, 5  # cosine distance within which a text is looked at, and how many are
ALIKE = 0.9  # of the words that must be the same, in their order
_MARK = re.compile(r"[\ue000-\uf8ff]")
LONGEST = 2_000  # characters of a text that is looked up by its meaning


@dataclass(frozen=True)
class Found:
    """A remembered translation, with its marks; `alike` is 1 for the same words."""

    target: str
    is_approved: bool
    alike: float = 1.0
    by: str = ""  # the engine that said it


def exact(masked: Masked, *, shop: int, source: str, target: str, stamp: str) -> Found | None:
    """The same words: what a person approved, else what an engine of this stamp said."""
    found = Phrase.objects.of_pair(shop, source, target).filter(hash=Phrase.hash_of(masked.text))
    for phrase in found.order_by("-is_approved", "pk"):
        if phrase.is_approved or phrase.stamp == stamp:
            return Found(phrase.target, phrase.is_approved, by=phrase.by)
    return None


def near(masked: Masked, *, shop: int, source: str, target: str) -> Found | None:
    """Nearly the same words, approved: good enough for a draft. Their marks must be the same."""
    approved = Phrase.objects.of_pair(shop, source, target).filter(is_approved=True)
    if len(masked.text) > LONGEST or not approved.exists():
        return None
    stamp, vector = _vector(masked.text)
    close = (
        approved.filter(recipe=stamp)
        .annotate(away=CosineDistance("embedding", vector))
        .filter(away__lt=NEAR)
        .order_by("away", "pk")
    )
    words = masked.text.casefold().split()
    best: Found | None = None
    for phrase in close[:NEAREST]:
        alike = SequenceMatcher(None, words, phrase.source.casefold().split(), autojunk=False).ratio()
        if alike >= (best.alike if best else ALIKE):
            best = Found(phrase.target, True, alike)
    return best


def learn(
    masked: Masked,
    said: str,
    *,
    shop: int,
    source: str,
    target: str,
    by: str = "",
    stamp: str = "",
    author: User | None = None,
    customer: Customer | None = None,
) -> None:
    """Remember a translation; a person's (without `by`) is approved and replaces the one before."""
    is_approved = not by
    recipe, vector = _vector(masked.text) if is_approved and len(masked.text) <= LONGEST else ("", None)
    Phrase.objects.update_or_create(
        shop_id=shop,
        source_language=source,
        target_language=target,
        hash=Phrase.hash_of(masked.text),
        is_approved=is_approved,
        defaults={
            "source": masked.text,
            "target": said,
            "by": by,
            "stamp": stamp,
            "author": author,
            "customer": customer,
            "recipe": recipe,
            "embedding": vector,
        },
    )


def used(masked: Masked, *, shop: int, source: str, target: str) -> None:
    found = Phrase.objects.of_pair(shop, source, target).filter(hash=Phrase.hash_of(masked.text))
    found.update(used=F("used") + 1)


def marked(said: str, masked: Masked) -> str | None:
    """A person's own translation with the marks of its source, or None if something of it is not there once."""
    for number, span in enumerate(masked.spans):
        if said.count(span) != masked.spans[: number + 1].count(span) and said.count(span) != 1:
            return None
        said = said.replace(span, chr(FIRST + number), 1)
    return said


def export(customer: Customer) -> Iterable[dict[str, Any]]:
    """What is remembered of her talks."""
    for phrase in Phrase.objects.filter(customer=customer).order_by("pk"):
        yield {"text": phrase.source, "translation": phrase.target, "at": phrase.changed_at.isoformat()}


def forget(customer: Customer) -> int:
    """Remove what is remembered of her talks."""
    gone, _deleted = Phrase.objects.filter(customer=customer).delete()
    return gone


def _vector(text: str) -> tuple[str, list[float]]:
    recipe = recipes.serving()
    row = embeddings.embed([_MARK.sub(" ", text)], engine_name=recipe.engine)[0]
    return recipe.stamp, row.tolist()


merging.goes_along(Phrase)
