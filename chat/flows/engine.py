"""Following a flow: what was said and where she stands, in; where she stands then and what is to happen, out.

It reads nothing and does nothing. A jump leads forward only (`notation.checking` sees to it), so every move comes to an
end; only the shopper leads back, by correcting what she said, and not without end.
"""

from dataclasses import replace
from typing import Any

from chat.flows import conditions, hearing, scripts, slots
from chat.flows.correcting import corrected, taking
from chat.flows.moves import (
    Call,
    Do,
    Effect,
    Heard,
    Look,
    Move,
    Over,
    Say,
    State,
    collected,
    offers_of,
    prompt,
    text_of,
    values,
)
from chat.flows.scripts import Script, Step

ASKED = 2  # times, before somebody else is asked to help
CORRECTED = 12  # times


def begin(script: Script, heard: Heard) -> Move:
    """Begin with all that was said already."""
    state = taking(script, State(script.name), heard)
    return _go(script, state, 0, heard)


def resume(script: Script, state: State, heard: Heard) -> Move | None:
    """Go on from where she stands; nothing where she speaks of something else."""
    place = script.place(state.step)
    if place is None:
        return None
    step = script.steps[place]
    if heard.result is not None:
        return given(script, state, heard.result.get("value"), heard) if state.calls else None
    if hearing.stops(heard.text):
        return Move(None, (Say(hearing.stopped(bool(state.done))),), "stopped")
    ruled = _ruled(script, state, heard)
    if ruled is not None:
        return ruled
    if state.calls:
        return None if heard.is_aside else Move(state, (Say(hearing.patience()),))
    taken_back = corrected(script, state, place, heard)
    if taken_back is not None:
        if state.corrected >= CORRECTED:
            return _over(script, state, step, heard)
        return _go(script, taken_back[0], taken_back[1], heard)
    match scripts.verb_of(step):
        case "ask":
            return _asked(script, state, place, heard)
        case "choose":
            return _chosen(script, state, place, heard)
        case "confirm":
            return _confirmed(script, state, place, heard)
    return None


def again(script: Script, state: State, heard: Heard) -> Move:
    """Nobody understood: ask once more in other words, then let somebody else help."""
    place = script.place(state.step)
    if place is None:
        return Move(None, (Over(collected=collected(state)),), "over")
    step = script.steps[place]
    if state.missed + 1 >= ASKED:
        if step.get("otherwise"):
            return _go(script, state, script.target(place, "otherwise"), heard)
        return _over(script, state, step, heard)
    missed = replace(state, missed=state.missed + 1)
    told = prompt(script, state, heard)
    text = scripts.in_language(step["again"], heard.language) if "again" in step else f"{hearing.pardon()} {told.text}"
    return Move(missed, (replace(told, text=scripts.filled(text, values(script, state, heard))),))


def given(script: Script, state: State, value: dict[str, Any] | None, heard: Heard) -> Move:
    """What was looked up or came back; none, or a failure, leads where the step says."""
    place = script.place(state.step)
    if place is None:
        return Move(None, (Over(collected=collected(state)),), "over")
    step = script.steps[place]
    state = replace(state, calls=False)
    if not isinstance(value, dict):
        if step.get("failed"):
            return _go(script, state, script.target(place, "failed"), heard)
        return _over(script, state, step, heard, why="failed")
    state = replace(state, found={**state.found, scripts.kept_as(step): value})
    if "act" in step:
        state = replace(state, done=tuple(sorted({*state.done, *state.slots})))
    return _go(script, state, script.target(place, "go"), heard)


