"""Look something up in the help centre: the articles that fit, each with the place where it does, and an answer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Shop
from knowledge import answers, confidence, markdown, retrieval, sentences, words
from knowledge.models import Article
from knowledge.retrieval import Passage

LONGEST = 500  # characters of a question put to the help centre
READ = 24  # passages that are looked at
WEIGHED = 8  # of these, what an answer is made of, as in the chat
MOST = 8  # articles that are shown
LIKE = 0.3  # cosine from which a passage fits although it has none of the words
FAR = 0.4  # share of the best score under which the others are noise
SHOWN = 240  # characters of a passage that are shown


@dataclass(frozen=True)
class Hit:
    """An article that fits, and the words in it that do so best: `revision.body[start:end]`."""

    article: Article
    heading: str = ""
    words: str = ""
    cited: markdown.Span | None = None


@dataclass(frozen=True)
class Found:
    """What there is about a question; `is_elsewhere` when it had to be looked for in other languages than hers."""

    asked: str
    hits: tuple[Hit, ...] = ()
    passages: tuple[Passage, ...] = ()
    is_elsewhere: bool = False

    @property
    def has_answer(self) -> bool:
        """Whether we are sure enough to answer, and have the vectors to find the sentences by without delay."""
        best = self.passages[:1]
        return bool(best) and best[0].basis != "words" and confidence.of(self.passages) >= confidence.floor(best)


def find(shop: Shop, asked: str, *, language: str, audience: int) -> Found:
    """The articles that fit, best first, in this language or else in any."""
    asked = " ".join(asked.split())[:LONGEST]
    for wanted in (language, None):
        passages = retrieval.search(shop, asked, language=wanted, audience=audience, k=READ)
        hits = _hits(shop, asked, passages, wanted, audience)
        if hits:
            return Found(asked, tuple(hits), tuple(passages), is_elsewhere=wanted is None)
    return Found(asked)


def answer(found: Found) -> answers.Answer | None:
    """The shop's own sentences that answer; no language model keeps a page waiting."""
    return answers.compose(found.asked, found.passages[:WEIGHED], phrased=False) if found.has_answer else None


def _hits(shop: Shop, asked: str, passages: list[Passage], language: str | None, audience: int) -> list[Hit]:
    best: dict[int, Passage] = {}
    for passage in passages:
        if (passage.overlap or passage.likeness >= LIKE) and passage.score >= FAR * passages[0].score:
            best.setdefault(passage.article, passage)
    fits = Q(pk__in=list(best)[:MOST])
    if len(asked) >= 3:  # what she has begun to type may be the beginning of a word no passage has
        title = "published_revision__title"
        begun = Q(**{f"{title}__istartswith": asked}) | Q(**{f"{title}__icontains": f" {asked}"})
        fits |= begun & (Q(language=language) if language else Q())
    readable = Article.objects.for_audience(audience).filter(fits, shop=shop)
    shown = readable.select_related("published_revision", "category").defer("published_revision__body")
    there = {article.pk: article for article in shown.order_by("pk")[: 2 * MOST]}
    by_words = [_hit(there.pop(pk), passage, asked) for pk, passage in best.items() if pk in there]
    by_title = [Hit(article) for article in there.values()]
    is_sure = bool(passages) and confidence.of(passages) >= confidence.floor(passages)
    return (by_words + by_title if is_sure else by_title + by_words)[:MOST]


def _hit(article: Article, passage: Passage, asked: str) -> Hit:
    """The sentence of a passage that says most of what was asked, and what follows it as far as there is room."""
    units = [unit for unit in sentences.units(passage.text, 0, len(passage.text)) if unit.kind != "heading"]
    if not units:
        return Hit(article, passage.heading)
    wanted = beginnings(words.words(asked))
    shares = [len(wanted & beginnings(words.words(passage.text[unit.start : unit.end]))) for unit in units]
    first = max(range(len(units)), key=lambda place: (shares[place], -place))
    last = first
    while last + 1 < len(units) and units[last + 1].end - units[first].start <= SHOWN:
        last += 1
    start, end = units[first].start, units[last].end
    shown = markdown.plain(passage.text[start:end])
    shown = shown if len(shown) <= SHOWN else shown[:SHOWN].rsplit(" ", 1)[0] + "\u2026"
    return Hit(article, passage.heading, shown, (passage.start + units[first].start, passage.start + units[first].end))


def beginnings(spoken: Iterable[str]) -> set[str]:
    """How words begin, which is enough to see that they are alike; short ones say too little."""
    return {words.fold(word)[:6] for word in spoken if len(word) > 2}


def spoken_of(text: str, asked: str) -> list[tuple[str, bool]]:
    """A text in pieces, and whether each is one of the words asked about."""
    wanted = beginnings(words.words(asked))
    return [(piece, bool(beginnings(words.words(piece)) & wanted)) for piece in re.split(r"(\w+)", text) if piece]
