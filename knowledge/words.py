"""Words as search counts them: folded, stemmed by Postgres' own snowball dictionaries, spellings forgiven."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from django.db import connection

LONGEST_WORD = 60
# Languages Postgres has a stemmer for; the others are matched word by word.
STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
_WORD = re.compile(r"\w+")
# Written without spaces between words: every two neighbouring characters count as a word.
_RUN_ON = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


def words(text: str) -> list[str]:
    """The words of a text in small letters, in order."""
    found = []
    for word in _WORD.findall(text.lower()):
        for run in _RUN_ON.findall(word):
            found += [run[place : place + 2] for place in range(max(1, len(run) - 1))]
        found += [rest[:LONGEST_WORD] for rest in _RUN_ON.split(word) if rest]
    return found


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """A word without its accents."""
    if word.isascii():
        return word
    return "".join(mark for mark in unicodedata.normalize("NFKD", word) if not unicodedata.combining(mark))[
        :LONGEST_WORD
    ]


class Stems:
    """The terms of words in one language; a stop word has none. Postgres is asked once a word."""

    def __init__(self, language: str) -> None:
        name = STEMMERS.get(language.lower().split("-")[0])
        self._dictionary = f"{name}_stem" if name else "simple"
        self._known: dict[str, str] = {}

    def learn(self, words: Iterable[str]) -> None:
        """Ask for all the unknown ones at once."""
        unknown = sorted(word for word in set(words) if word not in self._known)
        if not unknown:
            return
        if len(self._known) > 200_000:
            self._known.clear()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ts_lexize(%s::regdictionary, word) FROM unnest(%s::text[]) WITH ORDINALITY AS w(word, n)"
                " ORDER BY n",
                [self._dictionary, unknown],
            )
            for word, (stems,) in zip(unknown, cursor.fetchall(), strict=True):
                self._known[word] = fold(stems[0])[:LONGEST_WORD] if stems else ""

    def terms(self, words: list[str]) -> list[str]:
        """A term for each word, empty for a stop word."""
        self.learn(words)
        return [self._known[word] for word in words]


@lru_cache
def stems(language: str) -> Stems:
    return Stems(language)


def counted(text: str, language: str) -> Counter[str]:
    """How often each term stands in a text."""
    return Counter(term for term in stems(language).terms(words(text)) if term)


def key(shop: int, language: str, term: str, *, kind: str = "term") -> int:
    """The place of a term of a shop's language in the index, as a 63-bit number."""
    name = f"{shop}|{language}|{kind}|{term}".encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big") >> 1


def slips(shop: int, language: str, spelling: str) -> list[int]:
    """Keys of the spelling with any one letter left out: two words one slip apart have one of these in common."""
    shorter = {spelling} | {spelling[:at] + spelling[at + 1 :] for at in range(len(spelling))}
    return sorted(key(shop, language, letters, kind="slip") for letters in shorter)


def is_one_slip(one: str, other: str) -> bool:
    """Whether two spellings differ by a letter left out, added, changed, or two swapped."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return one == other
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    if len(one) == len(other):
        return one[1:] == other[1:] or (one[:2] == other[:2][::-1] and one[2:] == other[2:])
    return one[1:] == other if len(one) > len(other) else one == other[1:]
