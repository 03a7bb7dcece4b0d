"""What the bot would answer: tried at the desk, before a shopper asks."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.models import Shop
from knowledge import articles, markdown, rehearsal
from knowledge.admin import about
from knowledge.admin.forms import AskForm, AskShopForm
from knowledge.models import Article, Audience
from knowledge.rehearsal import Heard


def ask(desk: Any, request: HttpRequest, article: Article) -> TemplateResponse:
    """Of one article: its words as they stand in the form, or else the newest that are kept."""
    told = request.POST if request.method == "POST" else request.GET
    form = AskForm(told if "q" in told else None, initial={"audience": article.audience}, auto_id="ask_%s")
    context: dict[str, Any] = {"article": article, "form": form}
    if form.is_bound and form.is_valid():
        words = (articles.clean(told["title"]), articles.clean(told["body"])) if "body" in told else None
        try:
            heard = rehearsal.rehearse(
                article, form.cleaned_data["q"], audience=form.cleaned_data["audience"], words=words
            )
        except articles.ArticleError as why:
            form.add_error("q", str(why))
        else:
            context |= {"alone": _shown(heard.alone), "whole": _shown(heard.whole), "is_unkept": words is not None}
    return _page(desk, request, form, "ask", _("What the bot would answer"), context | about.about(article))


def ask_shop(desk: Any, request: HttpRequest) -> TemplateResponse:
    """Of everything a shop knows, as it is published now."""
    shops = Shop.objects.filter(pk__in=desk.shops_of(request)).order_by("name", "pk")
    first = shops.first()
    told = {"audience": Audience.PUBLIC, "shop": first.pk if first else "", **request.GET.dict()}
    form = AskShopForm(told if "q" in request.GET else None, shops=shops, initial=told, auto_id="ask_%s")
    context: dict[str, Any] = {"form": form, "has_many": len(shops) > 1}
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        context["whole"] = _shown(rehearsal.ask(asked["shop"], asked["q"], audience=asked["audience"]))
    return _page(desk, request, form, "ask_shop", _("Ask the bot"), context)


def _page(
    desk: Any, request: HttpRequest, form: AskForm, name: str, title: str, context: dict[str, Any]
) -> TemplateResponse:
    if not getattr(request, "htmx", False):
        context |= {**desk.admin_site.each_context(request), "opts": desk.opts, "title": title}
    template = "_heard" if getattr(request, "htmx", False) else name
    status = 422 if form.errors else 200
    return TemplateResponse(request, f"admin/knowledge/article/{template}.html", context, status=status)


def _shown(heard: Heard) -> dict[str, Any]:
    """An answer as it is read, what it rests on, and how sure we are."""
    cited = list(dict.fromkeys(heard.answer.citations)) if heard.answer else []
    return {
        "heard": heard,
        "html": markdown.render(heard.answer.text).html if heard.answer else "",
        "cited": cited,
        "percent": round(100 * heard.confidence),
        "floor": round(100 * heard.floor),
    }
