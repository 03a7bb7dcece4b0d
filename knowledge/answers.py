"""An answer is made of the shop's own sentences, each with the place it was taken from, or there is none."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from knowledge import confidence, extraction
from knowledge.models import Article, Revision
from knowledge.retrieval import Passage


@dataclass(frozen=True)
class Citation:
    """Where words stand: `revision.body[start:end]` of an article, and the hash of exactly these characters."""

    article: int
    external_id: str
    title: str
    slug: str
    language: str
    revision: int
    start: int
    end: int
    hash: str
    quote: str


@dataclass(frozen=True)
class Sentence:
    """What the shopper reads, as Markdown, and what it rests on; sentences of one block belong together."""

    text: str
    citations: tuple[Citation, ...]
    block: int = 0


@dataclass(frozen=True)
class Answer:
    """Sentences in reading order, and how sure we are that they answer the question."""

    sentences: tuple[Sentence, ...]
    confidence: float

    @property
    def text(self) -> str:
        """The whole answer as Markdown."""
        parts: list[str] = []
        for number, sentence in enumerate(self.sentences):
            before = self.sentences[number - 1] if number else None
            if before is not None:
                same = before.block == sentence.block
                parts.append("\n\n" if not same else "\n" if _is_line(sentence.text) else " ")
            parts.append(sentence.text)
        return "".join(parts)


def compose(question: str, passages: Sequence[Passage], *, conversation: Sequence[str] = ()) -> Answer | None:
    """The sentences of the passages that answer a question, or None when we are not sure enough."""
    sure = confidence.of(passages)
    if not passages or sure < confidence.floor(passages):
        return None
    return verified(Answer(tuple(_extracted(question, passages)), sure))


def verified(answer: Answer) -> Answer | None:
    """The answer as far as every word of its sources still stands where it says, or None if nothing is left."""
    citations = [citation for sentence in answer.sentences for citation in sentence.citations]
    bodies = _bodies(citations)
    kept = tuple(
        sentence
        for sentence in answer.sentences
        if sentence.citations
        and all(_stands(citation, bodies) for citation in sentence.citations)
        and _says_no_more(sentence)
    )
    return replace(answer, sentences=kept) if kept else None


def cite(passage: Passage, start: int, end: int) -> Citation:
    """Point at passage.text[start:end]."""
    quote = passage.text[start:end]
    return Citation(
        article=passage.article,
        external_id=passage.external_id,
        title=passage.title,
        slug=passage.slug,
        language=passage.language,
        revision=passage.revision,
        start=passage.start + start,
        end=passage.start + end,
        hash=hash_of(quote),
        quote=quote,
    )


def hash_of(quote: str) -> str:
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()


def _extracted(question: str, passages: Sequence[Passage]) -> Iterable[Sentence]:
    for chosen in extraction.choose(question, passages):
        citation = cite(chosen.passage, chosen.unit.start, chosen.unit.end)
        text = citation.quote if _is_verbatim(chosen) else _one_line(citation.quote)
        yield Sentence(text=text, citations=(citation,), block=chosen.block)


def _is_verbatim(chosen: extraction.Chosen) -> bool:
    return chosen.unit.kind in (extraction.Kind.CODE, extraction.Kind.TABLE)


def _one_line(quote: str) -> str:
    return re.sub(r"\s*\n\s*", " ", quote).strip()


def _is_line(text: str) -> bool:
    """Whether a text must begin a line of its own to stay what it is: an item, a table, a piece of code."""
    return bool(re.match(r"\s*(?:[-*+\u2022]\s|\d{1,3}[.)]\s|\||```|~~~)", text))


def _says_no_more(sentence: Sentence) -> bool:
    """Whether a sentence says what it quotes, and nothing else."""
    return _plain(sentence.text) == _plain(" ".join(citation.quote for citation in sentence.citations))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _bodies(citations: Iterable[Citation]) -> dict[tuple[int, int], str]:
    """The texts cited, of articles that are published with exactly these words."""
    revisions = {citation.revision for citation in citations}
    shown = Article.objects.published().filter(published_revision__in=revisions)
    pairs = set(shown.values_list("pk", "published_revision"))
    texts = Revision.objects.filter(pk__in=revisions).values_list("article_id", "pk", "body")
    return {(article, pk): body for article, pk, body in texts if (article, pk) in pairs}


def _stands(citation: Citation, bodies: dict[tuple[int, int], str]) -> bool:
    body = bodies.get((citation.article, citation.revision))
    if body is None or not 0 <= citation.start < citation.end <= len(body):
        return False
    words = body[citation.start : citation.end]
    return words == citation.quote and hash_of(words) == citation.hash
