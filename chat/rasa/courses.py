"""Rules, stories and forms become flows: one for what begins with one intent, a yes and a no in it are its branches."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chat.flows import scripts, slots, words
from chat.flows.notation import checking
from chat.models.desk import BLANK, BLANKS
from chat.rasa.project import Left, Project

YES = frozenset({"affirm", "yes", "confirm", "agree", "accept", "affirmation"})
NO = frozenset({"deny", "no", "reject", "decline", "disagree", "negate"})
_PERSON = re.compile(r"hand_?(off|over)|human|live_agent|escalat")
_SILENT = frozenset({"action_listen", "action_unlikely_intent"})
_OURS = frozenset(
    {"action_restart", "action_session_start", "action_default_fallback", "action_back", "action_deactivate_loop"}
    | {"action_two_stage_fallback", "action_default_ask_affirmation", "action_default_ask_rephrase"}
)
# What Rasa's projects and its duckling usually call what is recognised here everywhere.
_KINDS = {
    "email": "email", "mail": "email", "phone": "phone", "phone_number": "phone", "phone-number": "phone",
    "date": "date", "time": "date", "day": "date",
    "number": "number", "quantity": "quantity", "amount": "money", "price": "money",
    "amount-of-money": "money", "city": "city", "location": "city",
    "destination": "city", "colour": "colour", "color": "colour", "size": "size", "order": "order",
    "order_number": "order", "order_id": "order",
    "product": "product", "name": "name", "person": "name", "PERSON": "name", "address": "address",
    "tracking_number": "tracking",
}  # fmt: skip
_RASA_BLANK = re.compile(r"\{(\w+)\}")
Event = dict[str, Any]
Step = dict[str, Any]


@dataclass
class Found:
    """What was made of a project."""

    flows: list[dict[str, Any]] = field(default_factory=list)
    replies: list[tuple[str, str]] = field(default_factory=list)
    webhooks: set[str] = field(default_factory=set)
    left: list[Left] = field(default_factory=list)


def convert(told: Project, *, taken: set[str]) -> Found:
    """All flows and saved replies of a project; names that are taken are not used again."""
    found, said = Found(), set[str]()
    after = {_loop(events): events for _where, events in told.tales if _loop(events)}
    courses: dict[str, list[tuple[str, list[Event]]]] = {}
    for where, events in told.tales:
        if _loop(events):
            continue
        first = events[0] if events else {}
        names = (
            [str(first["intent"])]
            if "intent" in first
            else [str(e["intent"]) for e in first.get("or", []) if "intent" in e]
        )
        if not names:
            why = _("goes on from elsewhere: a flow begins with what somebody says")
            found.left.append(Left(where, why))
        for name in _whole(names, told):
            courses.setdefault(name, []).append((where, events[1:]))
    names_taken = set(taken)
    for intent, several in courses.items():
        flow = _Course(told, found, after, intent, several[0][0])
        steps = flow.steps([events for _where, events in several])
        said |= flow.said
        _keep(found, flow, steps, intent, names_taken)
    _rest(told, found, said, {name for name, _events in after.items()})
    return found


def _loop(events: list[Event]) -> str:
    """The form that this goes on from, where it is the end of one."""
    loops = [str(each["active_loop"]) for each in events if each.get("active_loop")]
    ends = next((at for at, each in enumerate(events) if "active_loop" in each and not each["active_loop"]), None)
    begins = any("intent" in each or "or" in each for each in events[:ends])
    forms = loops or [str(each["action"]) for each in events if "action" in each][:1]
    return forms[0] if ends is not None and forms and not begins else ""


def _whole(names: list[str], told: Project) -> list[str]:
    """An intent of several, as Rasa's FAQ has them, is each of these."""
    known = dict.fromkeys(intent for _text, intent in told.examples if intent)
    return [each for name in names for each in [e for e in known if e.split("/")[0] == name] or [name]]


