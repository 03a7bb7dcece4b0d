"""What is found first on real sets, by words, by meaning and by both, through the commands everybody has."""

from collections.abc import Iterator

from tests.bench.knowledge._sets import SETS, Set, bring, told, written
from tests.figures import Figure


def measure() -> Iterator[Figure]:
    brought: set[str] = set()
    for one in SETS:
        if one.shop not in brought:
            bring(one)
            brought.add(one.shop)
        yield from _judged(one)


def _judged(one: Set) -> Iterator[Figure]:
    questions = list(one.questions())
    with written(questions) as path:
        both, words, meaning = (
            told("evaluate_retrieval", path, "--knowledge", one.shop, "--by", by) for by in ("both", "words", "meaning")
        )
    n = both["n"]
    better = max(words[one.metric], meaning[one.metric])
    name = f"quality.{one.name}.{one.metric}"
    yield Figure(name, both[one.metric], "share", bar=one.bar, better="higher", n=n)
    yield Figure(
        f"{name} over the better of words and meaning",
        round(both[one.metric] - better, 4),
        "share",
        bar=-0.01,
        better="higher",
        n=n,
    )
    yield Figure(f"{name} by words", words[one.metric], "share", n=n)
    yield Figure(f"{name} by meaning", meaning[one.metric], "share", n=n)
    yield Figure(f"quality.{one.name}.mrr@10", both["mrr@10"], "share", n=n)
    for number, half in enumerate((questions[::2], questions[1::2])):
        with written(half) as path:
            found = told("evaluate_retrieval", path, "--knowledge", one.shop)
        yield Figure(f"{name}, {'odd' if number else 'even'} half", found[one.metric], "share", n=found["n"])
