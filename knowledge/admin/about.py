"""What the desk tells of an article beside its words."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from knowledge.models import Article, Revision, Status


def about(article: Article) -> dict[str, Any]:
    """What the desk tells of an article beside its words."""
    newest = article.latest
    votes = article.votes.aggregate(yes=Count("pk", Q(helped=True)), all=Count("pk"))
    return {
        "newest": newest,
        "states": states(article, newest=newest.pk if newest else None),
        "votes": votes,
        "revisions": newest.number if newest else 0,
        "versions": versions(article),
    }


def versions(article: Article) -> QuerySet[Article]:
    """An article and what tells the same in other languages, the original first."""
    original = article.translation_of_id or article.pk
    told = Article.objects.filter(Q(pk=original) | Q(translation_of=original), shop=article.shop_id)
    return told.select_related("translation_of", "published_revision", "source_revision").order_by(
        F("translation_of").asc(nulls_first=True), "language", "pk"
    )


def states(article: Article, *, newest: int | None) -> list[tuple[str, str]]:
    """The stamps of an article: what it is, and what still has to happen."""
    kinds = {Status.PUBLISHED: "good", Status.DRAFT: "draft", Status.ARCHIVED: "closed"}
    said = [(kinds[Status(article.status)], article.get_status_display())]
    if article.status == Status.PUBLISHED and newest != article.published_revision_id:
        said.append(("warn", _("changes waiting")))
    if article.publish_at:
        at = timezone.localtime(article.publish_at, ZoneInfo(article.shop.time_zone))
        said.append(("waiting", _("on %(when)s") % {"when": date_format(at, "SHORT_DATETIME_FORMAT")}))
    return said


def words_of(revision: Revision | None) -> str:
    return f"{revision.title}\n\n{revision.body}" if revision else ""