def _keep(found: Found, flow: "_Course", steps: list[Step], intent: str, taken: set[str]) -> None:
    if not steps:
        found.left.append(Left(flow.where, _("says and asks nothing that has a place here")))
        return
    name = re.sub(r"[^a-z0-9]+", "-", intent.lower()).strip("-")[:44] or "flow"
    name = name if name[0].isalpha() else f"flow-{name}"
    name = next(each for each in (name, *(f"{name}-{n}" for n in range(2, 999))) if each not in taken)
    definition: dict[str, Any] = {"flow": name, "title": intent, "starts": {"intents": [intent]}}
    if flow.slots:
        definition["slots"] = flow.slots
    definition["steps"] = steps
    problems = checking.problems(definition)
    if problems:
        found.left.append(Left(flow.where, problems[0][1]))
        return
    taken.add(name)
    found.flows.append(definition)
    found.webhooks |= {scripts.webhook_of(step) for step in steps} - {""}


def _rest(told: Project, found: Found, said: set[str], forms: set[str]) -> None:
    """Replies that no flow says are kept for the team; what is left is listed."""
    for name, texts in told.responses.items():
        if name in said or re.match(r"utter_ask_", name):
            continue
        text = next((str(row["text"]) for row in texts if row.get("text")), "")
        shortcut = re.sub(r"[^\w-]", "-", name.removeprefix("utter_"))[:30]
        strange = [blank for blank in BLANK.findall(text) if blank not in BLANKS]
        if not text or strange:
            why = (
                _("has no text")
                if not text
                else _("leaves {%(name)s} open, which no flow here fills") % {"name": strange[0]}
            )
            found.left.append(Left(name, why))
        else:
            found.replies.append((shortcut, text[:5000]))
    for form in forms - set(told.forms):
        found.left.append(Left(form, _("is a form that the domain does not name")))


