"""What the demo's first shop knows: its help centre as it grew over a year, with what editors find in one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Shop, User
from knowledge import articles, importing, recipes, sources
from knowledge.importing import Progress
from knowledge.models import Article, Category

HERE = Path(__file__).parent

_SHELVES = {
    "Delivery": "What it costs, how long it takes, and where your parcel is.",
    "Orders and payment": "Paying, changing, cancelling, and what is out of stock.",
    "Returns and refunds": "Thirty days to change your mind, and when the money is back.",
    "Lamps and bulbs": "Bulbs, dimmers, plugs, and hanging a lamp.",
    "Textiles and care": "Sizes, washing, and keeping linen and wool well.",
    "Repairs and warranty": "What we guarantee, and how we mend it.",
    "Gift cards": "Buying, using and wrapping them.",
    "Account and privacy": "Signing in, and what we know about you.",
    "About us": "Who we are, and how to reach us.",
    "For our team": "How we decide, and what we do when it is serious.",
}

# Days ago, and what was written then. A folder leaves out what also has older words; those come one by one.
_HISTORY = [
    (390, "earlier/1/en"),
    (390, "en"),
    (381, "de/gift-cards.md"),
    (380, "de"),
    (378, "es"),
    (377, "fr"),
    (190, "earlier/2/en"),
    (64, "en/large-items.md"),
    (58, "en/exchange.md"),
    (45, "en/gift-cards.md"),
    (44, "es/gift-cards.md"),
    (43, "fr/gift-cards.md"),
]
_LANGUAGES = ("en", "de", "es", "fr")
_REVIEW = {"delivery-times-and-costs": -6, "payment-methods": 20, "team-carrier-claims": 45}  # days from now


def seed(shop: Shop, *, by: User, at: datetime, progress: Progress | None = None) -> None:
    """Fill the help centre of a shop that has none; what editors made of it since is theirs."""
    if not Article.objects.filter(shop=shop).exists():
        _write(shop, by=by, at=at)
    recipes.fill(progress=lambda done, total: progress and progress("vectors", done, total))


@transaction.atomic
def _write(shop: Shop, *, by: User, at: datetime) -> None:
    for position, (name, description) in enumerate(_SHELVES.items(), start=1):
        Category.objects.create(shop=shop, name=name, slug=slugify(name), description=description, position=position)
    for days, where in _HISTORY:
        report = importing.bring(shop, _found(where), by=by, at=at - timedelta(days=days), embed=False)
        assert not report.problems, report.problems
    holidays = Article.objects.get(shop=shop, external_id="holiday-orders")
    articles.schedule(holidays, publish_at=at + timedelta(days=12))
    for external_id, days in _REVIEW.items():
        review_by = (at + timedelta(days=days)).date()
        Article.objects.filter(shop=shop, external_id=external_id, language="en").update(review_by=review_by)


def _found(where: str) -> Iterator[sources.Found]:
    """The articles at a place."""
    path = HERE / where
    older = {each.stem for each in HERE.glob("earlier/1/en/*.md")} if where in _LANGUAGES else set()
    for found in sources.read(path):
        if not (isinstance(found, sources.Entry) and found.external_id in older):
            yield found
