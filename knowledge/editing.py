"""What editors do at the desk: write, place, publish, translate; nobody's words are lost to a colleague's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Shop, User
from knowledge import articles
from knowledge.articles import ArticleError
from knowledge.models import Article, Category, Revision, Status, Tag


class Then(models.TextChoices):
    """What becomes of an article once its words are kept."""

    KEEP = "keep", gettext_lazy("kept")
    PUBLISH = "publish", gettext_lazy("published")
    SCHEDULE = "schedule", gettext_lazy("to be published in time")
    HOLD = "hold", gettext_lazy("no longer to be published in time")
    UNPUBLISH = "unpublish", gettext_lazy("taken back to draft")
    ARCHIVE = "archive", gettext_lazy("archived")


class Place(TypedDict, total=False):
    """Where an article belongs; what is not named stays as it is."""

    slug: str
    category: Category | None
    tags: Iterable[str]
    audience: int
    review_by: date | None


class WrittenMeanwhile(ArticleError):
    """A colleague kept other words since this editor began."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed this article since you opened it."))


class AddressTaken(ArticleError):
    def __init__(self) -> None:
        super().__init__(_("Another article in this language has this address."))


class IdTaken(ArticleError):
    def __init__(self) -> None:
        super().__init__(_("Another article in this language has this id."))


class OfAnotherShop(ArticleError):
    def __init__(self) -> None:
        super().__init__(_("This category belongs to another shop."))


class NoHour(ArticleError):
    def __init__(self) -> None:
        super().__init__(_("Say when it is to be published: a time that is still to come."))


@dataclass
class Outcome:
    """What became of many articles at once: how many were done, and why the others were not."""

    done: int = 0
    refused: list[tuple[Article, str]] = field(default_factory=list)


@transaction.atomic
def begin(
    shop: Shop,
    *,
    title: str,
    body: str,
    language: str,
    external_id: str = "",
    then: Then = Then.KEEP,
    publish_at: datetime | None = None,
    by: User,
    at: datetime,
    **place: Unpack[Place],
) -> Article:
    """Begin an article, and publish it at once if that is wished."""
    if external_id and Article.objects.filter(shop=shop, external_id=external_id, language=language).exists():
        raise IdTaken
    article = articles.draft(shop, title=title, body=body, language=language, external_id=external_id, by=by, at=at)
    put(article, **place)
    _go_on(article, then, publish_at, by=by, at=at)
    return article


@transaction.atomic
def keep(
    article: Article,
    *,
    title: str,
    body: str,
    based_on: int,
    then: Then = Then.KEEP,
    publish_at: datetime | None = None,
    by: User,
    at: datetime,
    **place: Unpack[Place],
) -> None:
    """Keep what an editor hands in, who began from the words of one revision, and do with it what she asks for."""
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    if _is_new(article, title, body, based_on, then):
        articles.revise(article, title=title, body=body, by=by, at=at)
    put(article, **place)
    _go_on(article, then, publish_at, by=by, at=at)


@transaction.atomic
def put(article: Article, **place: Unpack[Place]) -> None:
    """Say where an article belongs and who may read it."""
    if "slug" in place:
        article.slug = _address(article, place["slug"])
    if "category" in place:
        article.category = place["category"]
        if article.category and article.category.shop_id != article.shop_id:
            raise OfAnotherShop
    if "review_by" in place:
        article.review_by = place["review_by"]
    article.save(update_fields=["slug", "category", "review_by", "updated_at"])
    if "tags" in place:
        article.tags.set(tags_of(article.shop, place["tags"]))
    if "audience" in place and place["audience"] != article.audience:
        articles.show_to(article, place["audience"])


