"""Records out of a file of any size, one at a time: JSON lines, a JSON document, or a table in CSV."""

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accounts.commerce import tables
from accounts.commerce.told import Wrong

LONGEST = 1_000_000  # characters of one record
CHUNK = 1 << 18
QUOTED_LINES = 100
KINDS = ("customer", "product", "order")
LISTS = {f"{kind}s": kind for kind in KINDS}


@dataclass(frozen=True)
class Found:
    line: int
    kind: str
    told: dict[str, Any]


@dataclass(frozen=True)
class Problem:
    line: int
    why: str


class Unreadable(ValueError):
    """A file of which nothing can be taken."""


def read(path: Path) -> Iterator[Found | Problem]:
    """What stands in a file, in its order, with the line each begins at."""
    try:
        head = next((text for text in _chunks(path) if text.strip()), "").lstrip()
    except OSError as error:
        raise Unreadable(_("It cannot be read: %(why)s.") % {"why": error.strerror}) from error
    if not head:
        raise Unreadable(_("It is empty."))
    first = head.split("\n", 1)[0]
    if first[0] not in "{[":
        return _table(path, max(",;\t", key=first.count))
    return _json_lines(path) if first[0] == "{" and re.search(r'"type"\s*:', first) else _document(path)


def objects(path: Path, lists: Mapping[str, str], kind: str) -> Iterator[Found | Problem]:
    """Objects of another system's export: one a line, a list, or lists in one object, known by their names."""
    head = next((text for text in _chunks(path) if text.strip()), "").lstrip()
    return _others(path, lists, kind) if _is_whole(head, lists) else _other_lines(path, kind)


def _is_whole(head: str, lists: Mapping[str, str]) -> bool:
    """Whether a file is one value, and not one object a line."""
    first = head.split("\n", 1)[0]
    try:
        told = json.loads(first)
    except (ValueError, RecursionError):
        return not re.match(r'\{\s*"id"\s*:', first)  # a list or an object over several lines, or a line that is cut
    wraps = isinstance(told, dict) and "id" not in told
    return not isinstance(told, dict) or (
        wraps and any(isinstance(told.get(name), list | dict) for name in (*lists, "data"))
    )


def _other_lines(path: Path, kind: str) -> Iterator[Found | Problem]:
    for number, text in _lines(path):
        if text is None:
            yield Problem(number, _too_long())
        elif text.strip():
            try:
                told = json.loads(text, **_EXACT)
            except (ValueError, RecursionError):
                yield Problem(number, _("This is not JSON."))
                continue
            yield Found(number, kind, told) if isinstance(told, dict) else Problem(number, _no_object())


def _others(path: Path, lists: Mapping[str, str], kind: str) -> Iterator[Found | Problem]:
    window = _Window(_chunks(path))
    if window.sign() == "[":
        yield from _list(window, kind, _theirs)
        return
    window.skip(1)
    while (sign := window.sign()) and sign != "}":
        line = window.line
        try:
            name = str(window.value())
            if name in lists and window.sign() == "[":
                yield from _list(window, lists[name] or kind, _theirs)
            elif name == "data" and window.sign() == "{":
                window.skip(1)  # what a page of an interface wraps its list in
            else:
                window.value()
        except Wrong as why:
            yield Problem(line, str(why))
            return
    if not sign:
        yield Problem(window.line, _("The file breaks off before its end."))


def _theirs(line: int, told: Any, kind: str | None) -> Found | Problem:
    return Found(line, kind or "", told) if isinstance(told, dict) else Problem(line, _no_object())


def _no_object() -> str:
    return _("This is not a JSON object.")


# Text.


