"""What stands on the shelves of a help centre: for one reader, in one language."""

from django.db.models import Case, Count, FloatField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from pgvector.django import MaxInnerProduct

from accounts.models import Shop
from knowledge.models import Article, Category, Recipe, TitleVector

UNLIKE = 0.3  # cosine of two titles below which their articles have nothing to do with each other
SAME_SHELF = 0.15  # what standing on one shelf is worth beside it


def languages(shop: Shop, audience: int, shelf: Category | None = None) -> list[str]:
    """The languages a reader finds something in, perhaps on one shelf; the shop's own first."""
    readable = Article.objects.for_audience(audience).filter(shop=shop)
    readable = readable.filter(category=shelf) if shelf else readable
    found = readable.order_by("language").values_list("language", flat=True).distinct()
    return sorted(found, key=lambda code: (code != shop.language, code))


def choose(wanted: str, there: list[str]) -> str:
    """The language nearest to the one wanted: itself, its mother, a sister, or the shop's own."""
    mother = wanted.split("-")[0]
    sisters = [code for code in there if code.split("-")[0] == mother]
    return next((code for code in (wanted, mother, *sisters, *there) if code in there), wanted)


def articles(shop: Shop, audience: int, language: str) -> QuerySet[Article]:
    readable = Article.objects.for_audience(audience).filter(shop=shop, language=language)
    return readable.select_related("published_revision").defer("published_revision__body")


def categories(shop: Shop, audience: int, language: str) -> QuerySet[Category]:
    """The shelves with something on them, and how much."""
    readable = Article.objects.for_audience(audience).filter(language=language)
    held = Count("articles", filter=Q(articles__in=readable))
    return Category.objects.filter(shop=shop).annotate(held=held).filter(held__gt=0).order_by("position", "name", "pk")


def on(shelf: Category | None, shop: Shop, audience: int, language: str) -> QuerySet[Article]:
    """What stands on a shelf, or everything, by title."""
    there = articles(shop, audience, language)
    return (there.filter(category=shelf) if shelf else there).order_by("published_revision__title", "pk")


def newest(shop: Shop, audience: int, language: str) -> QuerySet[Article]:
    return articles(shop, audience, language).order_by("-published_at", "-pk")


def popular(shop: Shop, audience: int, language: str) -> QuerySet[Article]:
    """What helped more readers than it did not, most first."""
    helped = Count("votes", filter=Q(votes__helped=True)) - Count("votes", filter=Q(votes__helped=False))
    return articles(shop, audience, language).annotate(helped=helped).filter(helped__gt=0).order_by("-helped", "pk")


def versions(article: Article, audience: int) -> list[Article]:
    """The languages an article can be read in, itself among them."""
    source = article.translation_of_id or article.pk
    family = Q(pk=source) | Q(translation_of=source)
    readable = Article.objects.for_audience(audience).filter(family, shop=article.shop_id)
    return list(readable.order_by("language", "pk"))


def related(article: Article, audience: int) -> QuerySet[Article]:
    """Others about nearly the same, by the meaning of their titles and the shelf they stand on."""
    mine = TitleVector.objects.filter(article=article, recipe__state=Recipe.State.SERVING)
    others = TitleVector.objects.filter(article=OuterRef("pk"), recipe__state=Recipe.State.SERVING)
    distance = MaxInnerProduct("embedding", Subquery(mine.values("embedding")[:1]))
    likeness = Subquery(others.annotate(near=-distance).values("near")[:1], output_field=FloatField())
    shelf = (
        Case(When(category=article.category_id, then=SAME_SHELF), default=0.0) if article.category_id else Value(0.0)
    )
    near = articles(article.shop, audience, article.language).exclude(pk=article.pk)
    near = near.annotate(likeness=Coalesce(likeness, 0.0) + shelf)
    return near.filter(likeness__gte=UNLIKE).order_by("-likeness", "pk")
