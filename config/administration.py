"""The front page of the administration: what needs doing, and one search over everything that is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import FieldError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.lists import Box
from chat.models import Action, Conversation, Holder
from knowledge.models import Article, Status

FEW = 5


@dataclass(frozen=True)
class Need:
    """Something that waits for somebody: what, how many of it, and where it is done."""

    what: str
    count: int
    url: str


@dataclass(frozen=True)
class Found:
    """What a search found of one kind, and where the rest of it is."""

    kind: str
    rows: list[tuple[str, str]]
    url: str
    has_more: bool


def home(request: HttpRequest) -> HttpResponse:
    """The administration's own index, with work above it and, once something is asked for, what was found."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    told = {"words": words, "found": list(_find(request, words)) if words else []}
    if not words:
        told["needs"] = [need for need in _needs(request, timezone.now()) if need.count]
    return admin.site.index(request, told)


def _needs(request: HttpRequest, at: datetime) -> Iterator[Need]:
    if (talks := _of(request, Conversation)) is not None:
        waiting = talks.filter(pk__in=Conversation.objects.open().filter(holder=Holder.QUEUE).values("pk"))
        where = f"{reverse('chat:inbox')}?list={Box.WAITING}"
        yield Need(_("Shoppers who wait for a person"), waiting.count(), where)
    if (articles := _of(request, Article)) is not None:
        shelf = reverse("admin:knowledge_article_changelist")
        due = articles.filter(pk__in=Article.objects.to_review(at).values("pk"))
        behind = articles.filter(pk__in=Article.objects.stale().values("pk"))
        yield Need(_("Articles to be read again"), due.count(), f"{shelf}?look=review")
        yield Need(_("Translations that are behind"), behind.count(), f"{shelf}?look=stale")
        yield Need(
            _("Drafts to be finished"),
            articles.filter(status=Status.DRAFT).count(),
            f"{shelf}?status__exact={Status.DRAFT}",
        )
    if (actions := _of(request, Action)) is not None:
        failed = actions.filter(status=Action.Status.FAILED)
        yield Need(
            _("Things the assistant could not get done"),
            failed.count(),
            f"{reverse('admin:chat_action_changelist')}?status__exact={Action.Status.FAILED}",
        )


def _of(request: HttpRequest, model: type[Model]) -> QuerySet[Any] | None:
    """The rows of a kind that this person may see, or None."""
    desk = admin.site._registry.get(model)
    return desk.get_queryset(request) if desk and desk.has_view_permission(request) else None


def _find(request: HttpRequest, words: str) -> Iterator[Found]:
    """Every kind is searched as its own list is, so that both find the same."""
    for model, desk in admin.site._registry.items():
        if not (desk.get_search_fields(request) and desk.has_view_permission(request)):
            continue
        try:
            found, _repeats = desk.get_search_results(request, desk.get_queryset(request), words)
            rows = list(dict.fromkeys(found[: 2 * FEW]))
        except (FieldError, ValueError):  # words that are no value of what this kind is searched by
            continue
        kind = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if rows:
            yield Found(
                str(model._meta.verbose_name_plural),
                [(str(row), reverse(f"{kind}_change", args=[row.pk])) for row in rows[:FEW]],
                f"{reverse(f'{kind}_changelist')}?{urlencode({'q': words})}",
                len(rows) > FEW,
            )
