"""An answer is made of the shop's own sentences, each with the place it was taken from, or there is none."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge import confidence, extraction, followup, grounding, llm
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
    is_phrased: bool = False  # by a language model: checked to say no more than its citations, not to be equal to them


@dataclass(frozen=True)
class Answer:
    """Sentences in reading order, and how sure we are that they answer the question."""

    sentences: tuple[Sentence, ...]
    confidence: float

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Everything the answer rests on, in the order it is said."""
        return tuple(citation for sentence in self.sentences for citation in sentence.citations)

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


def compose(
    question: str,
    passages: Sequence[Passage],
    *,
    conversation: Sequence[str] = (),
    payer: object = None,
    phrased: bool = True,
) -> Answer | None:
    """The sentences of the passages that answer a question, or None when we are not sure enough."""
    sentences = tuple(stream(question, passages, conversation=conversation, payer=payer, phrased=phrased))
    return Answer(sentences, confidence.of(passages)) if sentences else None


def stream(
    question: str,
    passages: Sequence[Passage],
    *,
    conversation: Sequence[str] = (),
    payer: object = None,
    phrased: bool = True,
) -> Iterator[Sentence]:
    """The same sentences one by one, each verified before it is given away; none when we are not sure enough.

    `conversation` is what the shopper said before, oldest first; `payer` is whose share of the model's budget is used.
    Not `phrased`: no language model is asked, the answer is the shop's own sentences, and is there at once.
    """
    if not passages or confidence.of(passages) < confidence.floor(passages):
        return
    asked = followup.standalone(question, conversation)
    chosen = extraction.choose(asked, passages)
    said = False
    for sentence in _phrased(asked, passages, payer) if phrased else ():
        said = True
        yield sentence
    if not said:
        yield from _kept(_extracted(chosen))


def verified(answer: Answer) -> Answer | None:
    """The answer as far as every word of its sources still stands where it says, or None if nothing is left."""
    kept = _kept(answer.sentences)
    return replace(answer, sentences=kept) if kept else None


def stand(citations: Iterable[Citation]) -> bool:
    """Whether every word cited still stands where it says, for everybody it was meant for."""
    cited = tuple(citations)
    bodies = _bodies(cited)
    return all(_stands(citation, bodies) for citation in cited)


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


def _phrased(question: str, passages: Sequence[Passage], payer: object) -> Iterator[Sentence]:
    """What a language model makes of the passages, if there is one: only what can be found in what it cites."""
    model = llm.get_llm()
    if model is None or not llm.may_ask(passages[0].shop, payer):
        return
    given = [(passage, unit, passage.text[unit.start : unit.end]) for passage, unit in extraction.sources(passages)]
    sources = [(passage, unit) for passage, unit, text in given if not llm.is_order(text)]
    texts = [text for _, _, text in given if not llm.is_order(text)]
    for phrase in llm.phrases(question, texts, model=model):
        named = [sources[number - 1] for number in phrase.sources]
        citations = tuple(cite(passage, unit.start, unit.end) for passage, unit in named)
        yield from _kept([Sentence(phrase.text, citations, is_phrased=True)])


def _extracted(chosen: Iterable[extraction.Chosen]) -> Iterator[Sentence]:
    for each in chosen:
        citation = cite(each.passage, each.unit.start, each.unit.end)
        text = citation.quote if _is_verbatim(each) else _one_line(citation.quote)
        yield Sentence(text=text, citations=(citation,), block=each.block)


def _kept(sentences: Iterable[Sentence]) -> tuple[Sentence, ...]:
    """The sentences whose every citation stands, and which say no more than these."""
    given = tuple(sentences)
    bodies = _bodies(citation for sentence in given for citation in sentence.citations)
    return tuple(
        sentence
        for sentence in given
        if sentence.citations
        and all(_stands(citation, bodies) for citation in sentence.citations)
        and _says_no_more(sentence)
    )


def _is_verbatim(chosen: extraction.Chosen) -> bool:
    return chosen.unit.kind in (extraction.Kind.CODE, extraction.Kind.TABLE)


def _one_line(quote: str) -> str:
    return re.sub(r"\s*\n\s*", " ", quote).strip()


def _is_line(text: str) -> bool:
    """Whether a text must begin a line of its own to stay what it is: an item, a table, a piece of code."""
    return bool(re.match(r"\s*(?:[-*+\u2022]\s|\d{1,3}[.)]\s|\||```|~~~)", text))


def _says_no_more(sentence: Sentence) -> bool:
    """Whether a sentence says what it quotes, and nothing else."""
    quotes = [citation.quote for citation in sentence.citations]
    if sentence.is_phrased:
        return grounding.is_grounded(sentence.text, quotes, sentence.citations[0].language)
    return _plain(sentence.text) == _plain(" ".join(quotes))


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
