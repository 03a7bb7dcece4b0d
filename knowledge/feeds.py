"""What crawlers ask for: the public articles of a shop, and where not to look."""

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import people
from knowledge import pages, shelves
from knowledge.fresh import fresh
from knowledge.models import Article, Audience

MOST = 50_000  # addresses in one sitemap, by its protocol


@fresh
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page of the help centre, each with its other languages."""
    shop = people.shop_for(request)
    articles = Article.objects.for_audience(Audience.PUBLIC).filter(shop=shop).order_by("-published_at", "-pk")
    shown = list(articles.only("language", "slug", "translation_of", "published_at")[:MOST])
    family: dict[int, list[Article]] = defaultdict(list)
    for article in shown:
        family[article.translation_of_id or article.pk].append(article)
    homes = [
        {"url": pages.absolute(request, shop, reverse("help:shelves", args=[language])), "language": language}
        for language in shelves.languages(shop, Audience.PUBLIC)
    ]
    entries = [
        {
            "url": pages.absolute(request, shop, article.get_absolute_url()),
            "changed": article.published_at,
            "others": [
                {"language": other.language, "url": pages.absolute(request, shop, other.get_absolute_url())}
                for other in family[article.translation_of_id or article.pk]
            ],
        }
        for article in shown
    ]
    return render(
        request, "knowledge/sitemap.xml", {"homes": homes, "entries": entries}, content_type="application/xml"
    )


@fresh
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    shop = people.shop_for(request)
    closed = [reverse("help:search"), reverse("help:answer"), "/account/", "/admin/", "/chat/", "/inbox/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    lines.append(f"Sitemap: {pages.absolute(request, shop, reverse('sitemap'))}\n")
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
