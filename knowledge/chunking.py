"""Cut a text along its headings into stretches the embedding model reads whole; every character keeps its place."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from knowledge import embeddings

LONGEST = 254  # word pieces of title and chunk together
LONGEST_TITLE = 60

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
# Where a text may be cut, the best places first: between paragraphs, lines, sentences, words.
_CUTS = [
    re.compile(r"\n[ \t]*\n\s*"),
    re.compile(r"\n\s*"),
    re.compile("(?<=[.!?:;\u3002\uff01\uff1f])[\"'\xbb\u201d)\\]]*\\s+|(?<=[\u3002\uff01\uff1f])"),
    re.compile(r"\s+"),
]


@dataclass(frozen=True)
class Stretch:
    """`body[start:end]`, and the headings it stands under."""

    start: int
    end: int
    heading: str


def cut(title: str, body: str) -> list[Stretch]:
    """The stretches of a text in order; together they hold everything but the white space between them."""
    room = LONGEST - len(embeddings.pieces(short(title)))
    starts = [start for start, _ in embeddings.pieces(body)]

    def size(start: int, end: int) -> int:
        return bisect_left(starts, end) - bisect_left(starts, start)

    return [
        Stretch(start, end, heading)
        for first, last, heading in _sections(body)
        for start, end in _packed(body, first, last, room, size, starts)
    ]


def short(title: str) -> str:
    """A title as far as it is read with every chunk."""
    pieces = embeddings.pieces(title)
    return title if len(pieces) <= LONGEST_TITLE else title[: pieces[LONGEST_TITLE][0]]


def _sections(body: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and heading path; a heading with nothing of its own under it joins the section that follows."""
    fences = [found.span() for found in _FENCE.finditer(body)]
    headings = [
        found for found in _HEADING.finditer(body) if not any(start <= found.start() < end for start, end in fences)
    ]
    path: list[tuple[int, str]] = []
    start, last = 0, 0
    for number, found in enumerate([*headings, None]):
        end = found.start() if found else len(body)
        if body[last:end].strip() and (number > 0 or body[:end].strip()):
            yield start, end, " > ".join(name for _, name in path)
            start = end
        if found:
            level = len(found[1])
            path = [*((depth, name) for depth, name in path if depth < level), (level, found[2].strip())]
            last = found.end()
    if body[start:].strip():
        yield start, len(body), " > ".join(name for _, name in path)


def _packed(
    body: str, start: int, end: int, room: int, size: Callable[[int, int], int], pieces: list[int]
) -> Iterator[tuple[int, int]]:
    """Parts of body[start:end], each as large as fits, cut at the best places there are."""
    held: tuple[int, int] | None = None
    for first, last in _fitting(body, start, end, room, size, pieces):
        if held and size(held[0], last) > room:
            yield held
            held = None
        held = (held[0] if held else first, last)
    if held:
        yield held


def _fitting(
    body: str, start: int, end: int, room: int, size: Callable[[int, int], int], pieces: list[int], depth: int = 0
) -> Iterator[tuple[int, int]]:
    """Parts that fit, each cut no finer than it must be."""
    start, end = _trimmed(body, start, end)
    if start >= end:
        return
    if size(start, end) <= room:
        yield start, end
    elif depth == len(_CUTS):  # one word longer than the model reads: cut between word pieces
        first = bisect_left(pieces, start)
        yield from pairwise([start, *pieces[first + room : bisect_left(pieces, end) : room], end])
    else:
        for part in _parts(body, start, end, _CUTS[depth]):
            yield from _fitting(body, *part, room, size, pieces, depth + 1)


def _parts(body: str, start: int, end: int, cut: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    at = start
    for found in cut.finditer(body, start, end):
        if found.start() > at:
            yield at, found.start()
        at = max(at, found.end())
    if at < end:
        yield at, end


def _trimmed(body: str, start: int, end: int) -> tuple[int, int]:
    text = body[start:end]
    return start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
