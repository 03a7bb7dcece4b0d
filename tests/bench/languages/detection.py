"""How seldom detection is wrong, and how often it cannot tell, on public utterances and messages of our own."""

import gzip
import json
from collections.abc import Iterator

from tests.bench.knowledge import _sets
from tests.bench.languages._messages import told
from tests.figures import Figure

FEW = 15  # characters up to which a text is short
BARS = {"long": 0.01, "short": 0.03}
SPOKEN = ("en", "de", "nl", "it", "da", "tr")


def figures() -> Iterator[Figure]:
    sets = {"messages": [(language, text) for language, text in told() if language]}
    if _sets.is_there():
        sets["xsid"] = list(_utterances())
    else:
        yield Figure("languages.detection.xsid", _sets.missing(), "")
    for name, texts in sets.items():
        yield from _judged(name, texts)
    neutral = [text for language, text in told() if language is None]
    yield Figure("languages.detection.neutral.taken", _share(neutral, lambda text: _detect(text) is not None), "",
                 0, n=len(neutral))  # fmt: skip


def _judged(name: str, texts: list[tuple[str, str]]) -> Iterator[Figure]:
    for length, bar in BARS.items():
        part = [(language, text) for language, text in texts if (len(text) > FEW) == (length == "long")]
        wrong = _share(part, lambda row: _detect(row[1]) not in (row[0], None))
        unknown = _share(part, lambda row: _detect(row[1]) is None)
        yield Figure(f"languages.detection.{name}.{length}.wrong", wrong, "", bar, n=len(part))
        yield Figure(f"languages.detection.{name}.{length}.unknown", unknown, "", n=len(part))


def _share(rows: list, holds) -> float:
    return round(sum(map(holds, rows)) / len(rows), 4)


def _detect(text: str) -> str | None:
    from knowledge.language.detection import detect

    return detect(text)


def _utterances() -> Iterator[tuple[str, str]]:
    with gzip.open(_sets.DATA / "xsid/valid.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["lang"] in SPOKEN:
                yield row["lang"], row["text"]
