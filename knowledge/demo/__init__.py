"""What the demo's shops know: help centres as they grew over a year, with what editors find in one."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Shop, User
from knowledge import articles, helpfulness, importing, recipes, sources
from knowledge.models import Article, Category

HERE = Path(__file__).parent

SHELVES = {
    "lumen-and-loom": {
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
    },
    "small-hours": {
        "Delivery and returns": "How it reaches you, and how it comes back.",
        "Night lights": "Charging, dimming and cleaning them.",
        "Care": "Washing wool and cotton.",
        "Nursery": "Sizes and warmth.",
        "About us": "What our things are made of, and how to reach us.",
    },
}

# Days ago, and what was written then. A folder leaves out what also has older words; those come one by one.
_HISTORY = {
    "lumen-and-loom": [
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
    ],
    "small-hours": [(385, "en")],
}
# How many readers an article helped, and how many it did not.
_HELPED = {
    "track-your-parcel": (9, 1),
    "return-an-item": (8, 2),
    "refunds": (7, 3),
    "delivery-times-and-costs": (6, 1),
    "lamp-does-not-work": (4, 0),
    "care-for-wool": (3, 0),
    "duties-uk-ch-no": (1, 4),
}
_REVIEW = {"delivery-times-and-costs": -6, "payment-methods": 20, "team-carrier-claims": 45}  # days from now


def seed(shop: Shop, *, by: User, at: datetime) -> None:
    """Fill the help centre of a demo's shop that has none; what editors made of it since is theirs."""
    if not Article.objects.filter(shop=shop).exists():
        _write(shop, by=by, at=at)


def embed(progress: Callable[[int, int], None]) -> None:
    """Give meaning to what was written; it can be found by its words before."""
    recipes.fill(progress=progress)


@transaction.atomic
def _write(shop: Shop, *, by: User, at: datetime) -> None:
    for position, (name, description) in enumerate(SHELVES[shop.slug].items(), start=1):
        Category.objects.create(shop=shop, name=name, slug=slugify(name), description=description, position=position)
    for days, where in _HISTORY[shop.slug]:
        report = importing.bring(shop, _found(shop, where), by=by, at=at - timedelta(days=days), embed=False)
        assert not report.problems, report.problems
    mine = Article.objects.filter(shop=shop, language="en")
    for holidays in mine.filter(external_id="holiday-orders"):
        articles.schedule(holidays, publish_at=at + timedelta(days=12))
    for external_id, days in _REVIEW.items():
        mine.filter(external_id=external_id).update(review_by=(at + timedelta(days=days)).date())
    for article in mine.filter(external_id__in=_HELPED):
        helped, not_helped = _HELPED[article.external_id]
        for number in range(helped + not_helped):
            then = at - timedelta(days=3 * number + 1)
            helpfulness.vote(article, f"demo {number}", helped=number < helped, at=then)


def _found(shop: Shop, where: str) -> Iterator[sources.Found]:
    """The articles at a place."""
    here = HERE / shop.slug
    older = {path.stem for path in here.glob("earlier/1/en/*.md")} if len(where) == 2 else set()
    for found in sources.read(here / where):
        if not (isinstance(found, sources.Entry) and found.external_id in older):
            yield found
