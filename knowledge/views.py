"""The help centre: what the shop knows, for everybody it is meant for."""

import re
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.crypto import get_random_string
from django.utils.http import http_date
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.middleware import HtmxDetails

from accounts import people
from accounts.limits import limited
from accounts.models import Shop
from accounts.models.access import memberships_of
from accounts.origin import own_page_suffices
from knowledge import helpfulness, lookup, markdown, pages, quoting, shelves
from knowledge.fresh import fresh
from knowledge.models import Article, Audience, Category, Revision

_CITE = re.compile(r"(\d{1,7})-(\d{1,7})")
_VOICE = "help-voice"
BIGGEST = 2**63 - 1
NEWEST, POPULAR, RELATED, ON_A_PAGE = 6, 6, 4, 50


class Request(HttpRequest):
    htmx: HtmxDetails


@fresh
@require_safe
def home(request: Request, language: str = "") -> HttpResponse:
    """The shelves in one language, hers unless it is named; ?article= and ?category= lead to these in hers."""
    shop = people.shop_for(request)
    audience = Audience.of(request.user, shop)
    there = shelves.languages(shop, audience)
    if language and language not in there:
        raise Http404
    wanted = language or shelves.choose(get_language() or shop.language, there)
    if not language and (led := _led(request, shop, audience, wanted)):
        return redirect(led)
    return render(request, "knowledge/home.html", _home(request, shop, audience, wanted, there))


@fresh
@require_safe
def category(request: HttpRequest, language: str, slug: str = "") -> HttpResponse:
    """The articles of one shelf in one language, or of all."""
    shop = people.shop_for(request)
    audience = Audience.of(request.user, shop)
    shelf = get_object_or_404(Category, shop=shop, slug=slug) if slug else None
    articles = shelves.on(shelf, shop, audience, language)
    page = Paginator(articles, ON_A_PAGE).get_page(request.GET.get("page"))
    if not page.object_list:
        raise Http404
    context = {
        "shop": shop,
        "language": language,
        "category": shelf,
        "page": page,
        "versions": pages.versions(
            request, shop, [(code, _shelf(code, slug)) for code in shelves.languages(shop, audience, shelf)]
        ),
        "canonical": pages.absolute(
            request, shop, _shelf(language, slug) + (f"?page={page.number}" if page.number > 1 else "")
        ),
        "language_next": _next(category=slug),
    }
    return render(request, "knowledge/category.html", context)


