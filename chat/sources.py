"""What an answer rests on, as a reader sees it: one numbered source an article, with the words cited."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any

from knowledge.answers import Citation
from knowledge.markdown import plain
from knowledge.models import Article, Revision

AROUND = 160  # characters shown before and after
NEAR = 40  # characters between two quotes that are read on rather than left out


def of(citations: Iterable[Citation]) -> list[dict[str, Any]]:
    """The sources in the order they are first named; each can be checked again by revision, places and hashes."""
    cited = list(dict.fromkeys(citations))
    order = {revision: number for number, revision in enumerate(dict.fromkeys(each.revision for each in cited), 1)}
    words = {revision.pk: revision for revision in Revision.objects.filter(pk__in=order)}
    articles = Article.objects.in_bulk({each.article for each in cited})
    cited.sort(key=lambda each: (order[each.revision], each.start))
    return [
        _source(number, words[revision], articles[words[revision].article_id], list(spans))
        for (revision, spans), number in zip(groupby(cited, attrgetter("revision")), order.values(), strict=True)
    ]


def _source(number: int, revision: Revision, article: Article, spans: list[Citation]) -> dict[str, Any]:
    start, end = spans[0].start, max(span.end for span in spans)
    return {
        "number": number,
        "article": article.external_id,
        "title": revision.title,
        "language": article.language,
        "url": f"{article.get_absolute_url()}?cite={start}-{end}&revision={revision.number}#cited",
        "revision": revision.number,
        "before": _last_words(revision.body[:start]),
        "quote": _quote(revision.body, spans),
        "after": _first_words(revision.body[end:]),
        "spans": [{"start": span.start, "end": span.end, "hash": span.hash} for span in spans],
    }


def _quote(body: str, spans: list[Citation]) -> str:
    """The cited words in one piece; what is left out between them is marked."""
    parts, upto = [body[spans[0].start : spans[0].end]], spans[0].end
    for span in spans[1:]:
        between = body[upto : span.start]
        parts += [between if len(between) <= NEAR else "\n\n\u2026 ", body[max(span.start, upto) : span.end]]
        upto = max(upto, span.end)
    return plain("".join(parts))


def _last_words(text: str) -> str:
    """What leads up to a quote, from the paragraph it stands in."""
    return plain(text[-AROUND * 2 :].rpartition("\n\n")[2])[-AROUND:].lstrip()


def _first_words(text: str) -> str:
    return plain(text[: AROUND * 2].partition("\n\n")[0])[:AROUND].rstrip()
