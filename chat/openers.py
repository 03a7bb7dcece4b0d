"""Questions a shopper may begin with: what the assistant answers most in this shop, else what the shop wrote down.

Never a shopper's own words: an answer counts for the article it rests on, and that article's title is the question.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Max

from accounts.models import Shop
from chat.models import Author, Message
from knowledge.models import Article, Audience

FEWEST, MOST, LONGEST = 2, 4, 80
LATELY, NEWEST, WINDOW = timedelta(days=30), 500, 200_000
KEPT = 600  # seconds; what others ask most does not change by the minute


def questions(shop: Shop, language: str, *, at: datetime) -> list[str]:
    """Two to four, or none."""
    key = f"chat:openers:{shop.pk}:{language}"
    asked: list[str] | None = cache.get(key)
    if asked is None:
        asked = most_asked(shop, language, at=at)
        cache.set(key, asked, KEPT)
    written = shop.questions if language == shop.language else []
    found = list(dict.fromkeys([*asked, *written]))[:MOST]
    return found if len(found) >= FEWEST else []


def most_asked(shop: Shop, language: str, *, at: datetime) -> list[str]:
    """The titles of the public articles most answers of late rested on first, but for answers that did not help."""
    newest = Message.objects.aggregate(newest=Max("pk"))["newest"] or 0
    answers = Message.objects.filter(pk__gt=newest - WINDOW, conversation__shop=shop, author=Author.BOT)
    answers = answers.filter(at__gte=at - LATELY, details__has_key="sources").exclude(verdict__helped=False)
    rested = Counter(answers.order_by("-pk").values_list("details__sources__0__article", flat=True)[:NEWEST])
    public = Article.objects.published().filter(shop=shop, language=language, audience=Audience.PUBLIC)
    titles = dict(public.filter(external_id__in=rested).values_list("external_id", "published_revision__title"))
    often = (titles[article] for article, _times in rested.most_common() if article in titles)
    return [title for title in often if len(title) <= LONGEST][:MOST]
