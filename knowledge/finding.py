"""Find articles at the desk: published or not, by what they are called, where they stand and what they say."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Exists, FloatField, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Concat

from accounts.models import Shop
from knowledge import retrieval
from knowledge.models import Article, Audience, Revision, Tag

LONGEST = 200  # characters of what is looked for
MOST_WORDS = 8
MOST_SHOPS = 5  # whose index is asked too
SAYS, MEANS = 0.3, 0.5  # from which share of the words, or which likeness, a passage is taken to be about it


def articles(among: QuerySet[Article], asked: str, *, shops: Iterable[Shop]) -> QuerySet[Any]:
    """Those of some articles that fit, with their `place`: the smaller, the better they fit."""
    asked = " ".join(asked.replace("\x00", " ").split())[:LONGEST]
    newest = Revision.objects.filter(article=OuterRef("pk")).order_by("-number")
    said = Concat("title", Value(" "), "body", output_field=TextField())
    among = among.annotate(_title=Subquery(newest.values("title")[:1]), _words=Subquery(newest.values(w=said)[:1]))
    says_all = Q()
    for word in asked.split()[:MOST_WORDS]:
        tagged = Exists(Tag.objects.filter(articles=OuterRef("pk"), name__icontains=word))
        says = Q(_words__icontains=word) | Q(slug__icontains=word) | Q(external_id__icontains=word)
        says_all &= says | Q(tagged)
    known = _indexed(asked, list(shops)[:MOST_SHOPS])
    place = Case(
        When(Q(external_id__iexact=asked) | Q(slug__iexact=asked), then=Value(0.0)),
        When(_title__icontains=asked, then=Value(1.0)),
        *(When(pk=pk, then=Value(2 + number / 1000)) for number, pk in enumerate(known)),
        default=Value(4.0),
        output_field=FloatField(),
    )
    return among.filter(says_all | Q(pk__in=known)).annotate(place=place)


def _indexed(asked: str, shops: list[Shop]) -> list[int]:
    """The published articles the shops' own search finds: stems, accents, slips and meaning forgiven."""
    found = [
        passage
        for shop in shops
        for passage in retrieval.search(shop, asked, audience=Audience.AGENTS, k=50, one_per_article=True)
        if passage.overlap >= SAYS or passage.likeness >= MEANS
    ]
    return [passage.article for passage in sorted(found, key=lambda passage: -passage.score)]
