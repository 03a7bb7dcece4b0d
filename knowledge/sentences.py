"""Take a stretch of Markdown apart into what can be said by itself: sentences, list items, code, tables, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    SENTENCE = "sentence"
    ITEM = "item"
    CODE = "code"
    TABLE = "table"
    HEADING = "heading"


@dataclass(frozen=True)
class Unit:
    """`body[start:end]`, and the number of the paragraph, list or block it belongs to."""

    start: int
    end: int
    kind: Kind
    block: int


_ITEM = re.compile(r"[ \t]*(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+\S")
_HEADING = re.compile(r"#{1,6}[ \t]+\S")
_TABLE = re.compile(r"[ \t]*\|.*\|[ \t]*$")
_FENCE = re.compile(r"[ \t]*(```|~~~)")
# A sentence ends at a mark, perhaps inside quotes, before white space and no small letter; or at a wide full stop.
_END = re.compile("[.!?\u2026]+[\"'\u00bb\u201d)\\]*_]*(?=\\s+[^\\sa-z\u00df-\u00ff]|\\s*$)|[\u3002\uff01\uff1f]+")
# Marks that end no sentence: "e.g. ", "No. 5", "z. B.", a single capital as in "J. Smith", the number of a step.
_NO_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|approx|no|nr|dr|mr|mrs|ms|prof|st|fig|max|min|tel|ca|bzw|evtl|inkl|zzgl"
    r"|z\. ?b|d\. ?h|u\. ?a|p\. ?ej|sr|sra|ud|uds|mme|art)|\b[A-Z]|(?:^|\s)\d{1,3})\.$",
    re.IGNORECASE,
)


def units(body: str, start: int, end: int) -> list[Unit]:
    """The units of body[start:end] in order."""
    found: list[Unit] = []
    for kind, first, last, block in _blocks(body, start, end):
        if kind is Kind.SENTENCE:
            found += [Unit(a, b, kind, block) for a, b in _sentences(body, first, last)]
        else:
            found.append(Unit(first, last, kind, block))
    return found


def _blocks(body: str, start: int, end: int) -> Iterator[tuple[Kind, int, int, int]]:
    """Paragraphs, items, fenced code, tables and headings, numbered; the items of one list share a number."""
    open_: Kind | None = None
    before: Kind | None = None
    first = last = start
    number, fence = 0, ""
    for line_start, line in _lines(body, start, end):
        kind = Kind.CODE if fence else _kind(line)
        goes_on = open_ is not None and (
            fence != ""
            or (kind is open_ and kind in (Kind.SENTENCE, Kind.TABLE))
            or (open_ is Kind.ITEM and kind is Kind.SENTENCE)
        )
        if not goes_on:
            if open_ is not None:
                yield open_, first, last, number
                before, open_ = open_, None
            if kind is None:
                continue
            number += not (kind is Kind.ITEM and before is Kind.ITEM)
            open_, first = kind, line_start + len(line) - len(line.lstrip())
        last = line_start + len(line.rstrip())
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip() == fence):
            fence = "" if fence else mark[1]
            if not fence:
                yield Kind.CODE, first, last, number
                before, open_ = Kind.CODE, None
    if open_ is not None:
        yield open_, first, last, number


def _lines(body: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    while start < end:
        stop = body.find("\n", start, end)
        stop = end if stop < 0 else stop + 1
        yield start, body[start:stop]
        start = stop


def _kind(line: str) -> Kind | None:
    if not line.strip():
        return None
    if _FENCE.match(line):
        return Kind.CODE
    if _HEADING.match(line):
        return Kind.HEADING
    if _TABLE.match(line):
        return Kind.TABLE
    return Kind.ITEM if _ITEM.match(line) else Kind.SENTENCE


def _sentences(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in _END.finditer(body, start, end):
        if _NO_END.search(body, max(start, found.start() - 12), found.end()):
            continue
        if found.end() > start:
            yield start, found.end()
        start = found.end()
        while start < end and body[start].isspace():
            start += 1
    if start < end:
        yield start, end
