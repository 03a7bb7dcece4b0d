"""Mark a cited stretch of Markdown in the HTML it becomes, and leave that HTML otherwise as it is."""

import re
from collections.abc import Iterator
from itertools import accumulate

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# Word dividers of two scripts long out of use: to Markdown they are punctuation, so that emphasis opens and closes
# beside them as it would without. A text that has one of its own is not marked.
OPEN, SHUT = "\U000103d0", "\U0001039f"
_NEITHER = str.maketrans("", "", OPEN + SHUT)
_TAG_OR_TEXT = re.compile(r'<(?:"[^"]*"|[^">])*>|[^<]+')


def set_marks(state: StateCore) -> None:
    """A rule of the parser, between blocks and their words: put OPEN and SHUT around what env["cited"] names.

    With env["whole"] whole blocks are marked: for a stretch that begins or ends inside of a link or an escape.
    """
    if "cited" not in state.env:
        return
    start, end = state.env["cited"]
    for token, place in _places(state.tokens, state.src):
        covered = [
            (offset + max(start, at) - at, offset + min(end, at + length) - at)
            for offset, at, length in place
            if max(start, at) < min(end, at + length)
        ]
        if covered:
            said = token.content
            first, last = (0, len(said)) if state.env["whole"] else (covered[0][0], covered[-1][1])
            token.content = said[:first] + OPEN + said[first:last] + SHUT + said[last:]


def has_own(text: str) -> bool:
    return OPEN in text or SHUT in text


def without(html: str) -> str:
    return html.translate(_NEITHER)


def highlighted(html: str, *, name: str = "") -> str:
    """Each run of text between the marks in an element of its own; the first gets the name, to be linked to."""
    parts: list[str] = []
    is_on, name = False, name and f' id="{name}"'
    for piece in _TAG_OR_TEXT.findall(html):
        if piece.startswith("<"):
            parts.append(without(piece))
            continue
        for part in re.split(f"([{OPEN}{SHUT}])", piece):
            if part in (OPEN, SHUT):
                is_on = part == OPEN
            elif is_on and part.strip():
                parts.append(f"<mark{name}>{part}</mark>")
                name = ""
            else:
                parts.append(part)
    return "".join(parts)


def lines_of(text: str, start: int, end: int) -> tuple[int, int]:
    """The number of the line in which text[start:end] begins, and of the one after that in which it ends."""
    first = text.count("\n", 0, start)
    return first, first + text.count("\n", start, end) + 1


def _places(tokens: list[Token], text: str) -> Iterator[tuple[Token, list[tuple[int, int, int]]]]:
    """Each token with words, and for each of its lines: where it begins in the token and in the text, and its length.

    The parser has taken away what stood before a line: the mark of a list or a quotation, the border of a cell.
    """
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    row, reached = -1, 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        if not token.map or token.type not in ("inline", "fence", "code_block"):
            continue
        number, offset, found = token.map[0] + (token.type == "fence"), 0, []
        in_table = before is not None and before.type in ("th_open", "td_open")
        if row != number:
            row, reached = number, 0
        for line, whole in zip(token.content.split("\n"), lines[number:], strict=False):
            at = len(whole) - len(line) if whole.endswith(line) and not in_table else whole.find(line, reached)
            if line and at >= 0:
                found.append((offset, starts[number] + at, len(line)))
                reached = at + len(line) if in_table else 0
            offset += len(line) + 1
            number += 1
        yield token, found
