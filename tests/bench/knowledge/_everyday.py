"""Every second question was held out while the choice of sentences was settled."""

import json
import re
from collections.abc import Iterator

from config import env
from tests.bench.knowledge._sets import Row, told
from tests.figures import Figure

QUESTIONS = env.ROOT / "tests" / "knowledge" / "everyday.jsonl"
ARTICLES = env.ROOT / "knowledge" / "demo" / "lumen-and-loom"
SHOP = "everyday"


def measure() -> Iterator[Figure]:
    for language in ("en", "de", "es", "fr"):
        told("import_articles", str(ARTICLES / language), "--knowledge", SHOP)
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    answers = [_answer(each) for each in asked]
    said = [
        any(re.search(words, answer) for words in each["says"]) for each, answer in zip(asked, answers, strict=True)
    ]
    given = [bool(answer) for answer in answers]
    yield _share("everyday.answers that say what was asked", said)
    yield _share("everyday.of these, held out", said[1::2])
    yield _share("everyday.questions answered", given)


def _answer(asked: Row) -> str:
    found = told("ask", asked["query"], "--knowledge", SHOP, "--language", asked.get("language", "en"))
    return str(found["answer"] or "")


def _share(name: str, right: list[bool]) -> Figure:
    return Figure(name, round(sum(right) / len(right), 4), "share", better="higher", n=len(right))
