"""A flow as data: its slots, its steps in order, what begins it, and the rules that hold all through it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

END = "end"
WHOLE = 100  # steps that a flow may have
# Each verb of a step, with what may stand beside it.
VERBS: dict[str, frozenset[str]] = {
    "ask": frozenset({"say", "again", "otherwise"}),
    "fetch": frozenset({"as", "send", "say", "failed"}),
    "choose": frozenset({"from", "say", "again", "title", "rows", "none", "otherwise"}),
    "if": frozenset({"else"}),
    "confirm": frozenset({"again", "no", "otherwise"}),
    "act": frozenset({"as", "send", "say", "failed"}),
    "ticket": frozenset({"say", "tags"}),
    "hand_over": frozenset({"say"}),
    "say": frozenset(),  # last: the others may say something, too
}
WAITS = frozenset({"ask", "choose", "confirm"})
LAST = frozenset({"ticket", "hand_over"})
JUMPS = ("go", "else", "no", "failed", "none", "otherwise")
RECORDS = ("order", "product", "customer")  # what is fetched of our own
# What the coded talks do: they answer and ask on their own, so that the flow ends with them.
CODED = (
    "status", "items", "ship_to", "payment", "tracking", "cancel", "address", "return", "exchange", "refund", "product",
    "articles", "stock_alert",
)  # fmt: skip
NEEDS = {"stock_alert": ("product", "email", "variant.sku")}  # what such a talk is given
_BLANK = re.compile(r"\{([\w.]+)\}")

Step = dict[str, Any]
Text = str | dict[str, str]


@dataclass(frozen=True)
class Script:
    """A checked definition, ready to be followed."""

    definition: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.definition["flow"])

    @property
    def title(self) -> Text:
        title: Text = self.definition.get("title", self.name)
        return title

    @property
    def slots(self) -> dict[str, dict[str, Any]]:
        slots: dict[str, dict[str, Any]] = self.definition.get("slots", {})
        return slots

    @property
    def steps(self) -> list[Step]:
        steps: list[Step] = self.definition["steps"]
        return steps

    @property
    def rules(self) -> list[dict[str, Any]]:
        rules: list[dict[str, Any]] = self.definition.get("rules", [])
        return rules

    def starts(self, by: str) -> list[str]:
        starts: list[str] = self.definition.get("starts", {}).get(by, [])
        return starts

    def place(self, name: str) -> int | None:
        """Where the step of this name stands; none where there is none."""
        return next((at for at, step in enumerate(self.steps) if name_of(step, at) == name), None)

    def named(self, place: int) -> str:
        return name_of(self.steps[place], place)

    def target(self, place: int, jump: str) -> int:
        """Where a step leads by this jump; without it to the next, and behind the last is the end."""
        name = self.steps[place].get(jump)
        if name is None:
            return place + 1
        if name == END:
            return len(self.steps)
        found = self.place(str(name))
        return len(self.steps) if found is None else found

    def asks_for(self, slot: str) -> int | None:
        """The first step that fills a slot."""
        return next((at for at, step in enumerate(self.steps) if slot in (step.get("ask"), step.get("choose"))), None)


def name_of(step: Step, place: int) -> str:
    """What a step is called, or its number as people count."""
    return str(step.get("id", place + 1))


def verb_of(step: Step) -> str:
    return next((verb for verb in VERBS if verb in step), "")


def kept_as(step: Step) -> str:
    """Under which name the answer of a system or a record is kept."""
    asked = step.get("fetch", step.get("act", ""))
    return str(step.get("as") or (asked.get("webhook") if isinstance(asked, dict) else asked))


def webhook_of(step: Step) -> str:
    """The webhook that a step calls; nothing where it is our own."""
    asked = step.get("fetch", step.get("act", ""))
    return str(asked.get("webhook", "")) if isinstance(asked, dict) else ""


def in_language(text: Text, language: str) -> str:
    """The text in her language, else in English, else in whichever there is."""
    if isinstance(text, str):
        return text
    return text.get(language) or text.get(language.split("-")[0]) or text.get("en") or next(iter(text.values()), "")


def blanks(text: Text) -> Iterator[str]:
    """The names of what a text has blanks for."""
    for said in [text] if isinstance(text, str) else text.values():
        yield from _BLANK.findall(said)


def filled(text: str, values: dict[str, Any]) -> str:
    """The text with what is known in its blanks."""
    return _BLANK.sub(lambda blank: shown(look_up(values, blank[1])), text)


def look_up(values: dict[str, Any], name: str) -> Any:
    """A value by its dotted name; none where there is none."""
    found: Any = values
    for part in name.split("."):
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found


def shown(value: Any) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return ""
    return str(value)[:500]