@transaction.atomic
def translate(article: Article, *, language: str, by: User, at: datetime) -> Article:
    """Begin the article in another language, with the words of the original to write over."""
    original = article.translation_of or article
    if Article.objects.filter(shop=original.shop, external_id=original.external_id, language=language).exists():
        raise IdTaken
    words = original.published_revision or original.latest
    translation = articles.draft(
        original.shop,
        title=words.title if words else "",
        body=words.body if words else "",
        language=language,
        external_id=original.external_id,
        category=original.category,
        audience=original.audience,
        by=by,
        at=at,
    )
    translation.tags.set(original.tags.all())
    articles.translates(translation, original)
    return translation


def publish_all(chosen: Iterable[Article], *, by: User, at: datetime) -> Outcome:
    """Show the newest words of many articles."""
    return _each(chosen, lambda article: articles.publish(article, by=by, at=at))


def unpublish_all(chosen: Iterable[Article], *, by: User, at: datetime) -> Outcome:
    """Take many articles back to the desk."""
    return _each(chosen, lambda article: articles.unpublish(article, by=by, at=at))


def archive_all(chosen: Iterable[Article], *, by: User, at: datetime) -> Outcome:
    """Put many articles away."""
    return _each(chosen, lambda article: articles.archive(article, by=by, at=at))


def put_all(
    chosen: Iterable[Article], *, add: Iterable[str] = (), remove: Iterable[str] = (), **place: Unpack[Place]
) -> Outcome:
    """Place many articles alike; their tags are added to or taken from."""
    add, remove = list(add), list(remove)

    @transaction.atomic
    def change(article: Article) -> None:
        put(article, **place)
        article.tags.add(*tags_of(article.shop, add))
        article.tags.remove(*Tag.objects.filter(shop=article.shop, name__in=remove))

    return _each(chosen, change)


def tags_of(shop: Shop, names: Iterable[str]) -> list[Tag]:
    """The shop's tags of these names, in whatever case they are written; new ones are made."""
    found = []
    for name in dict.fromkeys(" ".join(name.split())[:100] for name in names):
        known = Tag.objects.filter(shop=shop, name__iexact=name).order_by("pk").first()
        if name:
            found.append(known or Tag.objects.get_or_create(shop=shop, name=name)[0])
    return found


def _is_new(article: Article, title: str, body: str, based_on: int, then: Then) -> bool:
    """Whether these words are to be kept; refused if a colleague's would be passed over unseen."""
    said = Revision.hash_of(articles.clean(title)[:500], articles.clean(body))
    latest, base = article.latest, article.revisions.filter(number=based_on).first()
    if latest is None or latest == base or latest.hash == said:
        return True
    changed = base is None or base.hash != said
    if changed or then in (Then.PUBLISH, Then.SCHEDULE):
        raise WrittenMeanwhile
    return False


def _go_on(article: Article, then: Then, publish_at: datetime | None, *, by: User, at: datetime) -> None:
    match then:
        case Then.PUBLISH:
            articles.publish(article, by=by, at=at)
        case Then.SCHEDULE:
            if publish_at is None or publish_at <= at:
                raise NoHour
            if article.status == Status.ARCHIVED:
                articles.unpublish(article, by=by, at=at)
            articles.schedule(article, publish_at=publish_at)
        case Then.HOLD:
            articles.schedule(article, publish_at=None)
        case Then.UNPUBLISH:
            articles.unpublish(article, by=by, at=at)
        case Then.ARCHIVE:
            articles.archive(article, by=by, at=at)


def _address(article: Article, wanted: str) -> str:
    slug = slugify(wanted, allow_unicode=True)[:200].strip("-")
    if not slug:
        return article.slug
    others = Article.objects.filter(shop=article.shop, language=article.language, slug=slug).exclude(pk=article.pk)
    if others.exists():
        raise AddressTaken
    return slug


def _each(chosen: Iterable[Article], verb: Callable[[Article], None]) -> Outcome:
    """Each article in its own transaction: one that refuses keeps none of the others."""
    outcome = Outcome()
    for article in chosen:
        try:
            verb(article)
        except ArticleError as why:
            outcome.refused.append((article, str(why)))
        else:
            outcome.done += 1
    return outcome
