"""Whether a flow can be followed: every step is reached, nothing leads back, and nothing is used before it is known."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from chat.flows import conditions, scripts, slots, words
from chat.flows.scripts import Script

Found = tuple[tuple[str | int, ...], str]

TOP = frozenset({"flow", "title", "starts", "slots", "rules", "steps"})
STARTS = ("says", "intents", "asks")
SLOT = frozenset({"kind", "after", "called", "options", "shape", "synonyms", "patterns"})
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")
_SLOT_NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
_WANTED = {"fetch": (*scripts.RECORDS, "{webhook: NAME}"), "act": (*scripts.CODED, "{webhook: NAME}")}


def problems(definition: Any) -> list[Found]:
    """What is wrong, and where: first its shape; where that is right, how its steps hang together."""
    if not isinstance(definition, dict):
        return [((), _("A flow begins with its name, for example: flow: complaint"))]
    return list(_shape(definition)) or list(_course(Script(definition)))


def _shape(told: dict[str, Any]) -> Iterator[Found]:
    for key in told.keys() - TOP:
        yield (key,), _("“%(key)s” is not known here; there are %(keys)s.") % _keys(key, TOP)
    if not isinstance(told.get("flow"), str) or not _NAME.fullmatch(told["flow"]):
        yield ("flow",), _("The name of a flow is small letters, digits and hyphens, for example: flow: complaint")
    if "title" in told and not _is_text(told["title"]):
        yield ("title",), _not_text()
    starts = told.get("starts", {})
    if not isinstance(starts, dict) or any(not _is_words(each) for each in starts.values()):
        yield ("starts",), _("“starts” names lists: says, intents or asks.")
    else:
        for key in starts.keys() - set(STARTS):
            yield ("starts", key), _("“%(key)s” is not known here; there are %(keys)s.") % _keys(key, STARTS)
        for each in set(starts.get("asks", ())) - set(scripts.CODED):
            yield ("starts", "asks"), _("“%(key)s” is not known here; there are %(keys)s.") % _keys(each, scripts.CODED)
    yield from _slots(told.get("slots", {}))
    steps = told.get("steps")
    if not isinstance(steps, list) or not steps:
        yield ("steps",), _("A flow has at least one step.")
    elif len(steps) > scripts.WHOLE:
        yield ("steps",), _("A flow has %(most)d steps at most.") % {"most": scripts.WHOLE}
    else:
        for place, step in enumerate(steps):
            for path, said in _step(step):
                yield ("steps", place, *path), said
    rules = told.get("rules", [])
    if not isinstance(rules, list):
        yield ("rules",), _("“rules” is a list.")
        return
    for place, rule in enumerate(rules):
        if not isinstance(rule, dict) or set(rule) != {"when", "go"}:
            yield ("rules", place), _("A rule says “when” and where to “go”.")
        else:
            for path, said in _condition(rule["when"]):
                yield ("rules", place, "when", *path), said


def _slots(told: Any) -> Iterator[Found]:
    if not isinstance(told, dict):
        yield ("slots",), _("“slots” names each slot with its kind.")
        return
    for name, slot in told.items():
        path = ("slots", name)
        if not _SLOT_NAME.fullmatch(name) or name == "message":
            yield path, _("The name of a slot is small letters, digits and underscores.")
        if not isinstance(slot, dict) or slot.get("kind") not in slots.KINDS:
            yield path, _("A slot has a kind: %(kinds)s.") % {"kinds": ", ".join(slots.KINDS)}
            continue
        for key in slot.keys() - SLOT:
            yield (*path, key), _("“%(key)s” is not known here; there are %(keys)s.") % _keys(key, SLOT)
        for key in ("after", "called"):
            if not _is_words(slot.get(key, [])):
                yield (*path, key), _("“%(key)s” is a list of words.") % {"key": key}
        yield from _words(slot, path)
        given = slot.get("options", {})
        if (slot["kind"] == "choice") != bool(given) or not isinstance(given, dict | list):
            yield path, _("A choice, and only a choice, has options.")
        elif isinstance(given, list) and not _is_words(given):
            yield (*path, "options"), _("“%(key)s” is a list of words.") % {"key": "options"}
        shape = slot.get("shape")
        if (slot["kind"] == "shape") != isinstance(shape, str) or (isinstance(shape, str) and not 0 < len(shape) <= 40):
            yield path, _("A slot of the kind “shape” has one, such as AA-9999: A is a letter, 9 a digit, ? either.")


def _words(slot: dict[str, Any], path: tuple[str | int, ...]) -> Iterator[Found]:
    names = slot.get("synonyms", {})
    if not isinstance(names, dict) or not all(each and _is_words(names[each]) for each in names):
        yield (*path, "synonyms"), _("“synonyms” lists, for a value, what else it is called: {Paris: [Paname]}")
    patterns = slot.get("patterns", [])
    if not _is_words(patterns):
        yield (*path, "patterns"), _("“%(key)s” is a list of words.") % {"key": "patterns"}
        return
    for pattern in patterns:
        if not words.is_quick(pattern):
            yield (*path, "patterns"), _("“%(pattern)s” is no pattern that can be read quickly.") % {"pattern": pattern}
    if slot["kind"] in ("choice", "shape") and (names or patterns):
        yield path, _("A choice has its words in its options, and a shape is a pattern.")


def _step(step: Any) -> Iterator[Found]:
    verbs = [verb for verb in scripts.VERBS if isinstance(step, dict) and verb in step]
    if isinstance(step, dict) and len(verbs) > 1 and "say" in verbs:
        verbs.remove("say")  # what is said beside
    if len(verbs) != 1:
        yield (), _("A step does one thing: %(verbs)s.") % {"verbs": ", ".join(scripts.VERBS)}
        return
    verb = verbs[0]
    for key in step.keys() - scripts.VERBS[verb] - {verb, "id", "go"}:
        yield (key,), _("“%(key)s” is not known here; there are %(keys)s.") % _keys(key, scripts.VERBS[verb])
    if "id" in step and (not isinstance(step["id"], str) or not _NAME.fullmatch(step["id"]) or step["id"] == "end"):
        yield ("id",), _("A step is called by small letters, digits and hyphens, and not “end”.")
    for key in ("say", "again", "confirm", "ticket", "hand_over", "title"):
        if key in step and not _is_text(step[key]):
            yield (key,), _not_text()
    if verb in ("ask", "choose") and "say" not in step:
        yield (), _("There is no “say”: what is asked.")
    if verb == "choose" and ("from" not in step or "title" not in step or not isinstance(step.get("rows", {}), dict)):
        yield (), _("A choice says “from” what, and the “title” and “rows” of each card.")
    if verb == "if":
        if "go" not in step:
            yield (), _("A branch says where to “go” if it is so.")
        for path, said in _condition(step["if"]):
            yield ("if", *path), said
    if verb in _WANTED:
        wanted = step[verb]
        is_webhook = isinstance(wanted, dict) and set(wanted) == {"webhook"} and isinstance(wanted["webhook"], str)
        if not is_webhook and (not isinstance(wanted, str) or wanted not in _WANTED[verb]):
            yield (
                (verb,),
                _("There is no “%(wanted)s”; there are %(known)s.")
                % {
                    "wanted": wanted,
                    "known": ", ".join(_WANTED[verb]),
                },
            )
        if not is_webhook and "send" in step:
            yield ("send",), _("Only a webhook is sent something.")
        if not _is_words(step.get("send", [])):
            yield ("send",), _("“%(key)s” is a list of words.") % {"key": "send"}
    if not _is_words(step.get("tags", [])):
        yield ("tags",), _("“%(key)s” is a list of words.") % {"key": "tags"}


def _condition(told: Any) -> Iterator[Found]:
    if not isinstance(told, dict) or not told:
        yield (), _("A condition names what it looks at, for example: order.status: shipped")
        return
    for name, wanted in told.items():
        if name in ("any", "none"):
            if not isinstance(wanted, list):
                yield (name,), _("“%(name)s” is a list of conditions.") % {"name": name}
                continue
            for place, each in enumerate(wanted):
                for path, said in _condition(each):
                    yield (name, place, *path), said
        elif isinstance(wanted, dict) and (not wanted or set(wanted) - conditions.TESTS):
            known = ", ".join(sorted(conditions.TESTS))
            yield (name,), _("A value can be compared by %(tests)s.") % {"tests": known}
        elif isinstance(wanted, dict) and not isinstance(wanted.get("within_days", 0), int):
            yield (name,), _("“%(name)s” is a number.") % {"name": "within_days"}


def _course(script: Script) -> Iterator[Found]:
    """Follow every way at once. All jumps lead forward, so one pass in order sees them all."""
    names = [script.named(place) for place in range(len(script.steps))]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield ("steps", place, "id"), _("There is a step “%(name)s” already.") % {"name": name}
    backward = list(_backward(script))
    yield from backward
    if backward:
        return
    every = set(script.slots) | {step["choose"] for step in script.steps if "choose" in step}
    known: dict[int, set[str]] = {0: set()}  # what is surely known where each step is reached
    for rule in script.rules:
        if rule["go"] != scripts.END:
            known[script.place(rule["go"]) or 0] = set()
    for place, step in enumerate(script.steps):
        if place not in known:
            yield ("steps", place), _("No way leads to the step “%(name)s”.") % {"name": names[place]}
            continue
        for said in _missing(script, step, known[place], every):
            yield ("steps", place), said
        for target, gained in _ways(script, place):
            now = known[place] | gained
            known[target] = known[target] & now if target in known else now
    for name in every - _used(script):
        yield ("slots", name), _("The slot “%(name)s” is asked for nowhere.") % {"name": name}


def _backward(script: Script) -> Iterator[Found]:
    for place, step in enumerate(script.steps):
        for jump in scripts.JUMPS:
            name = step.get(jump)
            if name is None or name == scripts.END:
                continue
            found = script.place(str(name))
            if found is None:
                yield ("steps", place, jump), _("There is no step “%(name)s”.") % {"name": name}
            elif found <= place:
                said = _("A step leads forward only; “%(name)s” stands before, and would go round in a circle.")
                yield ("steps", place, jump), said % {"name": name}
    for number, rule in enumerate(script.rules):
        if rule["go"] != scripts.END and script.place(str(rule["go"])) is None:
            yield ("rules", number, "go"), _("There is no step “%(name)s”.") % {"name": rule["go"]}


def _ways(script: Script, place: int) -> Iterator[tuple[int, set[str]]]:
    """Where a step may lead, and what is known then."""
    step, verb = script.steps[place], scripts.verb_of(script.steps[place])
    gained = {step[verb]} if verb in ("ask", "choose") else set()
    if verb in _WANTED:
        gained = {scripts.kept_as(step)}
    if verb not in scripts.LAST and not (verb == "act" and not scripts.webhook_of(step)):
        yield script.target(place, "go"), gained
    for jump in scripts.JUMPS[1:]:
        if jump in step or (jump == "else" and verb == "if"):
            yield script.target(place, jump), set()


def _missing(script: Script, step: scripts.Step, known: set[str], every: set[str]) -> Iterator[str]:
    """What a step uses that is not known on every way to it."""
    verb = scripts.verb_of(step)
    if verb == "ask" and step["ask"] not in script.slots:
        yield _("There is no slot “%(name)s”.") % {"name": step["ask"]}
    uses = [
        name for key in ("say", "confirm", "ticket", "hand_over") if key in step for name in scripts.blanks(step[key])
    ]
    uses += [*step.get("send", ()), *([step["from"]] if verb == "choose" else [])]
    uses += [name for tag in step.get("tags", ()) for name in scripts.blanks(tag)]
    for name in dict.fromkeys(uses):
        first = name.split(".")[0]
        if first not in known and first != "message":
            yield _("“%(name)s” is not known on every way to this step: ask for it, or fetch it, before.") % {
                "name": name
            }
    if verb == "if":
        fetched = {scripts.kept_as(each) for each in script.steps if scripts.verb_of(each) in _WANTED}
        for name in conditions.names(step["if"]):
            first = name.split(".")[0]
            if name not in conditions.MESSAGE and first not in every | fetched:
                yield _("“%(name)s” is neither a slot nor fetched anywhere.") % {"name": name}


def _used(script: Script) -> set[str]:
    return {str(step[verb]) for step in script.steps for verb in ("ask", "choose") if verb in step}


def _is_text(told: Any) -> bool:
    said = list(told.values()) if isinstance(told, dict) and told else [told]
    return all(isinstance(each, str) and 0 < len(each.strip()) <= slots.LONGEST for each in said)


def _is_words(told: Any) -> bool:
    return isinstance(told, list) and all(isinstance(each, str) and each.strip() for each in told)


def _keys(key: str, keys: Any) -> dict[str, str]:
    return {"key": key, "keys": ", ".join(sorted(keys))}


def _not_text() -> str:
    return _("This is a text, or one for each language, for example: {en: Hello, de: Hallo}")