def _chunks(path: Path) -> Iterator[str]:
    """The text of a file. Bytes that do not fit the rest come as lone surrogates, which no record may hold."""
    decoder = codecs.getincrementaldecoder(_encoding(path))(errors="surrogateescape")
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 by its mark; UTF-8 if any of its lines is; else what spreadsheets write on Windows."""
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        fits, breaks = False, False
        while chunk := file.readline(CHUNK):
            if chunk.isascii():
                continue
            try:
                codecs.utf_8_decode(chunk, "strict", False)
                fits = True
            except UnicodeDecodeError:
                breaks = True
            if fits:
                return "utf-8-sig"
    return "cp1252" if breaks else "utf-8-sig"


def _lines(path: Path) -> Iterator[tuple[int, str | None]]:
    """Lines by number; one that is too long is None, and was never held."""
    rest, too_long, number = "", False, 1
    for chunk in _chunks(path):
        *whole, rest = (rest + chunk).split("\n")
        for line in whole:
            yield number, None if too_long or len(line) > LONGEST else line.removesuffix("\r")
            number, too_long = number + 1, False
        if too_long or len(rest) > LONGEST:
            rest, too_long = "", True
    if rest or too_long:
        yield number, None if too_long else rest.removesuffix("\r")


# JSON.


def _json_lines(path: Path) -> Iterator[Found | Problem]:
    for number, text in _lines(path):
        if text is None:
            yield Problem(number, _too_long())
        elif text.strip():
            try:
                yield _record(number, json.loads(text, **_EXACT), None)
            except (ValueError, RecursionError):
                yield Problem(number, _("This is not JSON."))


def _no_number(name: str) -> Any:
    raise ValueError(name)


_EXACT: dict[str, Any] = {"parse_float": Decimal, "parse_constant": _no_number}
_DECODER = json.JSONDecoder(**_EXACT)
_GAP = re.compile(r"[\s,:]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")


def _record(line: int, told: Any, kind: str | None) -> Found | Problem:
    """One object; what it is stands in it, or is known from the list that it is in."""
    if not isinstance(told, dict):
        return Problem(line, _no_object())
    found = str(told.pop("type", kind))
    if found not in KINDS:
        return Problem(line, _("Its “type” must be customer, product or order."))
    return Found(line, found, told)


def _too_long() -> str:
    return _("This is longer than %(most)s characters.") % {"most": LONGEST}


def _document(path: Path) -> Iterator[Found | Problem]:
    """The objects of a list, or of the lists customers, products and orders of one object."""
    window = _Window(_chunks(path))
    if window.sign() == "[":
        yield from _list(window, None)
        return
    window.skip(1)
    while (sign := window.sign()) and sign != "}":
        line = window.line
        try:
            name = str(window.value())
            kind = LISTS.get(name)
            if kind and window.sign() == "[":
                yield from _list(window, kind)
                continue
            window.value()
        except Wrong as why:
            yield Problem(line, str(why))
            return
        yield Problem(line, _("“%(name)s” is none of the lists customers, products, orders.") % {"name": name[:50]})


def _list(
    window: "_Window", kind: str | None, record: Callable[[int, Any, str | None], Found | Problem] | None = None
) -> Iterator[Found | Problem]:
    window.skip(1)
    while (sign := window.sign()) and sign != "]":
        line = window.line
        try:
            yield (record or _record)(line, window.value(), kind)
        except Wrong as why:
            yield Problem(line, str(why))
            window.recover()
    if not sign:
        yield Problem(window.line, _("The file breaks off before its end."))
    window.skip(1)


class _Window:
    """The part of a long text that is looked at; what was passed is forgotten."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self.chunks, self.held, self.line = chunks, "", 1

    def sign(self) -> str:
        """The next character that means something; none at the end."""
        while True:
            gap = _GAP.match(self.held)
            self.skip(gap.end() if gap else 0)
            if self.held or not self._more():
                return self.held[:1]

    def value(self) -> Any:
        """The next value, whole; what is broken or too long stays where it is."""
        self.sign()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.held)
            except (ValueError, RecursionError):
                if len(self.held) <= LONGEST and self._more():
                    continue
                raise Wrong(_too_long() if len(self.held) > LONGEST else _("This is not JSON.")) from None
            if end == len(self.held) and not self.held.endswith(("}", "]", '"')) and self._more():
                continue  # a number may go on
            self.skip(end)
            return value

    def recover(self) -> None:
        """Go on behind the next object that ends where another begins."""
        self.skip(1)
        while (found := _NEXT.search(self.held)) is None:
            self.skip(max(len(self.held) - 1000, 0))
            if not self._more():
                self.skip(len(self.held))
                return
        self.skip(found.end())

    def skip(self, characters: int) -> None:
        self.line += self.held.count("\n", 0, characters)
        self.held = self.held[characters:]

    def _more(self) -> bool:
        chunk = next(self.chunks, None)
        self.held += chunk or ""
        return chunk is not None


# Tables.


def _table(path: Path, delimiter: str) -> Iterator[Found | Problem]:
    rows = _rows(path, delimiter)
    _number, header = next(rows)
    if isinstance(header, Problem):
        raise Unreadable(header.why)
    try:
        table = tables.table_of(header)
    except Wrong as why:
        raise Unreadable(str(why)) from None
    return _records(table, rows)


def _records(table: tables.Table, rows: Iterator[tuple[int, list[str] | Problem]]) -> Iterator[Found | Problem]:
    """Rows that follow each other with the same key are one record."""
    key, began, group = "", 0, list[dict[str, str]]()
    for number, row in rows:
        if isinstance(row, Problem):
            yield row
        elif len(row) != len(table.columns):
            yield Problem(
                number,
                _("There are %(some)s columns where the first line has %(all)s.")
                % {"some": len(row), "all": len(table.columns)},
            )
        else:
            told = {name: value.strip() for name, value in zip(table.columns, row, strict=True) if value.strip()}
            if group and told.get(table.key, "") != key:
                yield Found(began, table.kind, table.whole(group))
                group = []
            if not group:
                key, began = told.get(table.key, ""), number
            group.append(told)
            if not key or len(group) > tables.ROWS:
                yield Found(began, table.kind, table.whole(group))
                group = []
    if group:
        yield Found(began, table.kind, table.whole(group))


def _rows(path: Path, delimiter: str) -> Iterator[tuple[int, list[str] | Problem]]:
    """Rows with the line each begins at; a cell in quotes may hold line breaks, a quote never closed may not."""
    held: list[str] = []
    began = 0
    for number, text in _lines(path):
        if text is None:
            held = []
            yield number, Problem(number, _too_long())
            continue
        if not held and not text.strip():
            continue
        began = began if held else number
        held.append(text)
        whole = "\n".join(held)
        if whole.count('"') % 2 and len(held) < QUOTED_LINES and len(whole) < LONGEST:
            continue
        held = []
        yield began, _cells(began, whole, delimiter)
    if held:
        yield began, _cells(began, "\n".join(held), delimiter)


def _cells(line: int, text: str, delimiter: str) -> list[str] | Problem:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return Problem(line, _("A quote that is opened here is never closed, or one stands where none may."))
    return rows[0] if rows else []
