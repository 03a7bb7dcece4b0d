"""Pieces of help pages: an article as it is laid out, an answer with its numbered tags, what machines read."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from accounts.models import Shop
from knowledge import lookup, markdown, quoting
from knowledge.answers import Answer
from knowledge.models import Article, Picture
from knowledge.retrieval import Passage

NEAR = 40  # characters between two quotes that are read on as one
_OPEN, _SHUT = "\ue000", "\ue001"
_SILENT = re.compile(r'<img((?: (?!alt=)[a-z]+="[^"]*")*>)')  # a picture of which nobody said what it shows
_OURS = re.compile(r'src="/help/pictures/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/"')
_TAG = re.compile(f"{_OPEN}(\\d+){_SHUT}")
_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}


@dataclass(frozen=True)
class Source:
    """A numbered tag: the place in an article that a part of an answer was taken from."""

    number: int
    article: Article
    title: str
    heading: str
    url: str


@dataclass(frozen=True)
class Answered:
    html: SafeString
    sources: tuple[Source, ...]


def laid_out(html: str) -> SafeString:
    """An article's HTML for a page: what is wider than the column scrolls by itself, pictures come when needed."""
    frame = format_html('<div class="table-box" tabindex="0" role="group" aria-label="{}">', _("Table"))
    html = html.replace("<table>", f'{frame}<table class="table">').replace("</table>", "</table></div>")
    html = html.replace("<pre>", '<pre tabindex="0">')
    html = html.replace("<img ", '<img loading="lazy" decoding="async" ')
    html = _SILENT.sub(r'<img alt=""\1', html)
    return mark_safe(_sized(html))  # noqa: S308 (what was cleaned, in frames of ours)


def _sized(html: str) -> str:
    """Our own pictures with their sizes, so that nothing moves when they arrive."""
    shown = Picture.objects.filter(public_id__in=_OURS.findall(html), width__gt=0) if _OURS.search(html) else ()
    for picture in shown:
        address = f'src="{picture.get_absolute_url()}"'
        html = html.replace(address, f'width="{picture.width}" height="{picture.height}" {address}')
    return html


def summary(body: str) -> str:
    """The first words of an article, for a search engine or whoever is sent its address."""
    return Truncator(markdown.plain(body[:2000]).replace("\n", " ")).chars(160)


def answered(answer: Answer, passages: Iterable[Passage]) -> Answered:
    """An answer to read: after each stretch taken from one place, the numbered tag that leads there."""
    headings = [(each.revision, each.start, each.end, each.heading) for each in passages]
    runs = _runs(answer)
    sentences = [replace(said, text=said.text.translate({0xE000: None, 0xE001: None})) for said in answer.sentences]
    for number, (place, _revision, _span) in enumerate(runs, 1):
        text = sentences[place].text
        is_block = text.startswith(("|", "```", "~~~"))  # no words may follow on its last line
        sentences[place] = replace(
            sentences[place], text=text + ("\n\n" if is_block else "\u00a0") + f"{_OPEN}{number}{_SHUT}"
        )
    cited = Article.objects.filter(published_revision__in={revision for _place, revision, _span in runs})
    articles = {article.published_revision_id: article for article in cited.select_related("published_revision")}
    sources = tuple(
        Source(
            number=number,
            article=articles[revision],
            title=articles[revision].title,
            heading=_path(next((name for at, a, b, name in headings if at == revision and a <= span[0] < b), "")),
            url=_cited(articles[revision], span),
        )
        for number, (_place, revision, span) in enumerate(runs, 1)
        if revision in articles
    )
    tags = {str(source.number): _tag(source) for source in sources}
    html = laid_out(markdown.render(replace(answer, sentences=tuple(sentences)).text).html)
    return Answered(mark_safe(_TAG.sub(lambda found: tags.get(found[1], ""), html)), sources)  # noqa: S308 (cleaned)


