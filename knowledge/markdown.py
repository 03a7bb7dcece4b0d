"""Markdown as safe HTML: whatever an article says, no script, no style and no form of it reaches a reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

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


def render(text: str) -> Page:
    """The safe HTML of a text and its headings; the title above it is level 1, so its own begin at level 2."""
    tokens = _reader().parse(text)
    contents = tuple(_headings(tokens))
    html = _reader().renderer.render(tokens, _reader().options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
        clean_content_tags={"script", "style"},
    )
    return Page(mark_safe(clean), contents)  # noqa: S308 (cleaned above)


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


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
