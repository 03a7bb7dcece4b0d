"""One article on the desk: its words, where it belongs, and what becomes of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.admin import own_shops, runs_a_shop
from accounts.models import Shop
from knowledge import articles, differences, editing, markdown, pages
from knowledge.admin import about
from knowledge.admin.forms import AskForm, ChangeForm, NewForm, SheetForm
from knowledge.admin.own import editor_of
from knowledge.editing import Then
from knowledge.models import Article, Tag

MOST_SUGGESTED = 12


def open_sheet(desk: Any, request: HttpRequest, object_id: str | None) -> Any:
    """The page of a new article or of one that is there."""
    if object_id is None:
        return _new(desk, request)
    article = desk.get_object(request, object_id)
    if article is None:
        return desk.not_there(request, object_id)
    may_change = desk.has_change_permission(request, article)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    form = ChangeForm(*_posted(request), article=article)
    conflict = None
    if form.is_bound and form.is_valid():
        based_on = form.cleaned_data["based_on"]
        try:
            editing.keep(
                article, based_on=based_on, by=editor_of(request), at=timezone.now(), **form.words(), **form.place()
            )
        except editing.WrittenMeanwhile:
            conflict = _conflict(article, form)
        except articles.ArticleError as why:
            form.add_error(None, str(why))
        else:
            _say(request, desk, article.pk, form.cleaned_data["then"])
            return HttpResponseRedirect(reverse("admin:knowledge_article_change", args=[article.pk]))
    return _page(desk, request, form, article=article, conflict=conflict, may_change=may_change)


def _new(desk: Any, request: HttpRequest) -> Any:
    if not desk.has_add_permission(request):
        raise PermissionDenied
    form = NewForm(*_posted(request), shops=own_shops(request.user).order_by("name", "pk"))
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        named = {name: told[name] for name in ("language", "external_id")}
        try:
            article = editing.begin(
                told["shop"], by=editor_of(request), at=timezone.now(), **named, **form.words(), **form.place()
            )
        except articles.ArticleError as why:
            form.add_error(None, str(why))
        else:
            _say(request, desk, article.pk, told["then"])
            return HttpResponseRedirect(reverse("admin:knowledge_article_change", args=[article.pk]))
    return _page(desk, request, form)


def _posted(request: HttpRequest) -> list[Any]:
    return [request.POST] if request.method == "POST" else []


def _page(
    desk: Any,
    request: HttpRequest,
    form: SheetForm,
    *,
    article: Article | None = None,
    conflict: dict[str, Any] | None = None,
    may_change: bool = True,
) -> TemplateResponse:
    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": article.title if article else _("New article"),
        "form": form,
        "article": article,
        "told_in": article.language if article else form["language"].value(),
        "conflict": conflict,
        "may_change": may_change,
        "suggested": _suggested(form.shops),
        "longest": articles.LONGEST_BODY,
    }
    if article:
        context |= about.about(article) | {"ask": AskForm(initial={"audience": article.audience}, auto_id="ask_%s")}
    status = 422 if conflict or form.errors else 200
    return TemplateResponse(request, "admin/knowledge/article/sheet.html", context, status=status)


def _conflict(article: Article, form: ChangeForm) -> dict[str, Any]:
    """What a colleague wrote meanwhile, beside what this editor hands in; her next try builds on the newest words."""
    theirs, hers = article.latest, form.cleaned_data
    base = article.revisions.filter(number=hers["based_on"]).first()
    assert theirs is not None
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data["based_on"] = str(theirs.number)
    form.data = data
    said = (articles.clean(hers["title"]), articles.clean(hers["body"]))
    return {
        "theirs": theirs,
        "they_changed": differences.between(about.words_of(base), about.words_of(theirs)),
        "you_would": differences.between(about.words_of(theirs), "\n\n".join(said)),
    }


def _say(request: HttpRequest, desk: Any, pk: int, then: Then) -> None:
    said = {
        Then.KEEP: _("Your words are kept."),
        Then.PUBLISH: _("Published."),
        Then.SCHEDULE: _("Your words are kept and will be published in time."),
        Then.HOLD: _("It will no longer be published by itself."),
        Then.UNPUBLISH: _("Taken back to draft: nobody but your team finds it now."),
        Then.ARCHIVE: _("Archived: nobody but your team finds it now."),
    }
    messages.success(request, said[then])


def _suggested(shops: list[Shop]) -> list[str]:
    """The tags in use most, to be added with one press."""
    tags = Tag.objects.filter(shop__in=shops).annotate(held=Count("articles")).order_by("-held", "name", "pk")
    return list(dict.fromkeys(tags.values_list("name", flat=True)[: 2 * MOST_SUGGESTED]))[:MOST_SUGGESTED]


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The words as they would be read, made by the same hand as the page."""
    if not runs_a_shop(request):
        raise PermissionDenied
    body = articles.clean(request.POST.get("body", ""))[: articles.LONGEST_BODY]
    context = {
        "title": articles.clean(request.POST.get("title", "")),
        "html": pages.laid_out(markdown.render(body).html),
    }
    is_part = "HX-Request" in request.headers
    return render(request, f"admin/knowledge/article/{'_preview' if is_part else 'preview'}.html", context)
