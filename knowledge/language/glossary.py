"""Words that are settled: always said so in another language, or never translated."""

import hashlib
from dataclasses import dataclass, field

from django.db.models import Q

from knowledge.models import GlossaryTerm


@dataclass(frozen=True)
class Glossary:
    """What a shop settled for one pair; its stamp changes with it."""

    terms: dict[str, str] = field(default_factory=dict)

    @property
    def stamp(self) -> str:
        told = "\0".join(f"{word}\0{said}" for word, said in sorted(self.terms.items()))
        return hashlib.sha256(told.encode()).hexdigest()[:12] if told else ""


def of(shop: int, source: str, target: str) -> Glossary:
    """What stays as it is maps to itself."""
    found = GlossaryTerm.objects.filter(
        Q(source_language__in=(source, "")), Q(target_language__in=(target, "")), shop=shop
    )
    return Glossary({term.source: term.target or term.source for term in found.order_by("pk")})
