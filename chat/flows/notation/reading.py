"""Flows as YAML: read strictly, so that what is wrong can be said with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _

from chat.flows.notation import checking

LONGEST = 100_000  # characters
DEEPEST = 12
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a flow, and where."""

    line: int
    text: str

    def __str__(self) -> str:
        return str(_("Line %(line)d: %(text)s") % {"line": self.line, "text": self.text})


class Unfit(Exception):
    """It is no flow that could be followed; the problems say why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda each: each.line)
        super().__init__("\n".join(map(str, self.problems)))


def read(text: str) -> dict[str, Any]:
    """The definition that the text holds, checked."""
    if len(text) > LONGEST:
        raise Unfit([Problem(1, _("A flow has %(most)d characters at most.") % {"most": LONGEST})])
    lines: dict[Path, int] = {}
    try:
        definition = _value(_composed(text), (), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = _("This is not YAML: %(why)s.") % {"why": error.problem or error.context}
        raise Unfit([Problem(mark.line + 1 if mark else 1, why)]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Unfit([Problem(1, _("This is not YAML: %(why)s.") % {"why": str(error).splitlines()[0]})]) from error
    problems = [Problem(_line(path, lines), said) for path, said in checking.problems(definition)]
    if problems:
        raise Unfit(problems)
    checked: dict[str, Any] = definition
    return checked


def written(definition: dict[str, Any]) -> str:
    """The definition as YAML that reads the same."""
    return str(yaml.dump(definition, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


def _composed(text: str) -> yaml.Node:
    """The tree of the text. A name that stands for another part is refused: it could hold itself."""
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            said = _("a part cannot stand for another (%(mark)s); write it out") % {"mark": f"&{token.value}"}
            raise yaml.MarkedYAMLError(problem=said, problem_mark=token.start_mark)
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is None:
        raise yaml.MarkedYAMLError(problem=_("there is nothing in it"))
    return node


def _value(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    lines[path] = node.start_mark.line + 1
    if len(path) > DEEPEST:
        raise yaml.MarkedYAMLError(problem=_("it is nested too deeply"), problem_mark=node.start_mark)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem=_("a name must be a word"), problem_mark=key.start_mark)
            name = str(key.value)
            if name in found:
                said = _("“%(name)s” stands here twice") % {"name": name}
                raise yaml.MarkedYAMLError(problem=said, problem_mark=key.start_mark)
            found[name] = _value(value, (*path, name), lines)
            lines[(*path, name)] = key.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, (*path, place), lines) for place, each in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    """Only plain numbers, true and false are no text: “no” is a word here."""
    said = str(node.value)
    if node.style is None:  # type: ignore[attr-defined]  # only scalars come here
        if said in ("true", "false"):
            return said == "true"
        if re.fullmatch(r"-?(0|[1-9]\d{0,14})", said):
            return int(said)
    return said


def _line(path: Path, lines: dict[Path, int]) -> int:
    return next((lines[path[:length]] for length in range(len(path), -1, -1) if path[:length] in lines), 1)


class _Dumper(yaml.SafeDumper):
    """Texts that would be read as something else stand in quotes; nothing is a reference."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _told(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    is_number = bool(re.fullmatch(r"-?(0|[1-9]\d{0,14})|true|false", text))
    style = "'" if is_number else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _told)


def documents(text: str) -> Iterator[tuple[int, str]]:
    """The flows of a file that holds several, parted by lines of ---, each with its first line."""
    lines, first, part = text.splitlines(keepends=True), 1, ""
    for number, line in enumerate([*lines, "---\n"], 1):
        if line.rstrip() == "---":
            if part.strip():
                yield first, part
            first, part = number + 1, ""
        else:
            part += line
