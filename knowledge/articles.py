"""Articles are written, published, taken back and restored; every change of the words is a new revision."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from celery import shared_task
from django.conf.locale import LANG_INFO
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Shop, User
from analytics.ledger import events
from knowledge import indexing
from knowledge.models import Article, Audience, Gap, Revision, Status

LONGEST_BODY = 1_000_000  # characters: some 150,000 words, a book


class ArticleError(Exception):
    """Why an article cannot be changed so."""


class TooLong(ArticleError):
    def __init__(self) -> None:
        super().__init__(_("An article may have at most %(most)s characters.") % {"most": f"{LONGEST_BODY:,}"})


class NothingToPublish(ArticleError):
    def __init__(self) -> None:
        super().__init__(_("This article has no words yet."))


class NotItsRevision(ArticleError):
    def __init__(self) -> None:
        super().__init__(_("This revision belongs to another article."))


@transaction.atomic
def draft(
    shop: Shop,
    *,
    title: str,
    body: str,
    language: str = "",
    external_id: str = "",
    slug: str = "",
    by: User | None = None,
    at: datetime | None = None,
    **facts: Any,
) -> Article:
    """Begin an article; nobody but the team sees it."""
    language = language or shop.language
    article = Article(shop=shop, language=language, external_id=external_id, **facts)
    article.slug = free_slug(shop, language, slug or title or external_id)
    article.external_id = external_id or _free_id(shop, article.slug)
    article.save()
    revise(article, title=title, body=body, by=by, at=at)
    return article


@transaction.atomic
def revise(article: Article, *, title: str, body: str, by: User | None = None, at: datetime | None = None) -> Revision:
    """Write the words anew; the same words again are no new revision. What is published stays as it is."""
    title, body = clean(title)[:500], clean(body)
    if len(body) > LONGEST_BODY:
        raise TooLong
    locked = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    latest, said = locked.latest, Revision.hash_of(title, body)
    if latest is not None and latest.hash == said:
        return latest
    return Revision.objects.create(
        article=article,
        number=latest.number + 1 if latest else 1,
        title=title,
        body=body,
        hash=said,
        author=by,
        created_at=at or timezone.now(),
    )


@transaction.atomic
def restore(revision: Revision, *, by: User | None = None, at: datetime | None = None) -> Revision:
    """Take up older words again, as the newest revision."""
    return revise(revision.article, title=revision.title, body=revision.body, by=by, at=at)


@transaction.atomic
def publish(
    article: Article,
    *,
    revision: Revision | None = None,
    by: User | None = None,
    at: datetime | None = None,
    embed: bool = True,
) -> None:
    """Show the newest words, or those of one revision, to the article's audience."""
    at = at or timezone.now()
    _lock(article)
    revision = revision or article.latest
    if revision is None or not (revision.title.strip() or revision.body.strip()):
        raise NothingToPublish
    if revision.article_id != article.pk:
        raise NotItsRevision
    unchanged = article.status == Status.PUBLISHED and article.published_revision_id == revision.pk
    article.status, article.published_revision, article.publish_at = Status.PUBLISHED, revision, None
    article.published_at = article.published_at if unchanged else at
    article.save(update_fields=["status", "published_revision", "publish_at", "published_at", "updated_at"])
    indexing.put(article, embed=embed)
    Gap.objects.filter(article=article, status=Gap.Status.DRAFTED).update(status=Gap.Status.CLOSED)
    if not unchanged:
        events.record(
            "article.published",
            article=article,
            revision=revision,
            actor=by,
            at=at,
            revision_number=revision.number,
            language=known(article.language),
        )


@transaction.atomic
def unpublish(article: Article, *, by: User | None = None, at: datetime | None = None) -> None:
    """Take an article back to the desk; from this moment nobody finds it."""
    _leave(article, Status.DRAFT, by=by, at=at)


@transaction.atomic
def archive(article: Article, *, by: User | None = None, at: datetime | None = None) -> None:
    """Put an article away for good; its revisions stay for those who cited them."""
    _leave(article, Status.ARCHIVED, by=by, at=at)


@transaction.atomic
def schedule(article: Article, *, publish_at: datetime | None) -> None:
    """Publish later, or no longer."""
    _lock(article)
    article.publish_at = publish_at
    article.save(update_fields=["publish_at", "updated_at"])


@transaction.atomic
def show_to(article: Article, audience: int) -> None:
    """Widen or narrow who may read an article; search follows in the same moment."""
    _lock(article)
    article.audience = Audience(audience)
    article.save(update_fields=["audience", "updated_at"])
    indexing.set_audience(article)


@transaction.atomic
def translates(article: Article, source: Article | None) -> None:
    """Say which article this one tells in another language, as its words stand now."""
    _lock(article)
    article.translation_of = source
    article.source_revision = source.published_revision if source else None
    article.save(update_fields=["translation_of", "source_revision", "updated_at"])


@shared_task(name="knowledge.publish_due")
def publish_due() -> None:
    """Publish whatever's hour has come."""
    for article in Article.objects.due(timezone.now()):
        with transaction.atomic():
            locked = Article.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=article.pk).first()
            if locked and locked.publish_at and locked.publish_at <= timezone.now():
                publish(locked)


def free_slug(shop: Shop, language: str, title: str) -> str:
    """A readable address nobody else of this shop and language has."""
    base = slugify(title, allow_unicode=True)[:180].strip("-") or "article"
    taken = set(
        Article.objects.filter(shop=shop, language=language, slug__startswith=base).values_list("slug", flat=True)
    )
    return next(slug for slug in numbered(base) if slug not in taken)


def known(language: str) -> str:
    """The language as the ledger names it: one of a closed list, or none of them."""
    return language if language.lower() in LANG_INFO else "und"


def _free_id(shop: Shop, slug: str) -> str:
    taken = set(Article.objects.filter(shop=shop, external_id__startswith=slug).values_list("external_id", flat=True))
    return next(name for name in numbered(slug) if name not in taken)


def numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _leave(article: Article, status: Status, *, by: User | None, at: datetime | None) -> None:
    _lock(article)
    was, revision = article.status, article.published_revision
    article.status, article.published_revision, article.publish_at = status, None, None
    article.save(update_fields=["status", "published_revision", "publish_at", "updated_at"])
    indexing.take_out(article)
    if was == Status.PUBLISHED:
        events.record(
            "article.unpublished",
            article=article,
            revision=revision,
            actor=by,
            at=at,
            language=known(article.language),
        )


def _lock(article: Article) -> None:
    """Nobody else changes this article until we are done; and we see what others did before."""
    Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    article.refresh_from_db(fields=["status", "published_revision", "audience", "publish_at", "published_at"])


def clean(text: str) -> str:
    """What a database and a browser can keep: no NUL, no half characters, one kind of line end."""
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", "replace").decode()
