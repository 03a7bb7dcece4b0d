"""Whether a sentence says only what its sources say: the check every sentence of a language model goes through."""

import re
from collections.abc import Sequence

from knowledge import words

SUPPORTED = 0.7  # share of a sentence's telling words that stand in what it cites
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.]+", re.IGNORECASE)
_NEVER = {
    *(
        "not",
        "no",
        "never",
        "none",
        "without",
        "cannot",
        "neither",
        "nor",
        "n't",
        "isn",
        "aren",
        "don",
        "doesn",
        "can't",
    ),
    *("won", "wouldn", "shouldn", "mustn", "nicht", "kein", "keine", "keinen", "keiner", "nie", "niemals", "ohne"),
    *("nunca", "jam\u00e1s", "sin", "ning\u00fan", "ninguna", "ne", "pas", "jamais", "sans", "aucun", "aucune"),
}
# A model has done nothing and promises nothing.
_SPEAKER = {
    *("i", "me", "my", "we", "us", "our", "ich", "mir", "mein", "wir", "uns", "unser", "unsere", "yo", "je", "nous"),
    "nosotros",
}
# Numbers people write out.
_SPELLED = {
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "twelve": "12",
    "fourteen": "14",
    "thirty": "30",
    "sixty": "60",
    "ninety": "90",
}


def is_grounded(sentence: str, sources: Sequence[str], language: str) -> bool:
    """Numbers and addresses are those of the sources, a "not" is theirs too, and so are most of the words."""
    said = " ".join(sources)
    if not words.words(sentence) or not words.words(said):
        return False
    if not _numbers(sentence) <= _numbers(said) or not _addresses(sentence) <= _addresses(said):
        return False
    if all(_is_denied(source) != _is_denied(sentence) for source in sources):
        return False
    if not _SPEAKER & set(words.words(sentence)) <= set(words.words(said)):
        return False
    stems = words.stems(language)
    told = {term for term in stems.terms(words.words(sentence)) if term}
    known = {term for term in stems.terms(words.words(said)) if term}
    return not told or len(told & known) / len(told) >= SUPPORTED


def _numbers(text: str) -> set[str]:
    written = {re.sub(r"[.,]0+$", "", number).strip(".,:/-") for number in _NUMBER.findall(text)}
    return written | {_SPELLED[word] for word in words.words(text) if word in _SPELLED and word != "one"}


def _addresses(text: str) -> set[str]:
    return {address.rstrip(".,;:!?)]>\"'").lower() for address in _ADDRESS.findall(text)}


def _is_denied(text: str) -> bool:
    return bool(_NEVER & set(words.words(text)))
