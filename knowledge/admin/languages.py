"""The language versions of an article side by side: which are behind, and what they are behind of."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge import articles, differences, editing, markdown
from knowledge.admin import about
from knowledge.admin.forms import LanguageForm
from knowledge.admin.own import editor_of
from knowledge.models import Article


def languages(desk: Any, request: HttpRequest, article: Article) -> TemplateResponse:
    """The original, and beside it this version or the one that is asked for."""
    family = list(about.versions(article))
    original, told = family[0], family[1:]
    beside = next((each for each in told if str(each.pk) == request.GET.get("beside")), None)
    beside = beside or next((each for each in told if each.pk == article.pk), told[0] if told else None)
    taken = {each.language for each in family}
    context = {
        **desk.admin_site.each_context(request),
        **about.about(article),
        "opts": desk.opts,
        "title": _("Languages"),
        "article": article,
        "original": original,
        "told": [(each, about.states(each, newest=_newest(each))) for each in told],
        "beside": beside,
        "columns": [(each, _read(each)) for each in (original, beside) if each],
        "lines": _since(beside) if beside and beside.is_stale else [],
        "form": LanguageForm(taken=taken),
        "may_change": desk.has_change_permission(request, article),
    }
    return TemplateResponse(request, "admin/knowledge/article/languages.html", context)


def translate(desk: Any, request: HttpRequest, article: Article) -> HttpResponseRedirect:
    """Begin the article in one more language."""
    form = LanguageForm(request.POST, taken=set())
    if form.is_valid():
        try:
            begun = editing.translate(
                article, language=form.cleaned_data["language"], by=editor_of(request), at=timezone.now()
            )
        except articles.ArticleError as why:
            messages.error(request, str(why))
        else:
            messages.success(request, _("Here are the words of the original: write over them."))
            return HttpResponseRedirect(reverse("admin:knowledge_article_change", args=[begun.pk]))
    return HttpResponseRedirect(reverse("admin:knowledge_article_languages", args=[article.pk]))


def settle(desk: Any, request: HttpRequest, article: Article) -> HttpResponseRedirect:
    """Say that a translation tells what its original tells now."""
    articles.translates(article, article.translation_of)
    messages.success(request, _("This translation counts as up to date."))
    return HttpResponseRedirect(reverse("admin:knowledge_article_languages", args=[article.pk]))


def _newest(article: Article) -> int | None:
    newest = article.latest
    return newest.pk if newest else None


def _read(article: Article) -> dict[str, Any]:
    """The words of a version as they are read: the published ones, or else the newest."""
    words = article.published_revision or article.latest
    return {"title": words.title if words else "", "html": markdown.render(words.body).html if words else ""}


def _since(article: Article) -> list[differences.Line]:
    """What has changed in the original since this translation was made."""
    original = article.translation_of
    now = original.published_revision if original else None
    return differences.between(about.words_of(article.source_revision), about.words_of(now))
