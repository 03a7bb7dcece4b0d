"""Read articles from JSON lines, Markdown, HTML, folders, zip files and sitemaps; whatever cannot be read is named."""

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import yaml
from django.utils.translation import gettext as _

from knowledge import hypertext
from knowledge.articles import clean
from knowledge.models import Audience

LARGEST_FILE = 5_000_000  # bytes of one article's file or line
LARGEST_ZIP = 500_000_000  # bytes of all it unpacks to
MOST_FILES = 50_000
LONGEST_HEAD = 64_000
MARKDOWN, HTML = {".md", ".markdown", ".txt"}, {".html", ".htm", ".xhtml"}
AUDIENCES = {
    "": Audience.PUBLIC,
    "public": Audience.PUBLIC,
    "everybody": Audience.PUBLIC,
    "all": Audience.PUBLIC,
    "customers": Audience.CUSTOMERS,
    "logged-in": Audience.CUSTOMERS,
    "logged_in": Audience.CUSTOMERS,
    "signed-in": Audience.CUSTOMERS,
    "agents": Audience.AGENTS,
    "agents-only": Audience.AGENTS,
    "agents only": Audience.AGENTS,
    "team": Audience.AGENTS,
    "internal": Audience.AGENTS,
}
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIRST_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t#]*(?:\n|\Z)")
_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One article as a source tells it."""

    source: str
    external_id: str
    title: str
    body: str
    language: str = ""
    audience: int = Audience.PUBLIC
    tags: tuple[str, ...] = ()
    category: str = ""
    slug: str = ""
    is_draft: bool = False


@dataclass(frozen=True)
class Problem:
    """What could not be read, and why."""

    source: str
    why: str


Found = Entry | Problem


class Unreadable(Exception):
    """Why a source gives no article, as a sentence."""


def read(where: Path) -> Iterator[Found]:
    """Every article at a path, one after the other; a bad one is told and the next one read."""
    if where.is_dir():
        yield from _folder(where)
    elif where.suffix.lower() == ".zip":
        yield from _zip(where)
    elif where.suffix.lower() in {".jsonl", ".ndjson"}:
        with where.open("rb") as file:
            yield from _lines(file, where.name)
    elif where.suffix.lower() in MARKDOWN | HTML:
        yield from _file(where.name, lambda: _bounded(where.open("rb")))
    else:
        yield Problem(where.name, _("Only .jsonl, .md, .html and .zip files and folders of them can be read."))


def from_page(address: str, html: str, language: str) -> Entry:
    """One page of a website."""
    title, body, said = hypertext.read(html, base=address)
    if not body.strip():
        raise Unreadable(_("There is no text on this page."))
    return Entry(
        source=address, external_id=address[:200], title=title, body=body, language=_language(language or said)
    )


def _folder(where: Path) -> Iterator[Found]:
    for number, path in enumerate(sorted(where.rglob("*"))):
        name = path.relative_to(where).as_posix()
        if number >= MOST_FILES:
            yield Problem(
                where.name, _("There are more than %(most)s files; the rest was left out.") % {"most": MOST_FILES}
            )
            return
        if path.is_symlink() or not path.is_file() or _is_hidden(name):
            continue
        if path.suffix.lower() in {".jsonl", ".ndjson"}:
            with path.open("rb") as file:
                yield from _lines(file, name)
        elif path.suffix.lower() in MARKDOWN | HTML:
            yield from _file(name, lambda path=path: _bounded(path.open("rb")))  # type: ignore[misc]


def _zip(where: Path) -> Iterator[Found]:
    try:
        archive = zipfile.ZipFile(where)
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        yield Problem(where.name, _("This is not a zip file, or it is damaged."))
        return
    left = LARGEST_ZIP
    with archive:
        for number, member in enumerate(archive.infolist()):
            name, suffix = member.filename, PurePosixPath(member.filename).suffix.lower()
            if number >= MOST_FILES or left <= 0:
                yield Problem(where.name, _("This zip file unpacks to too much; the rest was left out."))
                return
            if member.is_dir() or _is_hidden(name):
                continue
            if suffix in {".jsonl", ".ndjson"}:
                try:
                    with archive.open(member) as file:
                        yield from _lines(file, name, left)
                except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as broken:
                    yield Problem(name, _broken(broken))
                left -= min(member.file_size, left)
            elif suffix in MARKDOWN | HTML:
                for found in _file(name, lambda member=member: _bounded(archive.open(member))):  # type: ignore[misc]
                    left -= len(found.body) if isinstance(found, Entry) else LARGEST_FILE
                    yield found


def _lines(file: IO[bytes], name: str, most: int = LARGEST_ZIP * 20) -> Iterator[Found]:
    number = read = 0
    while line := file.readline(LARGEST_FILE + 1):
        number += 1
        read += len(line)
        source = f"{name}:{number}"
        if len(line) > LARGEST_FILE:
            while line and not line.endswith(b"\n"):
                line = file.readline(LARGEST_FILE)
            yield Problem(source, _too_large())
            continue
        if read > most:
            yield Problem(name, _("This file is too large; the rest was left out."))
            return
        if line.strip():
            yield _line(line, source)


def _line(line: bytes, source: str) -> Found:
    try:
        told = json.loads(text_of(line))
    except (ValueError, RecursionError):
        return Problem(source, _("This line is not JSON."))
    try:
        if not isinstance(told, dict):
            raise Unreadable(_("This line is not a JSON object."))
        title, body = _text(told.get("title")), _text(told.get("content", told.get("body")))
        return _entry(source, told, title=title, body=body, name="")
    except Unreadable as why:
        return Problem(source, str(why))


def _file(name: str, load: Callable[[], bytes]) -> Iterator[Found]:
    try:
        raw = load()
        if PurePosixPath(name).suffix.lower() in HTML:
            title, body, language = hypertext.read(text_of(raw, html=True))
            yield _entry(name, {"language": language}, title=title, body=body, name=name)
        else:
            yield _markdown(name, text_of(raw))
    except Unreadable as why:
        yield Problem(name, str(why))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as broken:
        yield Problem(name, _broken(broken))


def _markdown(name: str, text: str) -> Entry:
    told: dict[str, Any] = {}
    if head := _FRONT_MATTER.match(text):
        told, text = _head(head[1]), text[head.end() :].lstrip("\n")
    elif re.match(r"\A\ufeff?---[ \t]*\r?\n", text):
        raise Unreadable(_("The front matter is never closed: a line --- is missing."))
    title = told.get("title")
    if title is None and (heading := _FIRST_HEADING.match(text)):
        title, text = heading[1].strip(), text[heading.end() :].lstrip("\n")
    return _entry(name, told, title=str(title or ""), body=text, name=name)


def _head(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_HEAD:
        raise Unreadable(_("The front matter is too long."))
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
            raise Unreadable(_("The front matter must not refer to itself."))
        told = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as broken:
        mark = getattr(broken, "problem_mark", None)
        where = _(" near line %(line)s") % {"line": mark.line + 2} if mark else ""
        raise Unreadable(_("The front matter is broken%(where)s.") % {"where": where}) from None
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise Unreadable(_("The front matter must be names with values."))
    return {str(key).lower(): value for key, value in told.items()}


def _entry(source: str, told: dict[str, Any], *, title: str, body: str, name: str) -> Entry:
    given = told.get("id")
    external_id = _short("" if given is None else given)  # 0 is an id too
    if not external_id and name:
        external_id = PurePosixPath(name).with_suffix("").as_posix().strip("./")
    if len(external_id) > 200:
        raise Unreadable(_("The id is longer than 200 characters."))
    if not title.strip() and not body.strip():
        raise Unreadable(_("There is neither a title nor a text."))
    return Entry(
        source=source,
        external_id=external_id,
        title=title.strip(),
        body=body,
        language=_language(told.get("language") or told.get("lang") or ""),
        audience=_audience(told.get("audience")),
        tags=_tags(told.get("tags")),
        category=_short(told.get("category") or "")[:200],
        slug=_short(told.get("slug") or "")[:180],
        is_draft=told.get("draft") is True or str(told.get("status") or "").lower() == "draft",
    )


def _text(told: Any) -> str:
    """Words, or a number that stands where words should; nothing where there is nothing."""
    if isinstance(told, bool) or not isinstance(told, str | int | float | None):
        raise Unreadable(_("Title and content must be text."))
    return "" if told is None else str(told)


def _short(told: Any) -> str:
    return clean(str(told)).strip()


def _audience(told: Any) -> int:
    audience = AUDIENCES.get(str(told or "").strip().lower())
    if audience is None:
        raise Unreadable(_("The audience must be public, logged-in or agents."))
    return audience


def _language(told: Any) -> str:
    """A code as an article keeps it: language, and script or country."""
    code = str(told or "").strip().replace("_", "-").lower()
    if code and not re.fullmatch(r"[a-z]{2,3}(?:-[a-z0-9]{2,6})*", code):
        raise Unreadable(_("The language must be a code such as en or pt-br."))
    return "-".join(code.split("-")[:2])


def _tags(told: Any) -> tuple[str, ...]:
    if isinstance(told, str):
        told = told.split(",")
    if not isinstance(told, list):
        return ()
    return tuple(dict.fromkeys(_short(tag)[:100] for tag in told if _short(tag or "")))


def text_of(raw: bytes, *, html: bool = False) -> str:
    """The text of bytes in UTF-8, UTF-16 or, failing that, what Windows writes."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    if html and (named := _CHARSET.search(raw[:2000])):
        try:
            return raw.decode(named[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _bounded(file: IO[bytes]) -> bytes:
    """The whole of a file that says nothing true about its size."""
    with file:
        raw = file.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise Unreadable(_too_large())
    return raw


def _too_large() -> str:
    return _("This is larger than %(most)s MB.") % {"most": LARGEST_FILE // 1_000_000}


def _broken(error: Exception) -> str:
    if "password" in str(error):
        return _("This file is locked with a password.")
    return _("This file cannot be read.")


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in PurePosixPath(name).parts)
