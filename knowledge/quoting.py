"""Show cited words where they stand: in their article, or with a little of it around them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from knowledge import markdown
from knowledge.models import Article, Revision

AROUND = 200  # characters on either side, where the text cannot be shown as it is laid out
LONGEST = 20_000  # characters of HTML that are shown in a pane


@dataclass(frozen=True)
class Passage:
    """Cited words with a little of the article around them: laid out as `html`, or plain."""

    article: Article
    title: str
    heading: markdown.Heading | None
    html: SafeString | None
    before: str
    quote: str
    after: str
    query: str  # what marks them in the article


def query(revision: int, cited: markdown.Span) -> str:
    """What follows the address of an article, or of help:passage, to have words of a revision's number marked."""
    return urlencode({"cite": f"{cited[0]}-{cited[1]}", "revision": revision})


def find(article: Article, *, revision: int, cited: markdown.Span) -> markdown.Span | None:
    """Where words that were cited from a revision stand in the words published now, or None if they do not."""
    shown = article.published_revision
    if shown is None:
        return None
    if shown.number == revision:
        return cited if 0 <= cited[0] < cited[1] <= len(shown.body) else None
    old = Revision.objects.filter(article=article, number=revision).first()
    quote = old.body[slice(*cited)] if old and 0 <= cited[0] < cited[1] else ""
    if not quote.strip() or shown.body.count(quote) != 1:
        return None
    start = shown.body.index(quote)
    return start, start + len(quote)


def passage(article: Article, *, revision: int, cited: markdown.Span) -> Passage | None:
    """The cited words as they are published now, or None if they no longer are."""
    place, shown = find(article, revision=revision, cited=cited), article.published_revision
    if place is None or shown is None:
        return None
    start, end = place
    around = markdown.excerpt(shown.body, place)
    return Passage(
        article=article,
        title=shown.title,
        heading=around.heading if around else None,
        html=around.html if around and len(around.html) <= LONGEST else None,
        before=shown.body[max(0, start - AROUND) : start],
        quote=shown.body[start:end],
        after=shown.body[end : end + AROUND],
        query=query(shown.number, place),
    )
