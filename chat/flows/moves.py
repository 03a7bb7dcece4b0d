"""Where somebody can stand in a flow, what there is to go by, and what may happen next. All of it is data."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chat.entities import Entity
from chat.flows import hearing, scripts, slots
from chat.flows.scripts import Script, Step

OFFERED = 8  # choices shown


@dataclass(frozen=True)
class State:
    """Where she stands in a flow, and what is known by then."""

    flow: str
    step: str = ""
    slots: dict[str, str] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    missed: int = 0
    corrected: int = 0
    ruled: tuple[int, ...] = ()
    done: tuple[str, ...] = ()  # slots that something was done with: they stay as they are
    calls: bool = False

    def plain(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in told.items() if value}


def state_of(plain: dict[str, Any]) -> State:
    known: dict[str, Any] = {name: value for name, value in plain.items() if name in State.__dataclass_fields__}
    read: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
    return State(**read)


@dataclass(frozen=True)
class Heard:
    """What there is to go by: her words and what is in them, or what came back from elsewhere."""

    text: str
    named: tuple[Entity, ...] = ()
    on: date = date.min
    language: str = "en"
    intent: str | None = None
    mood: str = ""
    urgent: bool = False
    wants: str = ""  # what is asked of an order
    is_aside: bool = False  # somebody else knows what to say to it
    result: dict[str, Any] | None = None


@dataclass(frozen=True)
class Say:
    text: str
    suggestions: tuple[str, ...] = ()
    cards: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Look:
    """Read a record of our own, at once."""

    what: str


@dataclass(frozen=True)
class Call:
    """Ask another system."""

    webhook: str
    sends: dict[str, Any]


@dataclass(frozen=True)
class Do:
    """Go on with one of the talks that are code."""

    what: str
    order: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Over:
    """A person goes on, with what was collected."""

    title: str = ""
    tags: tuple[str, ...] = ()
    why: str = "unsure"  # asked, unsure or failed
    collected: tuple[tuple[str, str], ...] = ()
    opens_ticket: bool = False


Effect = Say | Look | Call | Do | Over


@dataclass(frozen=True)
class Move:
    """Where she stands now, nowhere if the flow has ended, and what is to happen, in order."""

    state: State | None
    effects: tuple[Effect, ...] = ()
    end: str = ""  # how it ended: done, stopped, over


def prompt(script: Script, state: State, heard: Heard) -> Say:
    """What she was asked, to be asked again after something else."""
    place = script.place(state.step)
    step = script.steps[place] if place is not None else {}
    known = values(script, state, heard)
    match scripts.verb_of(step):
        case "ask":
            slot = script.slots[step["ask"]]
            words = tuple(hearing.label(option, heard.language) for option in slots.options(slot).values())
            return Say(text_of(step["say"], known, heard), words[:OFFERED])
        case "confirm":
            return Say(text_of(step["confirm"], known, heard), (hearing.yes(), hearing.no()))
        case "choose":
            offers = offers_of(step, known)
            rows = step.get("rows", {})
            cards = tuple(
                {
                    "kind": "offer",
                    "title": f"{number}. {text_of(step['title'], each, heard)}",
                    "rows": [[name, text_of(text, each, heard)] for name, text in rows.items()],
                }
                for number, each in enumerate(offers, 1)
            )
            titles = tuple(text_of(step["title"], each, heard) for each in offers)
            return Say(text_of(step["say"], known, heard), titles, cards)
    return Say(hearing.patience())


def values(script: Script, state: State, heard: Heard) -> dict[str, Any]:
    """All that blanks and conditions may name; dates as people write them only in what is said."""
    message = {
        "mood": heard.mood,
        "intent": heard.intent or "",
        "urgent": heard.urgent,
        "text": heard.text,
        "wants": heard.wants,
    }
    chosen = {step["choose"]: None for step in script.steps if "choose" in step}
    return {**chosen, **state.found, **state.slots, "message": message}


def offers_of(step: Step, known: dict[str, Any]) -> list[dict[str, Any]]:
    found = scripts.look_up(known, step["from"])
    return [each for each in found if isinstance(each, dict)][:OFFERED] if isinstance(found, list) else []


def text_of(text: scripts.Text, known: dict[str, Any], heard: Heard) -> str:
    return scripts.filled(scripts.in_language(text, heard.language), known)


def collected(state: State) -> tuple[tuple[str, str], ...]:
    """What she has said, to be read by a person."""
    return tuple((name, value) for name, value in state.slots.items() if value)
