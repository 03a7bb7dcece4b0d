"""Markdown as safe HTML: whatever an article says, no script, no style and no form of it reaches a reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge import marking

Span = tuple[int, int]
LONGEST_MARKED = 200_000  # characters of a text in which words are marked: each reader has it laid out anew

TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "kbd", "li", "ol", "p"),
    *("pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul", "details", "summary"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}


@dataclass(frozen=True)
class Heading:
    """An entry of an article's table of contents."""

    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Page:
    """An article as it is read."""

    html: SafeString
    contents: tuple[Heading, ...]
    is_marked: bool = False


@dataclass(frozen=True)
class Excerpt:
    """The blocks of an article around a cited stretch, which is marked in them, and the heading they stand under."""

    html: SafeString
    heading: Heading | None


def render(text: str, *, cited: Span | None = None) -> Page:
    """The safe HTML of a text and its headings; the title above it is level 1, so its own begin at level 2.

    What `cited` names, text[start:end], is marked, and id="cited" is where to find it.
    """
    page = _page(text)
    if cited and (marked := _marked(text, page.html, cited, slice(None), name="cited")):
        return Page(marked, page.contents, is_marked=True)
    return page


def excerpt(text: str, cited: Span) -> Excerpt | None:
    """The blocks that text[start:end] stands in and their neighbours, if it can be marked in them."""
    if len(text) > LONGEST_MARKED:
        return None
    tokens, contents = _read(text)
    first_line, last_line = marking.lines_of(text, *cited)
    headings = [token.map[0] for token in tokens if token.type == "heading_open" and token.map]
    above = [heading for line, heading in zip(headings, contents, strict=True) if line <= first_line]
    blocks = list(_blocks(tokens))
    held = [
        number
        for number, (first, last) in enumerate(blocks)
        if (lines := tokens[first].map) and lines[0] < last_line and first_line < lines[1]
    ]
    if not held:
        return None
    near = [number for number in (held[0] - 1, held[-1] + 1) if 0 <= number < len(blocks)]
    held += [number for number in near if tokens[blocks[number][0]].type != "heading_open"]
    shown = slice(blocks[min(held)][0], blocks[max(held)][1])
    html = _marked(text, _html(tokens[shown]), cited, shown)
    return Excerpt(html, above[-1] if above else None) if html else None


@lru_cache(maxsize=64)
def _page(text: str) -> Page:
    """What is read often is laid out once in a process."""
    tokens, contents = _read(text)
    return Page(_html(tokens), contents)


def _marked(text: str, plain: str, cited: Span, tokens: slice, *, name: str = "") -> SafeString | None:
    """The HTML of some tokens, which is `plain`, with the cited stretch marked and nothing else changed, or None."""
    if len(text) > LONGEST_MARKED or marking.has_own(text):
        return None
    for whole in (False, True):
        html = _html(_read(text, cited=cited, whole=whole)[0][tokens])
        if html != plain and marking.without(html) == plain:
            marked = marking.highlighted(html, name=name)
            return mark_safe(marked) if marked != plain else None  # noqa: S308 (marks in what was cleaned)
    return None


def _read(text: str, **env: Any) -> tuple[list[Token], tuple[Heading, ...]]:
    tokens = _reader().parse(text, env)
    for token in tokens:
        if token.type in ("th_open", "td_open") and token.attrs:
            token.attrs = {"align": str(token.attrs["style"]).rpartition(":")[2]}
    return tokens, tuple(_headings(tokens))


def _html(tokens: list[Token]) -> SafeString:
    clean = nh3.clean(
        _reader().renderer.render(tokens, _reader().options, {}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
        clean_content_tags={"script", "style"},
    )
    return mark_safe(clean)  # noqa: S308 (cleaned above)


def plain(text: str) -> str:
    """The words of a text as they are read aloud: no marks, each block, item and row on a line of its own."""
    lines: list[str] = []
    numbers: list[int | None] = []  # of the next item of each list we are in; a bullet has none
    row: list[str] | None = None
    opening = ""
    for token in _reader().parse(text):
        if token.type == "ordered_list_open":
            numbers.append(int(token.attrGet("start") or 1))
        elif token.type == "bullet_list_open":
            numbers.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            numbers.pop()
        elif token.type == "list_item_open":
            number = numbers[-1]
            opening = "\u2022 " if number is None else f"{number}. "
            numbers[-1] = None if number is None else number + 1
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            lines.append(" \u00b7 ".join(row or []))
            row = None
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.rstrip("\n"))
        elif token.type == "inline":
            words = "".join(_spoken(child) for child in token.children or [])
            if row is not None:
                row.append(words)
            elif words.strip():
                lines.append(opening + words)
                opening = ""
    return "\n".join(lines)


def _spoken(token: Token) -> str:
    if token.type in ("text", "code_inline"):
        return str(token.content)
    return "\n" if token.type in ("softbreak", "hardbreak") else ""


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.core.ruler.after("block", "marks", marking.set_marks)
    return reader


def _blocks(tokens: list[Token]) -> Iterator[Span]:
    """First and last of the tokens of each block that stands in no other."""
    first = 0
    for number, token in enumerate(tokens, 1):
        if token.level == 0 and token.nesting <= 0:
            yield first, number
            first = number


def _headings(tokens: list[Token]) -> Iterator[Heading]:
    """Shift the headings under the page's own, name each once, and list them."""
    top = min((int(token.tag[1]) for token in tokens if token.type == "heading_open"), default=2)
    used: set[str] = set()
    for token, inside, close in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type != "heading_open":
            continue
        level = min(6, int(token.tag[1]) - top + 2)
        words = "".join(child.content for child in inside.children or [] if child.type in ("text", "code_inline"))
        base = slugify(words, allow_unicode=True)[:60] or "section"
        name, number = base, 1
        while name in used:
            number += 1
            name = f"{base}-{number}"
        used.add(name)
        token.tag = close.tag = f"h{level}"
        token.attrSet("id", name)
        yield Heading(level, name, words)