def _go(script: Script, state: State, place: int, heard: Heard) -> Move:
    """From this step on, until she is asked, somebody else is, or it ends."""
    effects: list[Effect] = []
    while place < len(script.steps):
        step = script.steps[place]
        state = replace(state, step=script.named(place), missed=0)
        known = values(script, state, heard)
        match scripts.verb_of(step):
            case "say":
                effects.append(Say(text_of(step["say"], known, heard)))
            case "if":
                jump = "go" if conditions.holds(step["if"], known, on=heard.on) else "else"
                place = script.target(place, jump)
                continue
            case "ask":
                if step["ask"] not in state.slots:
                    return Move(state, (*effects, prompt(script, state, heard)))
            case "choose":
                if offers_of(step, known):
                    return Move(state, (*effects, prompt(script, state, heard)))
                if not step.get("none"):
                    return Move(None, (*effects, *_over(script, state, step, heard).effects), "over")
                place = script.target(place, "none")
                continue
            case "confirm":
                return Move(state, (*effects, prompt(script, state, heard)))
            case "fetch" | "act":
                if "say" in step:
                    effects.append(Say(text_of(step["say"], known, heard)))
                effect = _outside(step, known)
                if isinstance(effect, Do):
                    return Move(None, (*effects, effect), "done")
                return Move(replace(state, calls=isinstance(effect, Call)), (*effects, effect))
            case _:
                return Move(None, (*effects, *_over(script, state, step, heard).effects), "over")
        place = script.target(place, "go")
    return Move(None, tuple(effects), "done")


def _outside(step: Step, known: dict[str, Any]) -> Effect:
    webhook = scripts.webhook_of(step)
    if webhook:
        return Call(webhook, {name: scripts.look_up(known, name) for name in step.get("send", ())})
    if "fetch" in step:
        return Look(step["fetch"])
    asked = {name: scripts.shown(scripts.look_up(known, name)) for name in scripts.NEEDS.get(step["act"], ())}
    return Do(step["act"], scripts.shown(known.get("order")), asked)


def _over(script: Script, state: State, step: Step, heard: Heard, why: str = "unsure") -> Move:
    known, is_meant = values(script, state, heard), scripts.verb_of(step) in scripts.LAST
    said = (Say(text_of(step["say"], known, heard)),) if is_meant and "say" in step else ()
    title = step.get("ticket") or step.get("hand_over") or script.title
    tags = tuple(scripts.filled(str(tag), known) for tag in step.get("tags", ()))
    return Move(
        None,
        (
            *said,
            Over(text_of(title, known, heard), tags, "asked" if is_meant else why, collected(state), "ticket" in step),
        ),
        "over",
    )


def _asked(script: Script, state: State, place: int, heard: Heard) -> Move | None:
    name = script.steps[place]["ask"]
    slot = script.slots[name]
    if heard.is_aside and slot["kind"] in slots.WORDY:
        return None
    value = slots.read(slot, heard.text, heard.named)
    if value is None:
        return None if heard.is_aside else again(script, state, heard)
    state = taking(script, replace(state, slots={**state.slots, name: value}), heard)
    return _go(script, state, script.target(place, "go"), heard)


def _chosen(script: Script, state: State, place: int, heard: Heard) -> Move | None:
    step = script.steps[place]
    known = values(script, state, heard)
    offers = offers_of(step, known)
    titles = [text_of(step["title"], each, heard) for each in offers]
    found = hearing.which(heard.text, titles)
    if found is None:
        return None if heard.is_aside else again(script, state, heard)
    state = replace(state, found={**state.found, step["choose"]: offers[found]})
    return _go(script, state, script.target(place, "go"), heard)


def _confirmed(script: Script, state: State, place: int, heard: Heard) -> Move | None:
    if hearing.says_yes(heard.text):
        return _go(script, state, script.target(place, "go"), heard)
    if hearing.says_no(heard.text):
        if script.steps[place].get("no"):
            return _go(script, state, script.target(place, "no"), heard)
        return Move(None, (Say(hearing.stopped(bool(state.done))),), "stopped")
    return None if heard.is_aside else again(script, state, heard)


def _ruled(script: Script, state: State, heard: Heard) -> Move | None:
    """The first rule that holds and has not led anywhere yet."""
    known = values(script, state, heard)
    for number, rule in enumerate(script.rules):
        if number not in state.ruled and conditions.holds(rule["when"], known, on=heard.on):
            place = len(script.steps) if rule["go"] == scripts.END else script.place(rule["go"])
            if place is not None:
                return _go(script, replace(state, ruled=(*state.ruled, number)), place, heard)
    return None