class _Course:
    """The flow of one intent, while it is made."""

    def __init__(self, told: Project, found: Found, after: dict[str, list[Event]], intent: str, where: str) -> None:
        self.told, self.found, self.after, self.intent, self.where = told, found, after, intent, where
        self.slots: dict[str, Any] = {}
        self.said: set[str] = set()
        self.ids, self.goes_on = 0, False  # whether a course says itself what comes after its form
        self.answers: list[str] = []  # of webhooks, by the names they are kept under

    def leave(self, why: str) -> None:
        each = Left(self.where, why)
        if each not in self.found.left:
            self.found.left.append(each)

    def steps(self, courses: list[list[Event]]) -> list[Step]:
        """The steps of courses that begin alike; where they part there are a yes and a no, or the first counts."""
        steps: list[Step] = []
        while courses := [course for course in courses if course]:
            heads = list({json.dumps(course[0], sort_keys=True, default=str): course[0] for course in courses}.values())
            if any("intent" in head for head in heads):
                return steps + self.answered(steps, courses)
            if len(heads) > 1:
                self.leave(_("parts from another course where nobody has said anything: the first counts"))
                courses = [course for course in courses if course[0] == heads[0]]
            self.goes_on = any("active_loop" in each and not each["active_loop"] for c in courses for each in c)
            steps += self.step(heads[0])
            courses = [course[1:] for course in courses]
        return steps

    def answered(self, steps: list[Step], courses: list[list[Event]]) -> list[Step]:
        """What comes after something was said in the middle: a yes, a no, or what a slot takes."""
        yes = [course[1:] for course in courses if course[0].get("intent") in YES]
        no = [course[1:] for course in courses if course[0].get("intent") in NO]
        others = [course for course in courses if course[0].get("intent") not in YES | NO]
        asked = steps.pop() if steps and set(steps[-1]) == {"say"} else None
        if asked is not None and (yes or no):
            if others:
                self.leave(_("waits for other words than yes and no, too: what comes after them is not in the flow"))
            return self.confirmed(asked["say"], yes, no)
        marked = (
            [str(n) for each in others[0][0].get("entities") or [] for n in ([each] if isinstance(each, str) else each)]
            if others
            else []
        )
        if asked is not None and len(marked) == 1:
            step = self.ask(marked[0], text=asked["say"])
            return [step, *self.steps([course[1:] for course in others if course[0] == others[0][0]])]
        self.leave(
            _("waits in the middle for “%(intent)s”: the flow ends there") % {"intent": courses[0][0].get("intent", "")}
        )
        return [asked] if asked is not None else []

    def confirmed(self, text: str, yes: list[list[Event]], no: list[list[Event]]) -> list[Step]:
        one, other = self.steps(yes), self.steps(no)
        step: Step = {"confirm": text}
        if other:
            self.ids += 1
            step["no"] = other[0].setdefault("id", f"no-{self.ids}")
            if not one:
                step["go"] = scripts.END
            elif not set(one[-1]) & scripts.LAST:
                one[-1].setdefault("go", scripts.END)
        return [step, *one, *other]

    def step(self, event: Event) -> list[Step]:
        if "action" in event:
            return list(self.acted(str(event["action"])))
        if event.get("active_loop"):
            return self.form(str(event["active_loop"])) if not self.has_asked(str(event["active_loop"])) else []
        if "slot_was_set" in event:
            return self.known(event["slot_was_set"])
        for key, why in (("checkpoint", _("leads through a checkpoint")), ("or", _("has an “or” in the middle"))):
            if key in event:
                self.leave(why)
        return []

    def acted(self, name: str) -> Iterator[Step]:
        if name in self.told.forms:
            yield from self.form(name)
        elif name.startswith("utter_"):
            yield from self.says(name)
        elif name in _OURS:
            self.leave(_("has %(name)s, which is done here without being told") % {"name": name})
        elif _PERSON.search(name):
            yield {"hand_over": self.intent.replace("_", " ")}
        elif name not in _SILENT:
            webhook = re.sub(r"[^a-z0-9]+", "-", name.removeprefix("action_").lower()).strip("-")[:50]
            kept = webhook.replace("-", "_")
            self.answers.append(kept)
            yield {"act": {"webhook": webhook}, "as": kept, "send": list(self.slots)}

    def has_asked(self, form: str) -> bool:
        return {_slot_name(each) for each in self.told.forms.get(form, [])} <= set(self.slots)

    def form(self, name: str) -> list[Step]:
        """Each of its slots is asked for, and then what the project does when it is full."""
        if name not in self.told.forms:
            self.leave(_("fills the form %(name)s, which the domain does not have") % {"name": name})
            return []
        asked = [self.ask(slot, form=name) for slot in self.told.forms[name] if _slot_name(slot) not in self.slots]
        events = self.after.get(name, [])
        ends = next(
            (place for place, event in enumerate(events) if "active_loop" in event and not event["active_loop"]), 0
        )
        return asked + (self.steps([events[ends + 1 :]]) if events and not self.goes_on else [])

    def ask(self, slot: str, *, text: str = "", form: str = "") -> Step:
        response = next(
            (each for each in (f"utter_ask_{form}_{slot}", f"utter_ask_{slot}") if each in self.told.responses), ""
        )
        told = self.told.responses.get(response, [])
        self.said.add(response)
        self.slots[_slot_name(slot)] = _slot(self.told, slot, _buttons(told))
        text = text or self.text(response) if response or text else ""
        if not text:
            self.leave(_("asks for %(slot)s without words: write what is asked") % {"slot": slot})
        return {"ask": _slot_name(slot), "say": text or f"{slot.replace('_', ' ').capitalize()}?"}

    def says(self, name: str) -> Iterator[Step]:
        whole = f"{name}/{self.intent.partition('/')[2]}" if "/" in self.intent else name
        name = whole if whole in self.told.responses else name
        self.said.add(name)
        text = self.text(name)
        if text:
            yield {"say": text}

    def text(self, name: str) -> str:
        """The first of its texts; what a webhook answered stands in its blanks by the name it is kept under."""
        told = self.told.responses.get(name, [])
        texts = [
            str(row["text"]).strip()
            for row in told
            if row.get("text") and not (row.get("channel") or row.get("condition"))
        ]
        if not texts:
            self.leave(_("says %(name)s, which has no text of its own") % {"name": name})
            return ""
        if len(told) > 1:
            self.leave(_("has several texts for %(name)s: the first is said") % {"name": name})
        if any(row.keys() & {"image", "custom", "attachment", "elements"} for row in told):
            self.leave(_("shows more than words with %(name)s") % {"name": name})
        if any(row.get("buttons") for row in told) and not name.startswith("utter_ask_"):
            self.leave(_("has buttons at %(name)s: a flow shows what it waits for by itself") % {"name": name})

        def blank(found: re.Match[str]) -> str:
            slot = _slot_name(found[1])
            if slot not in self.slots and self.answers:
                return f"{{{self.answers[-1]}.{slot}}}"
            return f"{{{slot}}}"

        return _RASA_BLANK.sub(blank, texts[0])[: slots.LONGEST]

    def known(self, told: Any) -> list[Step]:
        """A branch on a value: nothing more where it is not so."""
        pairs = [
            pair
            for each in (told if isinstance(told, list) else [told])
            if isinstance(each, dict)
            for pair in each.items()
        ]
        condition: dict[str, Any] = {}
        for slot, value in pairs:
            name = _slot_name(str(slot))
            if name == "requested_slot":
                continue
            if name not in self.slots:
                if not self.answers:
                    self.leave(_("depends on %(slot)s, which is not asked for") % {"slot": slot})
                    continue
                name = f"{self.answers[-1]}.{name}"
            condition[name] = {"known": value is not None} if value is None else _plain(value)
        if not condition:
            return []
        return [{"if": {"none": [condition]}, "go": scripts.END}]


