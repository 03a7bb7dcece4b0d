"""Answers given, refused and cited, and how well confidence is calibrated, through the command everybody has."""

import random
from collections.abc import Iterator

from tests.bench.knowledge._sets import BANK, STACKFAQ, XQUAD, Row, Set, bring, read, told, written
from tests.figures import Figure

SEED = 11
FOREIGN = 200  # questions of each other set


def measure() -> Iterator[Figure]:
    bring(STACKFAQ)
    found = _put(STACKFAQ, [*STACKFAQ.questions(), *_foreign(but="stackfaq")])
    told_ = {"unit": "share", "seed": SEED}
    n, others = found["answerable"], found["unanswerable"]
    yield Figure("answers.answered", found["answered"], bar=0.85, better="higher", n=n, **told_)
    given = round(found["answered"] * n)
    yield Figure("answers.citing the right article", found["right"], bar=0.95, better="higher", n=given, **told_)
    yield Figure("answers.answered in vain", found["answered_in_vain"], bar=0.05, n=others, **told_)
    yield _error("stackfaq, with other sets' questions", found)
    yield _error("stackfaq alone", _put(STACKFAQ, list(STACKFAQ.questions())))
    yield from _near()
    bring(XQUAD[0])
    for one, foreign in ((XQUAD[0], _foreign(but="xquad")), (XQUAD[1], []), (XQUAD[2], [])):
        yield _error(one.name, _put(one, [*_some(one.questions(), 400), *foreign]))
    bring(BANK)
    yield _error("bank", _put(BANK, [*BANK.questions(), *_foreign(but="bank")[:50]]))


def _near() -> Iterator[Figure]:
    """Every other article is missing: what nobody wrote about is near to what somebody did."""
    texts = list(STACKFAQ.texts())[::2]
    here = {text["id"] for text in texts}
    half = Set("half", lambda: iter(texts), STACKFAQ.questions, "", 0)
    bring(half)
    found = _put(half, [{**each, "gold": each["gold"] if each["gold"] in here else None} for each in half.questions()])
    n = found["unanswerable"]
    yield Figure("answers.answered in vain, every other article missing", found["answered_in_vain"], "share", n=n)
    yield Figure("answers.right of those given, every other article missing", found["right"], "share", better="higher")


def _put(one: Set, questions: list[Row]) -> Row:
    with written(questions) as path:
        return told("evaluate_answers", path, "--knowledge", one.shop)


def _error(name: str, found: Row) -> Figure:
    return Figure(
        f"answers.calibration error, {name}", found["calibration_error"], "share", bar=0.05, n=found["n"], seed=SEED
    )


def _foreign(*, but: str) -> list[Row]:
    """Questions of sets that have nothing to do with these texts."""
    sets = {
        "stackfaq": (each["query"] for each in read("stackfaq/queries.jsonl")),
        "xquad": (each["question"] for each in read("xquad_r/questions.jsonl.gz") if each["lang"] == "en"),
        "banking77": (each["text"] for each in read("banking77/test.jsonl")),
        "clinc150": (each["text"] for each in read("clinc150/val.jsonl")),
        "hint3": (each["text"] for each in read("hint3/curekart_test.jsonl")),
    }
    asked = [text for name, texts in sets.items() if name != but for text in _some(texts, FOREIGN)]
    return [{"query": text, "gold": None, "language": "en"} for text in asked]


def _some(rows: Iterator, many: int) -> list:
    rows = list(rows)
    return random.Random(SEED).sample(rows, min(many, len(rows)))
