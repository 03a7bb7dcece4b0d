"""HTML into the Markdown we keep: what people read, without scripts, menus and styles."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

_SILENT = {
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "object",
    "head",
    "nav",
    "footer",
    "form",
    "aside",
}
_BLOCKS = {
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "figure",
    "figcaption",
    "dl",
    "dt",
    "dd",
    "address",
    "table",
}
_VOID = {"br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base", "embed", "source", "track", "param"}
_SAFE_LINK = re.compile(r"(?:https?:|mailto:|tel:|/|#|[^:]*$)", re.IGNORECASE)
DEEPEST = 400


class _Reader(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = base
        self.title = ""
        self.language = ""
        self.links: list[str] = []
        self._parts: list[str] = []
        self._silent: list[str] = []
        self._lists: list[list[int]] = []  # [-1] for bullets, else the number of the next item
        self._in_title = False
        self._verbatim = 0
        self._hrefs: list[str] = []
        self._row: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        if tag == "title":
            self._in_title = True
        if self._silent or tag in _SILENT:
            if tag not in _VOID and len(self._silent) < DEEPEST:
                self._silent.append(tag)
            return
        if re.fullmatch("h[1-6]", tag):
            self._break("\n\n" + "#" * int(tag[1]) + " ")
        elif tag in ("ul", "ol"):
            start = given.get("start", "1")
            self._lists.append([-1 if tag == "ul" else int(start) if start.isdecimal() and len(start) < 5 else 1])
            self._break("" if len(self._lists) > 1 else "\n\n")
        elif tag == "li":
            self._item()
        elif tag in _BLOCKS:
            if tag == "table" or not (tag == "p" and self._is_at_item()):
                self._break("\n\n")
        elif tag == "br":
            self._break("\n")
        elif tag == "hr":
            self._break("\n\n---\n\n")
        elif tag == "pre":
            self._verbatim += 1
            self._break("\n\n```\n")
        elif tag == "code" and not self._verbatim:
            self._parts.append("`")
        elif tag in ("strong", "b"):
            self._parts.append("**")
        elif tag in ("em", "i"):
            self._parts.append("*")
        elif tag == "blockquote":
            self._break("\n\n> ")
        elif tag == "a":
            self._hrefs.append(given.get("href", "").strip())
            if self._hrefs[-1]:
                self.links.append(urljoin(self.base, self._hrefs[-1]))
            self._parts.append("[")
        elif tag == "img" and given.get("src") and _SAFE_LINK.match(given["src"]):
            self._parts.append(f"![{given.get('alt', '')}]({urljoin(self.base, given['src'])})")
        elif tag == "tr":
            self._row = []
            self._break("\n")
        elif tag in ("td", "th") and self._row is not None:
            self._row.append(tag)
            self._parts.append("| ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if self._silent:
            if tag in self._silent:
                while self._silent.pop() != tag:
                    pass
            return
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self._break("\n\n" if not self._lists else "\n")
        elif re.fullmatch("h[1-6]", tag) or tag in _BLOCKS or tag == "blockquote":
            self._break("\n\n")
        elif tag == "pre" and self._verbatim:
            self._verbatim -= 1
            self._break("\n```\n\n")
        elif tag == "code" and not self._verbatim:
            self._parts.append("`")
        elif tag in ("strong", "b"):
            self._parts.append("**")
        elif tag in ("em", "i"):
            self._parts.append("*")
        elif tag == "a" and self._hrefs:
            href = self._hrefs.pop()
            safe = href and _SAFE_LINK.match(href)
            self._parts.append(f"]({urljoin(self.base, href)})" if safe else "]")
        elif tag in ("td", "th") and self._row:
            self._parts.append(" ")
        elif tag == "tr" and self._row:
            self._parts.append("|")
            if self._row[0] == "th":
                self._break("\n" + "|---" * len(self._row) + "|")
            self._row = None

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        if self._silent:
            return
        if not self._verbatim:
            data = re.sub(r"\s+", " ", data)
            if not data.strip() and (not self._parts or self._parts[-1].endswith(("\n", " "))):
                return
            if self._parts and self._parts[-1].endswith("\n"):
                data = data.lstrip()
        self._parts.append(data)

    def _item(self) -> None:
        depth = max(0, len(self._lists) - 1)
        mark = "-"
        if self._lists and self._lists[-1][0] >= 0:
            mark = f"{self._lists[-1][0]}."
            self._lists[-1][0] += 1
        self._break("\n" + "   " * min(depth, 6) + mark + " ")

    def _is_at_item(self) -> bool:
        return bool(self._parts) and bool(re.search(r"(?:-|\d+\.) $", self._parts[-1]))

    def _break(self, mark: str) -> None:
        self._parts.append(mark)

    def text(self) -> str:
        text = "".join(self._parts)
        text = re.sub(r"\[\s*\](?:\([^)]*\))?|\*\*\s*\*\*", "", text)
        text = re.sub(r"[ \t]+\n", "\n", text)
        return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def read(html: str, *, base: str = "") -> tuple[str, str, str]:
    """Title, Markdown and language of a page; never an error, whatever the page."""
    reader = _reader(html, base)
    body = reader.text()
    heading = re.match(r"\s*#\s+(.+)\n", body)
    title = heading[1].strip() if heading else " ".join(reader.title.split())
    return title, (body[heading.end() :].lstrip("\n") if heading else body), reader.language


def links(html: str, *, base: str) -> list[str]:
    """Where a page leads."""
    return _reader(html, base).links


def _reader(html: str, base: str) -> _Reader:
    reader = _Reader(base)
    reader.feed(html)
    reader.close()
    return reader
