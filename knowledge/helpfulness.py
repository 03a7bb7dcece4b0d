"""Whether an article helped: every voice counts once, and may change its mind."""

from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from analytics.ledger import events
from knowledge.models import Article, Vote


@transaction.atomic
def vote(article: Article, voice: str, *, helped: bool, at: datetime, formerly: str = "") -> None:
    """Say whether an article helped; what the same reader said before, perhaps under another voice, is taken back."""
    if formerly:
        Vote.objects.filter(article=article, voter=_hidden(article, formerly)).delete()
    mine = Vote(article=article, voter=_hidden(article, voice), helped=helped, at=at)
    before = said(article, voice)
    Vote.objects.bulk_create(
        [mine], update_conflicts=True, unique_fields=["article", "voter"], update_fields=["helped", "at"]
    )
    if before is not helped:
        events.record("article.voted", article=article, at=at, helped=helped)


def said(article: Article, voice: str) -> bool | None:
    """What this voice said of the article, if anything."""
    return Vote.objects.filter(article=article, voter=_hidden(article, voice)).values_list("helped", flat=True).first()


def _hidden(article: Article, voice: str) -> str:
    """Keyed, and another one for each article: it leads back to nobody and does not tie her votes together."""
    return salted_hmac("knowledge.vote", f"{article.pk}:{voice}", algorithm="sha256").hexdigest()
