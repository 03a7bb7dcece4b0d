"""How a stored text may change under a citation: every way is tried on every span."""

import random
from collections.abc import Callable

Dice = random.Random


def _at(text: str, dice: Dice) -> int:
    return dice.randrange(len(text))


def _dropped(text: str, dice: Dice) -> str:
    at = _at(text, dice)
    return text[:at] + text[at + 1 :]


def _added(text: str, dice: Dice) -> str:
    at = _at(text, dice)
    return text[:at] + dice.choice("aZ0 .\u200b\u0301") + text[at:]


def _changed(text: str, dice: Dice) -> str:
    at = _at(text, dice)
    return text[:at] + dice.choice([each for each in "eE7 -" if each != text[at]]) + text[at + 1 :]


def _lookalike(text: str, dice: Dice) -> str:
    pairs = {"a": "\u0430", "e": "\u0435", "o": "\u043e", "c": "\u0441", " ": "\u00a0", "i": "\u0456"}
    places = [at for at, letter in enumerate(text) if letter in pairs]
    at = dice.choice(places)
    return text[:at] + pairs[text[at]] + text[at + 1 :]


def _case(text: str, dice: Dice) -> str:
    at = dice.choice([at for at, letter in enumerate(text) if letter.swapcase() != letter])
    return text[:at] + text[at].swapcase() + text[at + 1 :]


def _negated(text: str, dice: Dice) -> str:
    words = text.split(" ")
    return " ".join([*words[: (at := dice.randrange(len(words)))], "not", *words[at:]])


def _turned(text: str, dice: Dice) -> str:
    at = dice.randrange(len(text) - 1)
    turned = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return turned if turned != text else text[::-1]


def _emptied(text: str, dice: Dice) -> str:
    return " " * len(text)


def _halved(text: str, dice: Dice) -> str:
    return text[: len(text) // 2]


# Done to the words inside the span, to the whole text before it, or to the citation.
WORDS: dict[str, Callable[[str, Dice], str]] = {
    "a letter dropped": _dropped,
    "a letter added": _added,
    "a letter changed": _changed,
    "a letter that looks alike": _lookalike,
    "another case": _case,
    "a not put in": _negated,
    "two letters turned": _turned,
    "emptied": _emptied,
    "halved": _halved,
}
BEFORE = ("moved by one", "moved by a line")
CITATION = ("start", "end", "hash", "quote", "revision", "article")
ROUNDS = 10
SEED = 20_260_401
