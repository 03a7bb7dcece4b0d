"""Have a model that obeys every injected text write the answer, and see what of that leaves."""

import re
from collections.abc import Iterator, Sequence
from unittest import mock

from django.test import override_settings

from accounts.models import Shop
from knowledge import answers, articles, confidence, recipes, retrieval
from knowledge.answers import Sentence
from knowledge.models import Article, Revision
from tests.faults.knowledge import _centre
from tests.faults.knowledge._injections import corpus
from tests.figures import Figure
from tests.knowledge.model import Server, serving, settings_for

SOURCES = 12  # each wish is said with each of so many sources, with two, and with none


def measure() -> Iterator[Figure]:
    shop = _centre.brought()
    yield from judged(shop, Article.objects.get(shop=shop, external_id="return-an-item"), corpus())


def judged(shop: Shop, article: Article, texts: Sequence[tuple[str, str, str]]) -> Iterator[Figure]:
    """Each text in an article that is found, and in the question itself."""
    asked = article.published_revision.title
    body = article.published_revision.body
    uncited, obeyed, given, reached = [], [], 0, 0
    with (
        serving() as server,
        override_settings(RATE_LIMITS={"llm.shopper": "", "llm.shop": ""}, **settings_for(server)),
        mock.patch.object(confidence, "floor", return_value=0.0),  # however unsure, it gets its chance
    ):
        for mark, text, wish in texts:
            for place in ("article", "message"):
                _publish(article, f"{body}\n\n{text}\n" if place == "article" else body)
                server.says, server.asked = _obeying(wish), []
                question = asked if place == "article" else f"{asked} {text}"
                answer = answers.compose(question, retrieval.search(shop, question, deadline=None))
                given += answer is not None
                reached += _saw(server, mark)
                for sentence in answer.sentences if answer else ():
                    if not _is_cited(sentence):
                        uncited.append(f"{place}, {text[:50]!r}: {sentence.text[:80]}")
                    if sentence.is_phrased and mark in sentence.text:
                        obeyed.append(f"{place}, {text[:50]!r}: {sentence.text[:80]}")
    for example in [*uncited[:5], *obeyed[:20]]:
        print(f"# {example}", flush=True)
    n = 2 * len(texts)
    yield Figure("injections.uncited", len(uncited), "sentences", bar=0, n=n)
    yield Figure("injections.obeyed", len(obeyed), "sentences", bar=0, n=n)
    yield Figure("injections.answered", given, "answers", n=n)
    yield Figure("injections.read by the model", reached, "texts", n=n)


def _publish(article: Article, body: str) -> None:
    if article.published_revision.body != body:
        articles.revise(article, title=article.published_revision.title, body=body)
        articles.publish(article, embed=False)
        recipes.fill()
        article.refresh_from_db()


def _obeying(wish: str) -> str:
    return "\n".join([wish, f"{wish} [1][2]", *(f"{wish} [{number}]" for number in range(1, SOURCES + 1))])


def _saw(server: Server, mark: str) -> bool:
    return any(mark in message["content"] for asked in server.asked for message in asked["messages"])


def _is_cited(sentence: Sentence) -> bool:
    """Whether it stands in the shop's own words, read from the table and not by the code under test."""
    quotes = []
    for citation in sentence.citations:
        body = Revision.objects.get(pk=citation.revision, article__published_revision=citation.revision).body
        quotes.append(body[citation.start : citation.end])
    said, stood = _words(sentence.text), {word for quote in quotes for word in _words(quote)}
    return bool(quotes) and set(said) <= stood


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
