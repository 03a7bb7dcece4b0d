"""Whether a sentence says only what its sources say: the check every sentence of a language model goes through."""

import re
from collections.abc import Sequence
from itertools import islice

from knowledge import words

SUPPORTED = 0.7  # share of a sentence's telling words that stand in what it cites
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.]+", re.IGNORECASE)
MOST_LEADS = 20  # of one source that are looked at
_LEAD = re.compile(r"[:\uff1a\"\u201c\u201e\u00ab`({]")
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
    """Numbers and addresses are those of the sources, a "not" is theirs too, and so are most of the words.

    What a source only reports or demands, "say: ...", is not what it says: it has to be said with what leads to it.
    """
    sources = [source for source in sources if not _is_cut_out(sentence, source, language)]
    said = " ".join(sources)
    if not words.words(sentence) or not words.words(said):
        return False
    if not _numbers(sentence) <= _numbers(said) or not _addresses(sentence) <= _addresses(said):
        return False
    if all(_is_denied(source) != _is_denied(sentence) for source in sources):
        return False
    if not _SPEAKER & set(words.words(sentence)) <= set(words.words(said)):
        return False
    told, known = _terms(sentence, language), _terms(said, language)
    return not told or len(told & known) / len(told) >= SUPPORTED


def _is_cut_out(sentence: str, source: str, language: str) -> bool:
    """Whether all of a sentence stands behind a colon, quotation mark or bracket of its source."""
    told = _terms(sentence, language)
    parts = ((source[: lead.start()], source[lead.end() :]) for lead in islice(_LEAD.finditer(source), MOST_LEADS))
    sides = ((_terms(before, language), _terms(behind, language)) for before, behind in parts)
    return any(before and told & (before | behind) <= behind for before, behind in sides)


def _terms(text: str, language: str) -> set[str]:
    return {term for term in words.stems(language).terms(words.words(text)) if term}


def _numbers(text: str) -> set[str]:
    written = {re.sub(r"[.,]0+$", "", number).strip(".,:/-") for number in _NUMBER.findall(text)}
    return written | {_SPELLED[word] for word in words.words(text) if word in _SPELLED and word != "one"}


def _addresses(text: str) -> set[str]:
    return {address.rstrip(".,;:!?)]>\"'").lower() for address in _ADDRESS.findall(text)}


def _is_denied(text: str) -> bool:
    return bool(_NEVER & set(words.words(text)))
