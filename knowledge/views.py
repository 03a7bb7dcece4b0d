"""The help centre: what the shop knows, for everybody it is meant for."""

import re

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import people
from accounts.models.access import memberships_of
from knowledge import markdown, quoting
from knowledge.models import Article, Audience

_CITE = re.compile(r"(\d{1,7})-(\d{1,7})")
BIGGEST = 2**63 - 1


@require_safe
def article(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """An article; with ?cite=START-END&revision=NUMBER these words are marked in it."""
    shop = people.shop_for(request)
    found = get_object_or_404(
        Article.objects.for_audience(Audience.of(request.user, shop)).select_related("published_revision"),
        shop=shop,
        language=language,
        slug=slug,
    )
    shown, cited = found.published_revision, _cited(request)
    if shown is None:
        raise Http404
    place = quoting.find(found, revision=cited[0], cited=cited[1]) if cited else None
    page = markdown.render(shown.body, cited=place)
    context = {"shop": shop, "article": found, "title": shown.title, "page": page, "cited": cited}
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
    return render(request, "knowledge/_passage.html", {"article": found, "passage": shown})


def _cited(request: HttpRequest) -> tuple[int, markdown.Span] | None:
    """The revision and the stretch of it that an address asks to have marked."""
    asked, revision = _CITE.fullmatch(request.GET.get("cite", "")), request.GET.get("revision", "")
    if asked is None or not re.fullmatch(r"\d{1,9}", revision):
        return None
    return int(revision), (int(asked[1]), int(asked[2]))
