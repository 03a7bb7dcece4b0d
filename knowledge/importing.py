"""Bring articles in: everything that can be read is published, everything else is told, nothing is lost."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Shop, User
from knowledge import articles, recipes
from knowledge.models import Article, Category, Revision, Status, Tag
from knowledge.sources import Entry, Found, Problem

Progress = Callable[[str, int, int], None]


@dataclass
class Report:
    """What an import did, or would do."""

    dry_run: bool = False
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    embedded: int = 0
    problems: list[Problem] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        return asdict(self)


def bring(
    shop: Shop,
    found: Iterable[Found],
    *,
    dry_run: bool = False,
    by: User | None = None,
    at: datetime | None = None,
    embed: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Take in one article after the other, each in its own transaction, and embed them all in the end."""
    report = Report(dry_run=dry_run)
    seen: dict[tuple[str, str], str] = {}
    for number, each in enumerate(found, 1):
        if isinstance(each, Problem):
            report.problems.append(each)
            continue
        key = (each.external_id or _name(each.title), each.language or shop.language)
        if not key[0]:
            report.problems.append(Problem(each.source, _("There is neither an id nor a title.")))
        elif key in seen:
            why = _("The id %(id)s stands in %(where)s already; that one was taken.") % {
                "id": key[0],
                "where": seen[key],
            }
            report.problems.append(Problem(each.source, why))
        else:
            seen[key] = each.source
            _take(shop, each, key, report, by, at)
        if progress:
            progress("articles", number, 0)
    if embed and not dry_run:
        report.embedded = recipes.fill(progress=lambda done, total: progress and progress("vectors", done, total))
    return report


def _take(shop: Shop, entry: Entry, key: tuple[str, str], report: Report, by: User | None, at: datetime | None) -> None:
    external_id, language = key
    mine = Article.objects.filter(shop=shop) if shop.pk else Article.objects.none()
    article = mine.filter(external_id=external_id, language=language).first()
    try:
        if article is None:
            _check(entry)
            report.created += 1
            if not report.dry_run:
                _create(shop, entry, external_id, language, by, at)
        elif _differs(article, entry):
            _check(entry)
            report.changed += 1
            if not report.dry_run:
                _change(article, entry, by, at)
        else:
            report.unchanged += 1
    except articles.ArticleError as why:
        report.problems.append(Problem(entry.source, str(why)))


def _name(title: str) -> str:
    """An id for an article that brought none, in its own script if need be."""
    return (slugify(title) or slugify(title, allow_unicode=True))[:180]


def _check(entry: Entry) -> None:
    if len(entry.body) > articles.LONGEST_BODY:
        raise articles.TooLong


@transaction.atomic
def _create(shop: Shop, entry: Entry, external_id: str, language: str, by: User | None, at: datetime | None) -> None:
    article = articles.draft(
        shop,
        title=entry.title,
        body=entry.body,
        language=language,
        external_id=external_id,
        slug=entry.slug,
        audience=entry.audience,
        by=by,
        at=at,
    )
    _shelve(article, entry)
    source = Article.objects.filter(shop=shop, external_id=external_id).exclude(pk=article.pk).order_by("pk").first()
    if source is not None:
        articles.translates(article, source.translation_of or source)
    if not entry.is_draft:
        articles.publish(article, by=by, at=at, embed=False)


@transaction.atomic
def _change(article: Article, entry: Entry, by: User | None, at: datetime | None) -> None:
    articles.revise(article, title=entry.title, body=entry.body, by=by, at=at)
    if article.audience != entry.audience:
        articles.show_to(article, entry.audience)
    _shelve(article, entry)
    if entry.is_draft:
        if article.status == Status.PUBLISHED:
            articles.unpublish(article, by=by, at=at)
    else:
        articles.publish(article, by=by, at=at, embed=False)


def _differs(article: Article, entry: Entry) -> bool:
    latest = article.latest
    shown = article.status == Status.PUBLISHED and article.published_revision == latest
    return (
        latest is None
        or latest.hash != Revision.hash_of(articles.clean(entry.title)[:500], articles.clean(entry.body))
        or shown is entry.is_draft
        or article.audience != entry.audience
        or set(article.tags.values_list("name", flat=True)) != set(entry.tags)
        or (article.category.name if article.category else "") != entry.category
    )


def _shelve(article: Article, entry: Entry) -> None:
    """Put it on its shelf, under its tags."""
    article.tags.set([Tag.objects.get_or_create(shop=article.shop, name=name)[0] for name in entry.tags])
    category = None
    if entry.category:
        slug = slugify(entry.category)[:200] or "category"
        category, _new = Category.objects.get_or_create(
            shop=article.shop, name=entry.category, defaults={"slug": _free_category(article.shop, slug)}
        )
    if article.category != category:
        article.category = category
        article.save(update_fields=["category"])


def _free_category(shop: Shop, slug: str) -> str:
    taken = set(Category.objects.filter(shop=shop, slug__startswith=slug).values_list("slug", flat=True))
    return next(name for name in articles.numbered(slug) if name not in taken)
