"""The revisions of an article: who wrote what when, what differs between two, and the way back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge import articles, differences
from knowledge.admin import about
from knowledge.admin.own import editor_of
from knowledge.models import Article, Revision

SHOWN = 100  # revisions on the page; the others are found by their number


def revisions(desk: Any, request: HttpRequest, article: Article) -> TemplateResponse:
    """All revisions, and two of them compared: by default the newest with the one before."""
    written = article.revisions.select_related("author").defer("body").order_by("-number")
    new = _named(article, request.GET.get("new")) or article.latest
    old = _named(article, request.GET.get("old")) or _before(new)
    context = {
        **desk.admin_site.each_context(request),
        **about.about(article),
        "opts": desk.opts,
        "title": _("Revisions"),
        "article": article,
        "written": written[:SHOWN],
        "old": old,
        "new": new,
        "lines": differences.between(about.words_of(old), about.words_of(new)),
        "may_change": desk.has_change_permission(request, article),
    }
    return TemplateResponse(request, "admin/knowledge/article/revisions.html", context)


def restore(desk: Any, request: HttpRequest, article: Article) -> HttpResponseRedirect:
    """Take up older words again."""
    chosen = get_object_or_404(article.revisions, number=_number(request.POST.get("number")))
    restored = articles.restore(chosen, by=editor_of(request), at=timezone.now())
    said = _("The words of revision %(old)s are taken up again as revision %(new)s. They are not published yet.")
    messages.success(request, said % {"old": chosen.number, "new": restored.number})
    return HttpResponseRedirect(reverse("admin:knowledge_article_change", args=[article.pk]))


def _named(article: Article, number: str | None) -> Revision | None:
    return article.revisions.filter(number=_number(number)).first()


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _before(revision: Revision | None) -> Revision | None:
    if revision is None:
        return None
    return Revision.objects.filter(article=revision.article_id, number__lt=revision.number).order_by("-number").first()
