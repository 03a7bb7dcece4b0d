"""What the files of a Rasa project say: examples, responses, forms, slots, and what was told as rules and stories."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from chat.teaching import LONGEST

LARGEST = 10_000_000  # bytes of a file
MOST = 500  # files
NONE = ("out_of_scope", "nlu_fallback")  # what Rasa calls that which is no intent
_MARKED = re.compile(r"\[([^\]]*)\](?:\(([^)]*)\)|\{([^}]*)\})")
_SETTINGS = ("config", "endpoints", "credentials")


class Unreadable(Exception):
    """The folder is no project that could be read; the text says why."""


@dataclass(frozen=True)
class Left:
    """What has no place here, and why."""

    where: str
    why: str


@dataclass
class Project:
    examples: list[tuple[str, str | None]] = field(default_factory=list)
    synonyms: dict[str, list[str]] = field(default_factory=dict)  # by value
    named: dict[str, list[str]] = field(default_factory=dict)  # what was marked, by entity
    patterns: dict[str, list[str]] = field(default_factory=dict)
    lookups: dict[str, list[str]] = field(default_factory=dict)
    responses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    forms: dict[str, list[str]] = field(default_factory=dict)
    slots: dict[str, dict[str, Any]] = field(default_factory=dict)
    tales: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def read(folder: Path) -> Project:
    """All files of the folder, as one project."""
    if not folder.is_dir():
        raise Unreadable(_("%(name)s is no folder.") % {"name": folder})
    told = Project()
    meant: dict[str, str | None] = {}
    for path in _files(folder, told):
        name = str(path.relative_to(folder))
        content = _content(path, name)
        for row in _list(content, "nlu", name):
            _nlu(told, row, name, meant)
        _domain(told, content, name)
        for key in ("rules", "stories"):
            for row in _list(content, key, name):
                called = str(row.get("rule") or row.get("story") or key)
                events = [*_condition(row), *_events(row.get("steps"), f"{name}, {called}", told)]
                if row.get("conversation_start"):
                    told.left.append(
                        Left(f"{name}, {called}", _("begins with the talk: a chat here begins with openers"))
                    )
                else:
                    told.tales.append((f"{name}, {called}", events))
    if not (told.examples or told.responses or told.tales):
        raise Unreadable(_("There is nothing of a Rasa project in %(name)s.") % {"name": folder})
    return told


def _files(folder: Path, told: Project) -> Iterator[Path]:
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    found = [path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    if len(found) > MOST:
        raise Unreadable(_("There are more than %(most)d files in the folder.") % {"most": MOST})
    for path in found:
        name = str(path.relative_to(folder))
        if path.suffix == ".py" and path.stem != "__init__":
            told.left.append(Left(name, _("is code: what it does is asked of a webhook")))
        elif path.suffix not in (".yml", ".yaml"):
            continue
        elif path.stem in _SETTINGS:
            told.left.append(Left(name, _("says how Rasa is run and trained")))
        elif path.relative_to(folder).parts[0] == "tests":
            told.left.append(Left(name, _("holds tests of Rasa")))
        else:
            yield path


def _content(path: Path, name: str) -> dict[str, Any]:
    if path.stat().st_size > LARGEST:
        raise Unreadable(_("%(name)s is larger than 10 MB.") % {"name": name})
    try:
        text = path.read_text(encoding="utf-8")
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
            raise Unreadable(_("%(name)s has parts that stand for others (*): write them out.") % {"name": name})
        content = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise Unreadable(_("%(name)s is not text in UTF-8.") % {"name": name}) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        told = {"name": name, "line": mark.line + 1 if mark else 1}
        raise Unreadable(_("%(name)s:%(line)d is not YAML.") % told) from error
    return content if isinstance(content, dict) else {}


def _list(content: dict[str, Any], key: str, name: str) -> list[dict[str, Any]]:
    rows = content.get(key) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable(_("“%(key)s” of %(name)s is no list.") % {"key": key, "name": name})
    return rows


def _nlu(told: Project, row: dict[str, Any], name: str, meant: dict[str, str | None]) -> None:
    lines = list(_lines(row.get("examples")))
    if "synonym" in row:
        told.synonyms.setdefault(str(row["synonym"]), []).extend(lines)
    elif "regex" in row:
        told.patterns.setdefault(str(row["regex"]), []).extend(lines)
    elif "lookup" in row:
        told.lookups.setdefault(str(row["lookup"]), []).extend(lines)
    elif "intent" in row:
        intent = str(row["intent"])
        for line in lines:
            text = _MARKED.sub(lambda found: _marked(told, found, name), line).strip()
            label = None if intent in NONE else intent
            if not 0 < len(text) <= LONGEST or len(intent) > 100:
                told.left.append(Left(f"{name}, {intent}", _("has an example that is empty or too long")))
            elif meant.setdefault(text.casefold(), label) != label:
                why = _("“%(text)s” is an example of %(other)s already") % {
                    "text": text,
                    "other": meant[text.casefold()],
                }
                told.left.append(Left(f"{name}, {intent}", why))
            else:
                told.examples.append((text, label))


def _lines(examples: Any) -> Iterator[str]:
    """Examples as Rasa writes them: a text of lines with hyphens, or a list of texts."""
    if isinstance(examples, list):
        for each in examples:
            yield from _lines(each.get("text") if isinstance(each, dict) else f"- {each}")
        return
    for line in str(examples or "").splitlines():
        if line.strip().startswith("- "):
            yield line.strip()[2:].strip()


def _marked(told: Project, found: re.Match[str], name: str) -> str:
    text, entity, more = found.groups()
    value = text
    if more:
        try:
            facts = yaml.safe_load("{" + more + "}")
        except yaml.YAMLError as error:
            raise Unreadable(_("%(name)s: “%(mark)s” marks nothing.") % {"name": name, "mark": found[0]}) from error
        entity, value = str(facts.get("entity", "")), str(facts.get("value", text))
    elif ":" in entity:  # [NY](city:New York), as it was written before version 2
        entity, _colon, value = entity.partition(":")
    if value != text:
        told.synonyms.setdefault(value, []).append(text)
    told.named.setdefault(entity, []).append(value)
    return str(text)


def _domain(told: Project, content: dict[str, Any], name: str) -> None:
    for key in ("responses", "forms", "slots"):
        given = content.get(key) or {}
        if isinstance(given, list):
            given = {str(each): {} for each in given}
        if not isinstance(given, dict):
            raise Unreadable(_("“%(key)s” of %(name)s names nothing.") % {"key": key, "name": name})
        for each, value in given.items():
            if key == "responses":
                told.responses[str(each)] = [row for row in value or [] if isinstance(row, dict)]
            elif key == "forms":
                wanted = value.get("required_slots", []) if isinstance(value, dict) else value
                told.forms[str(each)] = [str(slot) for slot in wanted or []]
            else:
                told.slots[str(each)] = value if isinstance(value, dict) else {}


def _condition(row: dict[str, Any]) -> list[dict[str, Any]]:
    given = row.get("condition") or []
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def _events(steps: Any, where: str, told: Project) -> Iterator[dict[str, Any]]:
    for step in steps if isinstance(steps, list) else []:
        if not isinstance(step, dict):
            raise Unreadable(_("A step of %(where)s says nothing.") % {"where": where})
        if "user" in step and "intent" not in step:
            told.left.append(Left(where, _("has the words of a shopper in place of an intent")))
        yield step