def _runs(answer: Answer) -> list[tuple[int, int, markdown.Span]]:
    """Sentences that follow one another in one revision: the last of them, the revision, and the whole stretch."""
    runs: list[tuple[int, int, markdown.Span]] = []
    for place, sentence in enumerate(answer.sentences):
        cited = sentence.citations[0]
        span = cited.start, cited.end
        if runs and runs[-1][1] == cited.revision and 0 <= cited.start - runs[-1][2][1] <= NEAR:
            span = runs.pop()[2][0], cited.end
        runs.append((place, cited.revision, span))
    return runs


def _path(headings: str) -> str:
    return headings.replace(" > ", " \u203a ")


def _cited(article: Article, span: markdown.Span) -> str:
    """The address of an article with these of its published words marked."""
    revision = article.published_revision
    return f"{article.get_absolute_url()}?{quoting.query(revision.number if revision else 0, span)}#cited"


def _tag(source: Source) -> str:
    label = _("Source %(number)s: %(title)s") % {"number": source.number, "title": source.title}
    return format_html('<a class="tag" href="{}" aria-label="{}">{}</a>', source.url, label, source.number)


@dataclass(frozen=True)
class Shown:
    """An article that was found, and the words in it that fit, in pieces: each with whether it was asked about."""

    article: Article
    url: str
    heading: str
    pieces: list[tuple[str, bool]]


def shown(hit: lookup.Hit, asked: str) -> Shown:
    """A hit leads to its words; where only its title fits, to the article."""
    url = _cited(hit.article, hit.cited) if hit.cited else hit.article.get_absolute_url()
    return Shown(hit.article, url, _path(hit.heading), lookup.spoken_of(hit.words, asked))


@dataclass(frozen=True)
class Version:
    """A page in one language: its path here, and its one address everywhere."""

    language: str
    url: str
    address: str

    @property
    def name(self) -> str:
        """What the language calls itself."""
        try:
            return str(get_language_info(self.language)["name_local"]).capitalize()
        except KeyError:
            return self.language


def versions(request: HttpRequest, shop: Shop, paths: Iterable[tuple[str, str]]) -> list[Version]:
    return [Version(language, path, absolute(request, shop, path)) for language, path in paths]


# What machines read.


def absolute(request: HttpRequest, shop: Shop, path: str) -> str:
    """The one address of a page, whichever host it was asked for at."""
    host, _port = split_domain_port(request.get_host())
    if shop.host and host != shop.host:
        return f"{request.scheme}://{shop.host}{path}"
    return request.build_absolute_uri(path)


def home_data(request: HttpRequest, shop: Shop, language: str) -> SafeString:
    search = absolute(request, shop, reverse("help:search"))
    return _data_block(
        {
            "@type": "WebSite",
            "name": shop.name,
            "inLanguage": language,
            "url": absolute(request, shop, reverse("help:shelves", args=[language])),
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{words}}"},
                "query-input": "required name=words",
            },
        }
    )


def article_data(request: HttpRequest, shop: Shop, article: Article, *, title: str, about: str) -> SafeString:
    """The article and the way to it, as schema.org names them."""
    way = [(shop.name, reverse("help:shelves", args=[article.language]))]
    if article.category:
        way.append((article.category.name, reverse("help:category", args=[article.language, article.category.slug])))
    way.append((title, article.get_absolute_url()))
    said: dict[str, Any] = {
        "@type": "Article",
        "headline": title[:110],
        "description": about,
        "inLanguage": article.language,
        "mainEntityOfPage": absolute(request, shop, article.get_absolute_url()),
        "publisher": {"@type": "Organization", "name": shop.name},
    }
    if article.published_at:
        said["dateModified"] = article.published_at.isoformat()
    steps = [
        {"@type": "ListItem", "position": number, "name": name, "item": absolute(request, shop, path)}
        for number, (name, path) in enumerate(way, 1)
    ]
    return _data_block({"@graph": [said, {"@type": "BreadcrumbList", "itemListElement": steps}]})


def _data_block(said: dict[str, Any]) -> SafeString:
    """Data in a page, which no browser runs and no word of an article can leave."""
    told = json.dumps({"@context": "https://schema.org"} | said, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{told}</script>')  # noqa: S308 (escaped above)