def _slot_name(name: str) -> str:
    found = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:50] or "slot"
    return found if found[0].isalpha() else f"slot_{found}"[:50]


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int) else str(value)


def _buttons(told: list[dict[str, Any]]) -> dict[str, str]:
    """What a question offers, by value: /inform{"size": "L"}"""
    offered: dict[str, str] = {}
    for row in told:
        for button in row.get("buttons") or []:
            if not isinstance(button, dict):
                continue
            found = re.search(r"\{.*\}", str(button.get("payload", "")))
            try:
                facts = json.loads(found[0]) if found else {}
            except ValueError:
                facts = {}
            for value in facts.values():
                offered[str(value)] = str(button.get("title", value))
    return offered


def _slot(told: Project, name: str, offered: dict[str, str]) -> dict[str, Any]:
    about = told.slots.get(name, {})
    mappings = [each for each in about.get("mappings") or [] if isinstance(each, dict)]
    entity = next((str(each["entity"]) for each in mappings if each.get("entity")), name)
    role = next((str(each["role"]) for each in mappings if each.get("role")), "")
    values = [str(each) for each in about.get("values") or []]
    called = name.replace("_", " ")
    if about.get("type") == "bool":
        return {"kind": "choice", "options": {"true": ["yes"], "false": ["no"]}, "called": [called]}
    if values or offered:
        options = {value: [offered.get(value, value), *told.synonyms.get(value, [])] for value in values or offered}
        return {"kind": "choice", "options": options, "called": [called]}
    is_whole = any(each.get("type") == "from_text" for each in mappings)
    kind = (
        "text"
        if is_whole
        else "number"
        if about.get("type") == "float"
        else _KINDS.get(entity) or _KINDS.get(name, "text")
    )
    slot: dict[str, Any] = {"kind": kind, "called": [called]}
    if role:
        slot["after"] = [role]
    known = [*told.named.get(entity, []), *told.lookups.get(entity, [])] if not is_whole else []
    names = {value: list(dict.fromkeys(told.synonyms.get(value, []))) for value in dict.fromkeys(known)}
    names = {value: several for value, several in names.items() if several or kind == "text"}
    if names:
        slot["synonyms"] = names
    patterns = [each for each in told.patterns.get(entity, []) if words.is_quick(each)]
    if patterns and not is_whole:
        slot["patterns"] = patterns
    return slot