@fresh
@require_safe
def article(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """An article; with ?cite=START-END&revision=NUMBER these words are marked in it."""
    shop = people.shop_for(request)
    audience = Audience.of(request.user, shop)
    found = _readable(shop, audience, language, slug)
    shown, cited = found.published_revision, _cited(request)
    if shown is None:
        raise Http404
    place = quoting.find(found, revision=cited[0], cited=cited[1]) if cited else None
    context = _article(request, found, shown, audience, place) | {"has_moved": bool(cited)}
    response = render(request, "knowledge/article.html", context)
    if found.published_at:
        response["Last-Modified"] = http_date(found.published_at.timestamp())
    return response


@never_cache
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """An article's newest words as its readers would see them, or ?revision=NUMBER, for the team of its shop."""
    own = Article.objects.filter(shop__in=Shop.objects.visible_to(request.user)).select_related("shop", "category")
    found = get_object_or_404(own, pk=min(pk, BIGGEST))
    number = request.GET.get("revision", "")
    revisions = found.revisions.filter(number=int(number)) if re.fullmatch(r"\d{1,9}", number) else found.revisions
    shown = revisions.order_by("-number").first()
    if shown is None:
        raise Http404
    context = _article(request, found, shown, Audience.AGENTS, None) | {"is_preview": True, "canonical": "", "data": ""}
    context["language_next"] = request.get_full_path()
    return render(request, "knowledge/article.html", context)


@never_cache
@require_safe
def passage(request: HttpRequest, pk: int) -> HttpResponse:
    """Cited words with a little of their article around them, to embed: ?cite=START-END&revision=NUMBER."""
    shop, cited = people.shop_for(request), _cited(request)
    hers = Q(shop=shop) if request.user.is_anonymous else Q(shop=shop) | Q(shop__in=memberships_of(request.user))
    readable = Article.objects.published().visible_to(request.user).filter(hers)
    found = get_object_or_404(readable.select_related("published_revision"), pk=min(pk, BIGGEST))
    shown = quoting.passage(found, revision=cited[0], cited=cited[1]) if cited else None
    html = pages.laid_out(shown.html) if shown and shown.html else ""
    return render(request, "knowledge/_passage.html", {"article": found, "passage": shown, "html": html})


@own_page_suffices
@limited("vote")
@require_POST
def vote(request: Request, language: str, slug: str) -> HttpResponse:
    """Whether it helped. Her browser is given a voice with the first vote, and not before."""
    shop = people.shop_for(request)
    found = _readable(shop, Audience.of(request.user, shop), language, slug)
    helped = request.POST.get("helped") == "yes"
    former = request.session.get(_VOICE, "")
    if not request.user.is_authenticated and not former:
        former = request.session[_VOICE] = get_random_string(32)
    voice = _voice(request)
    helpfulness.vote(
        found, voice, helped=helped, at=timezone.now(), formerly=f"visitor {former}" if voice.startswith("user") else ""
    )
    if request.htmx:
        return render(request, "knowledge/_vote.html", {"article": found, "said": helped, "just_now": True})
    return redirect(found.get_absolute_url() + "#helpful")


@limited("search")
@require_safe
def search(request: Request) -> HttpResponse:
    """What there is about ?q=, with the answer first; while she types, the articles at once and the answer after."""
    shop = people.shop_for(request)
    audience = Audience.of(request.user, shop)
    there = shelves.languages(shop, audience)
    wanted = request.GET.get("in", "")
    wanted = wanted if wanted in there else shelves.choose(get_language() or shop.language, there)
    asked = _asked(request)
    is_typing = bool(request.htmx)
    if asked:
        context = {"shop": shop, "language": wanted, "canonical": "", "language_next": _next(q=asked)}
        context |= _found(lookup.find(shop, asked, language=wanted, audience=audience), waits=is_typing)
    else:
        context = _home(request, shop, audience, wanted, there)
    if is_typing:
        response = render(request, "knowledge/_found.html" if asked else "knowledge/_shelves.html", context)
        query = "?" + urlencode({"q": asked, "in": wanted})
        response["HX-Replace-Url"] = reverse("help:search") + query if asked else reverse("help:shelves", args=[wanted])
        add_never_cache_headers(response)  # going back, a browser must not take a piece for the page
    else:
        response = render(request, "knowledge/search.html" if asked else "knowledge/home.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@never_cache
@limited("search")
@require_safe
def answer(request: HttpRequest) -> HttpResponse:
    """The answer alone, once she has stopped typing."""
    shop = people.shop_for(request)
    audience = Audience.of(request.user, shop)
    found = lookup.find(shop, _asked(request), language=request.GET.get("in", ""), audience=audience)
    return render(request, "knowledge/_answer.html", _found(found, waits=False))


def _readable(shop: Shop, audience: Audience, language: str, slug: str) -> Article:
    readable = Article.objects.for_audience(audience).select_related("published_revision", "category")
    found: Article = get_object_or_404(readable, shop=shop, language=language, slug=slug)
    found.shop = shop
    return found


def _home(request: HttpRequest, shop: Shop, audience: Audience, language: str, there: list[str]) -> dict[str, Any]:
    newest = list(shelves.newest(shop, audience, language)[: NEWEST + POPULAR])
    popular = list(shelves.popular(shop, audience, language)[:POPULAR])
    return {
        "shop": shop,
        "language": language,
        "categories": list(shelves.categories(shop, audience, language)),
        "popular": popular,
        "newest": [article for article in newest if article not in popular][:NEWEST],
        "versions": pages.versions(request, shop, [(code, reverse("help:shelves", args=[code])) for code in there]),
        "canonical": pages.absolute(request, shop, reverse("help:shelves", args=[language])),
        "everywhere": pages.absolute(request, shop, reverse("help:home")),
        "data": pages.home_data(request, shop, language),
        "language_next": reverse("help:home"),
    }


def _article(
    request: HttpRequest, found: Article, shown: Revision, audience: Audience, place: markdown.Span | None
) -> dict[str, Any]:
    page = markdown.render(shown.body, cited=place)
    about, shop = pages.summary(shown.body), found.shop
    family = shelves.versions(found, audience)
    source = next((other for other in family if other.pk == found.translation_of_id), None)
    is_stale = bool(source and source.published_revision_id != found.source_revision_id)
    return {
        "shop": shop,
        "article": found,
        "title": shown.title,
        "about": about,
        "language": found.language,
        "page": page,
        "html": pages.laid_out(page.html),
        "contents": [heading for heading in page.contents if heading.level <= 3],
        "versions": pages.versions(request, shop, [(other.language, other.get_absolute_url()) for other in family]),
        "source": source if is_stale else None,
        "related": list(shelves.related(found, audience)[:RELATED]),
        "said": helpfulness.said(found, voice) if (voice := _voice(request)) else None,
        "is_review_due": bool(found.review_by and found.review_by <= timezone.localdate()),
        "sees_more": audience == Audience.AGENTS,
        "canonical": pages.absolute(request, shop, found.get_absolute_url()) if found.is_public else "",
        "data": pages.article_data(request, shop, found, title=shown.title, about=about) if found.is_public else "",
        "language_next": _next(article=found.pk),
    }


def _found(found: lookup.Found, *, waits: bool) -> dict[str, Any]:
    composed = None if waits else lookup.answer(found)
    return {
        "found": found,
        "hits": [pages.shown(hit, found.asked) for hit in found.hits],
        "answer": pages.answered(composed, found.passages) if composed else None,
        "waits": waits and found.has_answer,
    }


def _led(request: HttpRequest, shop: Shop, audience: Audience, language: str) -> str:
    """Where a page that she left to change her language is in the new one, or as near as there is."""
    number, slug, asked = (request.GET.get(name, "") for name in ("article", "category", "q"))
    if re.fullmatch(r"\d{1,18}", number):
        found = Article.objects.for_audience(audience).filter(shop=shop, pk=int(number)).first()
        versions = shelves.versions(found, audience) if found else []
        near = [each for each in versions if each.language == language] or [found] if found else []
        return near[0].get_absolute_url() if near else ""
    if slug and shelves.articles(shop, audience, language).filter(category__slug=slug[:200]).exists():
        return reverse("help:category", args=[language, slug])
    return f"{reverse('help:search')}?{urlencode({'q': asked, 'in': language})}" if asked else ""


def _shelf(language: str, slug: str) -> str:
    return reverse("help:category", args=[language, slug]) if slug else reverse("help:all", args=[language])


def _next(**page: Any) -> str:
    return f"{reverse('help:home')}?{urlencode(page)}"


def _voice(request: HttpRequest) -> str:
    """Who votes: the account, or the browser that has voted before."""
    if request.user.is_authenticated:
        return f"user {request.user.pk}"
    kept = request.session.get(_VOICE, "")
    return f"visitor {kept}" if kept else ""


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", " ").strip()[: lookup.LONGEST]


def _cited(request: HttpRequest) -> tuple[int, markdown.Span] | None:
    """The revision and the stretch of it that an address asks to have marked."""
    asked, revision = _CITE.fullmatch(request.GET.get("cite", "")), request.GET.get("revision", "")
    if asked is None or not re.fullmatch(r"\d{1,9}", revision):
        return None
    return int(revision), (int(asked[1]), int(asked[2]))
