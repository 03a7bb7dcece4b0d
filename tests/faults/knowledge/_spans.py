"""Change what stands under a citation, and see whether the answer still stands."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db import connection, transaction

from accounts.models import Shop
from knowledge import answers, retrieval
from knowledge.answers import Answer, Citation
from knowledge.models import Article, Revision
from tests.faults.knowledge import _centre
from tests.faults.knowledge._damage import BEFORE, CITATION, ROUNDS, SEED, WORDS
from tests.figures import Figure


def measure() -> Iterator[Figure]:
    shop = _centre.brought()
    yield from judged(shop, _centre.titles(shop), ROUNDS)


def judged(shop: Shop, questions: Sequence[str], rounds: int) -> Iterator[Figure]:
    dice = random.Random(SEED)
    tries, spans, examples = 0, 0, []
    for question in questions:
        answer = answers.compose(question, retrieval.search(shop, question, deadline=None), phrased=False)
        for sentence in answer.sentences if answer else ():
            alone = Answer((sentence,), answer.confidence)
            assert answers.verified(alone) == alone, "untouched, it stands"
            for citation in sentence.citations:
                spans += 1
                for way, still in _damaged(alone, citation, rounds, dice):
                    tries += 1
                    examples += [f"{way}: {citation.quote[:60]!r}"] if still else []
    for example in examples[:5]:
        print(f"# {example}", flush=True)
    yield Figure("spans.let_through", len(examples), "answers", bar=0, n=tries, seed=SEED)
    yield Figure("spans.spans", spans, "spans", n=len(questions))


def _damaged(alone: Answer, citation: Citation, rounds: int, dice: random.Random) -> Iterator[tuple[str, bool]]:
    """Each way of damage, and whether the answer still stood."""
    body = Revision.objects.get(pk=citation.revision).body
    changed = [
        (way, body[: citation.start] + damage(citation.quote, dice) + body[citation.end :])
        for way, damage in WORDS.items()
        for _ in range(rounds)
    ]
    for way in BEFORE:
        for _ in range(rounds):
            at = dice.randrange(citation.start + 1)
            changed.append((way, body[:at] + ("x" if way == "moved by one" else "x\n\n") + body[at:]))
    for way, words in changed:
        if words[citation.start : citation.end] != citation.quote:  # otherwise the same words stand there after all
            yield way, _stands(alone, citation, words)
    for field in CITATION:
        broken = replace(citation, **{field: _other(citation, field)})
        (sentence,) = alone.sentences
        cites = tuple(broken if each == citation else each for each in sentence.citations)
        yield field, answers.verified(replace(alone, sentences=(replace(sentence, citations=cites),))) is not None


def _stands(alone: Answer, citation: Citation, body: str) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the database itself refuses to do this
        cursor.execute("UPDATE knowledge_revision SET body = %s WHERE id = %s", [body, citation.revision])
        still = answers.verified(alone) is not None
        transaction.set_rollback(True)
    return still


def _other(citation: Citation, field: str) -> object:
    if field == "article":
        return Article.objects.exclude(pk=citation.article).order_by("pk").values_list("pk", flat=True)[0]
    if field == "revision":
        return Revision.objects.exclude(article=citation.article).order_by("pk").values_list("pk", flat=True)[0]
    if field in {"start", "end"}:
        return getattr(citation, field) + 1
    return getattr(citation, field)[:-1] + "#"
