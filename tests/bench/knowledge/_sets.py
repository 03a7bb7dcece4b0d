"""Public sets of questions and the texts that answer them, as somebody from outside would bring them in."""

import gzip
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command

from config import env

DATA = env.ROOT.parent / "shared" / "data"
Row = dict[str, Any]


@dataclass(frozen=True)
class Set:
    """Texts to import and questions about them; `metric` is what the set is judged by, `bar` what it has to reach."""

    name: str
    texts: Callable[[], Iterator[Row]]
    questions: Callable[[], Iterator[Row]]
    metric: str
    bar: float

    @property
    def shop(self) -> str:
        return self.name.split("_")[0]


def is_there() -> bool:
    return DATA.is_dir()


def missing() -> str:
    return f"skipped: the sets are expected in ../{DATA.parent.name}/{DATA.name} beside this folder"


def bring(one: Set) -> Row:
    """Import the texts of a set into a shop of its own."""
    with written(one.texts()) as path:
        return told("import_articles", path, "--knowledge", one.shop)


def told(command: str, *arguments: str) -> Row:
    """What a command says to programs."""
    out = io.StringIO()
    call_command(command, *arguments, "--json", stdout=out)
    said: Row = json.loads(out.getvalue())
    return said


@contextmanager
def written(rows: Iterable[Row]) -> Iterator[str]:
    """A file of JSON lines for the time of a command."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
        file.flush()
        yield file.name


def read(path: str) -> Iterator[Row]:
    file = DATA / path
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _stackfaq() -> Iterator[Row]:
    for faq in read("stackfaq/faq.jsonl"):
        yield {"id": faq["id"], "title": faq["question"], "content": "\n\n".join(faq["answers"])}


def _stackfaq_questions() -> Iterator[Row]:
    for asked in read("stackfaq/queries.jsonl"):
        yield {"query": asked["query"], "gold": asked["gold"]}


def _xquad() -> Iterator[Row]:
    for paragraph in read("xquad_r/paragraphs.jsonl.gz"):
        language, number = paragraph["lang"], paragraph["pid"]
        content = " ".join(paragraph["sentences"])
        yield {"id": f"{language}-{number}", "title": "", "content": content, "language": language}


def _xquad_questions(language: str) -> Callable[[], Iterator[Row]]:
    def questions() -> Iterator[Row]:
        for asked in read("xquad_r/questions.jsonl.gz"):
            if asked["lang"] == language:
                yield {"query": asked["question"], "gold": f"{language}-{asked['pid']}", "language": language}

    return questions


def _bank() -> Iterator[Row]:
    for document in read("tau_banking_kb/documents.jsonl"):
        yield {"id": document["id"], "title": document["title"], "content": document["content"]}


def _bank_questions() -> Iterator[Row]:
    for task in read("tau_banking_kb/queries.jsonl"):
        yield {"query": task["user_scenario"], "gold": task["required_documents"]}


STACKFAQ = Set("stackfaq", _stackfaq, _stackfaq_questions, "hit@1", 0.95)
XQUAD = [
    Set(f"xquad_{language}", _xquad, _xquad_questions(language), "hit@1", bar)
    for language, bar in (("en", 0.945), ("de", 0.89), ("es", 0.93))
]
BANK = Set("bank", _bank, _bank_questions, "hit@10", 0.80)
SETS = [STACKFAQ, *XQUAD, BANK]
