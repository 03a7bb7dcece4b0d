"""What changed between two texts: line by line, and inside a changed line word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

AROUND = 2  # lines that stay are shown beside those that changed
MOST_LINES = 2_000  # more changed lines than these are shown whole
MOST_CHARACTERS = 100_000  # so much change is compared word by word
ALIKE = 0.4  # from which likeness a new line is taken for the old one, changed

Kind = Literal["same", "gone", "new", "gap"]
# A word with the space after it; where words are written without spaces, a character.
_WORD = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|\\w+\\s*|[^\\w\\s]\\s*|\\s+")


@dataclass(frozen=True)
class Line:
    """A line of a comparison: its pieces, each with whether it is what changed in it. A gap counts left-out lines."""

    kind: Kind
    pieces: tuple[tuple[str, bool], ...] = ()
    left_out: int = 0


def between(old: str, new: str) -> list[Line]:
    """From the old text to the new one; empty if nothing changed."""
    if old == new:
        return []
    return list(_folded(list(_compared(old.split("\n"), new.split("\n")))))


def _compared(old: list[str], new: list[str]) -> Iterator[Line]:
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    yield from _same(old[:start])
    middle, changed = old[start : len(old) - end], new[start : len(new) - end]
    if len(middle) + len(changed) > MOST_LINES:
        yield from _changed(middle, [])
        yield from _changed([], changed)
    else:
        is_fine = sum(map(len, middle)) + sum(map(len, changed)) <= MOST_CHARACTERS
        for tag, i, j, k, m in SequenceMatcher(None, middle, changed).get_opcodes():
            gone, new = middle[i:j], changed[k:m]
            yield from _same(gone) if tag == "equal" else _changed(gone, new, by_word=is_fine)
    yield from _same(old[len(old) - end :])


def _changed(gone: list[str], new: list[str], *, by_word: bool = False) -> Iterator[Line]:
    """Lines that came for lines that went: in pairs as far as they are alike, so that the words can be compared."""
    for before, after in zip_longest(gone, new):
        if before is None:
            yield Line("new", ((after, False),))
        elif after is None:
            yield Line("gone", ((before, False),))
        elif by_word:
            yield from _words(before, after)
        else:
            yield from (Line("gone", ((before, False),)), Line("new", ((after, False),)))


def _words(before: str, after: str) -> Iterator[Line]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    match = SequenceMatcher(None, old, new)
    if match.ratio() < ALIKE:
        yield from (Line("gone", ((before, False),)), Line("new", ((after, False),)))
        return
    steps = match.get_opcodes()
    yield Line("gone", tuple(("".join(old[i:j]), tag != "equal") for tag, i, j, _k, _m in steps if i < j))
    yield Line("new", tuple(("".join(new[k:m]), tag != "equal") for tag, _i, _j, k, m in steps if k < m))


def _same(lines: list[str]) -> Iterator[Line]:
    for line in lines:
        yield Line("same", ((line, False),))


def _shared(old: list[str], new: list[str]) -> int:
    """How many lines both begin with."""
    return next(
        (number for number, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
        min(len(old), len(new)),
    )


def _folded(lines: list[Line]) -> Iterator[Line]:
    """Leave out what stays, but for the lines next to a change."""
    near: set[int] = set()
    for number, line in enumerate(lines):
        if line.kind != "same":
            near.update(range(number - AROUND, number + AROUND + 1))
    left_out = 0
    for number, line in enumerate(lines):
        if line.kind == "same" and number not in near:
            left_out += 1
            continue
        if left_out:
            yield Line("gap", left_out=left_out)
            left_out = 0
        yield line
    if left_out:
        yield Line("gap", left_out=left_out)
