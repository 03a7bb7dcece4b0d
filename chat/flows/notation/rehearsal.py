"""A flow tried out: the same engine, nobody asked, nothing kept. Who tries it says what other systems would answer."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import entities, mood
from chat.flows import asking, engine, hearing
from chat.flows.moves import Call, Do, Heard, Look, Move, Over, Say, State
from chat.flows.scripts import Script

MOST = 40  # lines


@dataclass(frozen=True)
class Line:
    """What was said: by the shopper, by the assistant, or what would happen."""

    who: str
    text: str
    suggestions: tuple[str, ...] = ()


def rehearse(script: Script, said: list[str], *, shop_id: int, language: str, at: datetime) -> list[Line]:
    """The whole talk, from its first line on."""
    lines: list[Line] = []
    state: State | None = None
    for place, text in enumerate(said[:MOST]):
        lines.append(Line("shopper", text))
        heard = _heard(text, shop_id=shop_id, language=language, at=at)
        move = engine.begin(script, heard) if place == 0 else _resumed(script, state, heard)
        lines.extend(_told(move))
        state = move.state
        if state is None:
            break
    return lines


def _resumed(script: Script, state: State | None, heard: Heard) -> Move:
    if state is None:
        return Move(None)
    if state.calls or _waits_for_record(script, state):
        return engine.given(script, state, _answer(heard.text), heard)
    move = engine.resume(script, state, heard)
    return move or Move(state, (Say(_("(This is answered by something else, and then it comes back.)")),))


def _waits_for_record(script: Script, state: State) -> bool:
    place = script.place(state.step)
    return place is not None and "fetch" in script.steps[place]


def _answer(text: str) -> dict[str, Any] | None:
    """What is typed for another system: an object of JSON, or anything else for a failure."""
    try:
        told = json.loads(text)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _told(move: Move) -> list[Line]:
    lines = []
    for effect in move.effects:
        match effect:
            case Say():
                cards = "".join(f"\n{card['title']}" for card in effect.cards)
                lines.append(Line("assistant", effect.text + cards, effect.suggestions))
            case Look(what):
                lines.append(
                    Line("step", _("Looks up: %(what)s. Write what it finds as JSON, or “fails”.") % {"what": what})
                )
            case Call(webhook, sends):
                told = {"what": webhook, "sends": json.dumps(sends, ensure_ascii=False)}
                lines.append(
                    Line("step", _("Asks %(what)s, with %(sends)s. Write its answer as JSON, or “fails”.") % told)
                )
            case Do(what):
                lines.append(Line("step", _("Goes on with: %(what)s.") % {"what": what}))
            case Over():
                told = {
                    "what": effect.title,
                    "facts": "; ".join(f"{name}: {value}" for name, value in effect.collected),
                }
                lines.append(Line("step", _("A person goes on: %(what)s. %(facts)s") % told))
    if move.state is None:
        lines.append(Line("step", _("The flow has ended.")))
    return lines


def _heard(text: str, *, shop_id: int, language: str, at: datetime) -> Heard:
    on = timezone.localdate(at)
    sounds = mood.read(text, language=language)
    return Heard(
        text=text,
        named=entities.find(text, on=on, shop_id=shop_id),
        on=on,
        language=language,
        mood=sounds.kind,
        urgent=sounds.is_urgent,
        wants=asking.wanted(text) or "",
        is_aside=hearing.is_question(text),
    )
