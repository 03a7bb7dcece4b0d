"""What she names beside what she was asked for, and what she takes back."""

from dataclasses import replace

from chat.flows import hearing, scripts, slots
from chat.flows.moves import Heard, State
from chat.flows.scripts import Script


def taking(script: Script, state: State, heard: Heard) -> State:
    """With what else was named beside: by its word, or because it can be nothing else."""
    kinds = [slot["kind"] for slot in script.slots.values()]
    taken = dict(state.slots)
    used = set(taken.values())
    for name, slot in script.slots.items():
        if name in taken:
            continue
        value = slots.offered(slot, heard.text, heard.named, is_only=kinds.count(slot["kind"]) == 1)
        if value is not None and value not in used:
            taken[name] = value
    return replace(state, slots=taken)


def corrected(script: Script, state: State, place: int, heard: Heard) -> tuple[State, int] | None:
    """What is known now and from which step to go on, with all the rest as it is; none where she takes nothing back."""
    asked = script.steps[place].get("ask")
    changed: dict[str, str] = {}
    for name in script.slots:
        if name in state.slots and name != asked and name not in state.done:
            named = _renamed(script, name, heard, is_open=asked is None, asked=asked)
            if named is not None and named != state.slots[name]:
                changed[name] = named
    if not changed:
        return None
    kept = {name: value for name, value in state.slots.items() if name not in changed}
    kept |= {name: value for name, value in changed.items() if value}
    back = min((at for name in changed if (at := script.asks_for(name)) is not None), default=place)
    later = {scripts.kept_as(each) for each in script.steps[back:] if "fetch" in each}
    later |= {each["choose"] for each in script.steps[back:] if "choose" in each}
    found = {name: value for name, value in state.found.items() if name not in later}
    state = replace(state, slots=kept, found=found, corrected=state.corrected + 1)
    return taking(script, state, heard), min(back, place)


def _renamed(script: Script, name: str, heard: Heard, *, is_open: bool, asked: str | None) -> str | None:
    """The new value of a slot, empty where she only says that it is wrong; none where she does not speak of it."""
    slot, said = script.slots[name], heard.text
    alike = [each for each in script.slots if script.slots[each]["kind"] == slot["kind"]]
    is_called = slots.is_called(slot, name, said)
    takes_back = hearing.takes_back(said)
    value = slots.offered(slot, said, heard.named, is_only=len(alike) == 1 or is_called)
    if value is None and takes_back and is_called and slot["kind"] in slots.WORDY:
        return ""
    if value is None:
        return "" if takes_back and is_called and is_open else None
    if asked is not None and script.slots[asked]["kind"] in slots.WORDY:
        return value if is_called and takes_back else None
    if asked is not None and script.slots[asked]["kind"] == slot["kind"]:
        return value if is_called or _is_marked(slot, heard) else None
    return value if is_open or takes_back or is_called or _is_marked(slot, heard) else None


def _is_marked(slot: slots.Slot, heard: Heard) -> bool:
    return any(each.kind == slot["kind"] and slots.is_cued(slot, heard.text, each) for each in heard.named)
