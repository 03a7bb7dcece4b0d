"""The few words that mean the same in every flow: yes, no, stop, that one, not that; and what is said back."""

import re
from typing import Any

from django.utils.translation import gettext as _

from chat.flows import asking, scripts

_STOP = re.compile(
    r"^\W*(?:(?:please|ok(?:ay)?|no),? )?(?:stop(?: (?:it|that|this|here))?|never ?mind"
    r"|forget (?:it|about it|that)|quit|exit|leave it|cancel(?: (?:that|this))?|i changed my mind"
    r"|d[eé]jalo|olv[ií]dalo|d[eé]jelo|olv[ií]delo|nada"
    r"|lass(?:en sie)? es|vergiss es|vergessen sie es|abbrechen|halt|egal|laisse(?:z)? tomber|oublie(?:z)?"
    r"(?: [cç]a)?|arr[eê]te(?:z)?)(?:,? (?:please|thanks?|thank you|bitte|por favor|merci))?\W*$",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:no|not|actually|instead|sorry|wrong|i meant|i mean|rather|change|correct|correction|mistake|nein|nicht|doch"
    r"|eigentlich|stattdessen|falsch|ich meine|lieber|[aä]ndern|perd[oó]n|en realidad|mejor|quise decir|mal|cambiar?"
    r"|non|pas|plut[oô]t|en fait|pardon|erreur|fau(?:x|sse)|changer?)\b",
    re.IGNORECASE,
)
_ORDINALS = (
    ("first", "erste", "primer", "premi"), ("second", "zweite", "segund", "deuxi"),
    ("third", "dritte", "tercer", "trois"), ("fourth", "vierte", "cuart", "quatri"),
    ("fifth", "fünfte", "quint", "cinqui"),
)  # fmt: skip
_QUESTION = re.compile(
    r"^\W*(?:how|what|when|where|which|who|why|can|could|do|does|is|are|will|would|wie|was|wann|wo|welche\w*|wer|warum"
    r"|kann|k[oö]nnen|gibt|c[oó]mo|qu[eé]|cu[aá]ndo|d[oó]nde|cu[aá]l|qui[eé]n|por qu[eé]|comment|quand|o[uù]|quel\w*"
    r"|qui|pourquoi|est-ce|combien|cu[aá]nto)\b",
    re.IGNORECASE,
)
_SHORT = 25  # words of what may be a question and nothing else


def stops(said: str) -> bool:
    """Whether all she says is that she wants to leave it."""
    return bool(_STOP.match(said))


def says_yes(said: str) -> bool:
    return asking.says_yes((said,), yes())


def says_no(said: str) -> bool:
    return asking.says_no((said,), no())


def takes_back(said: str) -> bool:
    """Whether she takes something back, or changes it."""
    return bool(_BACK.search(said))


def is_question(said: str) -> bool:
    """Whether it is one question and nothing else: whoever tells a story may ask something in it."""
    return said.rstrip().endswith("?") and len(said.split()) <= _SHORT and bool(_QUESTION.match(said))


def which(said: str, titles: list[str]) -> int | None:
    """Which of several is meant: by its number, its place, or words that only it has."""
    lowered = said.casefold().strip()
    exact = [place for place, title in enumerate(titles) if title.casefold() == lowered]
    if len(exact) == 1:
        return exact[0]
    number = re.fullmatch(r"\W*(?:(?:number|no|nr|option|the|die|nummer|n[uú]mero|num[eé]ro)\W+)?(\d{1,2})\W*", lowered)
    if number:
        return int(number[1]) - 1 if 0 < int(number[1]) <= len(titles) else None
    for place, words in enumerate(_ORDINALS[: len(titles)]):
        if any(re.search(rf"(?<!\w){word}", lowered) for word in words):
            return place
    named = [place for place, title in enumerate(titles) if title and title.casefold() in lowered]
    return named[0] if len(named) == 1 else None


def label(option: Any, language: str) -> str:
    """What a choice is called, to be shown."""
    if isinstance(option, dict):
        return label(scripts.in_language(option, language), language)
    return str(option[0] if isinstance(option, list) and option else option)


def yes() -> str:
    return _("Yes, please")


def no() -> str:
    return _("No, leave it")


def stopped(something_done: bool) -> str:
    return _("All right, I stop here.") if something_done else _("All right. Nothing was done.")


def pardon() -> str:
    return _("I could not find an answer to that in what you wrote.")


def patience() -> str:
    return _("I am still looking it up. One moment, please.")
