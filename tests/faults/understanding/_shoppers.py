"""Shoppers by chance, and a judge: wherever a talk by a flow stands, it may stand there, and leads to an end."""

from collections import Counter
from datetime import date
from random import Random

from chat import entities
from chat.entities import Entity
from chat.flows import asking, engine, hearing, scripts, slots
from chat.flows.moves import Call, Do, Heard, Look, Over, Say

ON = date(2026, 3, 2)
TURNS = 40
RIGHT = {
    "order": ("1042", "#1007"),
    "date": ("tomorrow", "5 May", "next Friday"),
    "money": ("20 EUR", "$15"),
    "quantity": ("two pairs", "3 x"),
    "size": ("size 42", "XL"),
    "colour": ("green", "dark blue"),
    "product": ("Desk lamp", "Garden chair"),
    "email": ("maria@example.com", "omar@example.org"),
    "phone": ("+33 6 12 34 56 78", "0612345678"),
    "tracking": ("RR123456789FR",),
    "city": ("Paris", "Rome", "Madrid"),
    "text": ("It came broken", "I do not like it"),
    "name": ("Maria Lopez", "my name is Omar"),
    "address": ("Rue Neuve 5, 75002 Paris", "Calle Mayor 3, 28013 Madrid"),
    "number": ("3", "12"),
}
WRONG = ("zebra", "hmm", "42 or so, or 43", "???", "", "x" * 3000, "No", "yes", "-1", "{name}", "\u202egnihtemos")
ASIDES = ("How long does delivery take?", "Where is my order 1042?", "Hello", "thanks")


def talk(script, chance):
    """One talk, and what was wrong with it: nothing where it is legal from its first word to its end."""
    heard = _heard(script, _opening(script, chance))
    move = engine.begin(script, heard)
    for turn in range(TURNS + 3 * len(script.steps)):
        said = _wrong(script, move)
        if said:
            return said
        if move.state is None:
            return ""
        is_kind = turn >= TURNS  # from here on they only answer
        if isinstance(move.effects[-1] if move.effects else None, Look) or move.state.calls:
            value = _found(script, move.state, chance) if is_kind or chance.random() < 0.85 else None
            if move.state.calls and not is_kind and chance.random() < 0.2:
                again = engine.resume(script, move.state, _heard(script, chance.choice(WRONG)))
                move = again or move
                continue
            move = engine.given(script, move.state, value, _heard(script, ""))
            continue
        text = _answer(script, move.state, chance) if is_kind or chance.random() < 0.6 else _other(script, chance)
        heard = _heard(script, text)
        move = engine.resume(script, move.state, heard) or _beside(script, move, heard)
    return "no end"


def _beside(script, move, heard):
    """Something else was answered: they are asked again, and stand where they stood."""
    told = engine.prompt(script, move.state, heard)
    return type(move)(move.state, (told,))


def _wrong(script, move):
    if move.state is None:
        return "" if move.end in ("done", "stopped", "over") else "ended without saying how"
    if not move.effects or not all(isinstance(each, Say | Look | Call | Do | Over) for each in move.effects):
        return "nothing happens"
    place = script.place(move.state.step)
    if place is None:
        return "stands nowhere"
    verb = scripts.verb_of(script.steps[place])
    if verb not in (*scripts.WAITS, "fetch", "act"):
        return f"stands at {verb}"
    if any(isinstance(each, Say) and not each.text.strip() for each in move.effects):
        return "says nothing"
    if set(move.state.slots) - set(script.slots):
        return "knows a slot that is none"
    return ""


def _opening(script, chance):
    words = [*script.starts("says"), "hello"]
    named = [_right(slot, chance) for slot in script.slots.values() if chance.random() < 0.2]
    return " ".join([chance.choice(words), *named])


def _answer(script, state, chance):
    step = script.steps[script.place(state.step)]
    match scripts.verb_of(step):
        case "ask":
            return _right(script.slots[step["ask"]], chance)
        case "choose":
            return "1"
        case _:
            return "yes"


def _other(script, chance):
    names = list(script.slots)
    if names and chance.random() < 0.4:
        name = chance.choice(names)
        called = (*script.slots[name].get("called", ()), name)
        return f"Actually, the {chance.choice(called)} is {_right(script.slots[name], chance)}"
    return chance.choice((*WRONG, *ASIDES, "no", "never mind", *(f"the {name} is wrong" for name in names[:3])))


def _right(slot, chance):
    if slot["kind"] == "choice":
        return chance.choice(list(slots.options(slot)))
    if slot["kind"] == "shape":
        return slot["shape"].replace("A", "K").replace("9", "7").replace("?", "5")
    return chance.choice(RIGHT[slot["kind"]])


def _found(script, state, chance):
    """What another system or a record might say, with all that this flow looks at."""
    step = script.steps[script.place(state.step)]
    name = scripts.kept_as(step)
    found = {"answer": chance.choice(("yes", "no")), "available": chance.random() < 0.5, "name": "Desk lamp"}
    for each in script.steps:
        if "choose" in each and each["from"].startswith(f"{name}."):
            found[each["from"].split(".")[1]] = [
                {"carrier": "Demo Air", "number": f"DA{n}", "price": "9 EUR", "departs": "09:30"}
                for n in range(chance.randint(0, 9))
            ]
    return found


def _heard(script, text):
    named = list(entities.find(text, on=ON))
    for product in RIGHT["product"]:
        if product in text:
            named.append(Entity("product", product, text.index(product), text.index(product) + len(product)))
    return Heard(
        text=text,
        named=tuple(named),
        on=ON,
        wants=asking.wanted(text) or "",
        is_aside=hearing.is_question(text) or text in ASIDES,
    )


def judged(script, *, count, seed):
    """How many talks of a flow were legal, and what was wrong with the others."""
    wrong = Counter(talk(script, Random(f"{seed}/{script.name}/{number}")) for number in range(count))
    return wrong.pop("", 0), wrong
