"""In which language a text is written, or that one cannot tell: by the pieces of its words, and by its letters.

How often each piece stands in words of a language was learned once (`tests.bench.languages._learn`) and is kept in
`learned.npz`. Names, numbers, addresses and what is said everywhere ("ok", "DHL") tell nothing.
"""

import json
import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WHERE, WORDS = (Path(__file__).with_name(name) for name in ("learned.npz", "words.txt"))
BUCKETS = 1 << 17
STEP = 0.08  # how finely the learned odds are kept
READ = 1_000  # characters, from the beginning
SURE, SURE_OF_FEW, FEW = 7.0, 8.0, 15  # how far ahead the likeliest must be, in nats; further in a text of few letters
TURNED = 5.0  # how far ahead another must be from some word on, for a text to be of two languages
WORD_MOST = 12.0  # what one word may weigh against a language
OF_A_NAME = 0.25  # of what a word weighs that seems to be part of a name

WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_NOT_WORDS = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|[#@]\S+|\S*\d\S*|`[^`]*`|“[^”]*”|«[^»]*»|„[^“”]*[“”]|\"[^\"]*\"|\b[\w-]+\.\w{2,4}\b"
)
# Capitalised words within a sentence, with the small words between them: "The House of the Rising Sun".
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ][\w'\u2019-]*"
_NAME = re.compile(rf"(?<=[\w,:] ){_CAPITAL}(?: (?:[\w'\u2019&]{{1,4}} ){{0,2}}{_CAPITAL})*")
_SCRIPTS = (
    ("ja", re.compile(r"[぀-ヿ]")),
    ("ko", re.compile(r"[가-힯ᄀ-ᇿ]")),
    ("zh", re.compile(r"[一-鿿]")),
    ("el", re.compile(r"[Ͱ-Ͽ]")),
    ("he", re.compile(r"[֐-׿]")),
    ("th", re.compile(r"[฀-๿]")),
    ("hi", re.compile(r"[ऀ-ॿ]")),
)
_LETTER, _LATIN = re.compile(r"[^\W\d_]"), re.compile(r"[a-zA-ZÀ-ɏ]")

Odds = NDArray[np.float32]


def detect(text: str) -> str | None:
    """The language of a text, such as "en", or None where one cannot tell."""
    told = _NOT_WORDS.sub(" ", text[:READ].replace("\u2019", "'"))
    if (script := _by_script(told)) is not None:
        return script
    words = [match for match in WORD.finditer(told) if match.group().lower() not in _special()["everywhere"]]
    if len(words) == 1:
        said = words[0].group().lower()
        return next((language for language, alone in _special().items() if said in alone), None)
    weights = _weights(told, words)
    odds = [weight * _odds(word.group().lower()) for word, weight in zip(words, weights, strict=True) if weight]
    if len(odds) < 2 or _has_two_alphabets(told):
        return None
    sure = SURE if sum(len(word.group()) for word in words) > FEW else SURE_OF_FEW
    language, ahead = _likeliest(odds)
    return language if ahead >= sure and not _is_mixed(odds) else None


def pieces(word: str) -> list[int]:
    """The places of a word's pieces in what was learned."""
    whole = f" {word} "
    cut = [whole[at : at + n] for n in (1, 2, 3, 4, 5) for at in range(len(whole) - n + 1)]
    if len(whole) > 5:
        cut.append(f"{whole}!")
    return [zlib.crc32(piece.encode("utf-8", "surrogatepass")) % BUCKETS for piece in cut]


def _by_script(text: str) -> str | None:
    letters = len(_LETTER.findall(text))
    for language, script in _SCRIPTS:
        found = len(script.findall(text))
        if found and found >= letters * (0.2 if language == "ja" else 0.5):
            return language
    return None


def _has_two_alphabets(text: str) -> bool:
    letters, latin = len(_LETTER.findall(text)), len(_LATIN.findall(text))
    return 0.15 < latin / letters < 0.85


def _weights(text: str, words: list[re.Match[str]]) -> list[float]:
    """How much each word counts: one of a name little, one of capitals alone nothing, unless all are written so."""
    shouted = all(word.group().isupper() for word in words)
    names = [match.span() for match in _NAME.finditer(text)]
    if not shouted and all(word.group()[0].isupper() for word in words) and len(words) < 4:
        return [0.0] * len(words)
    weights = []
    for word in words:
        if word.group().isupper() and len(word.group()) > 1 and not shouted:
            weights.append(0.0)
        else:
            within = any(start <= word.start() and word.end() <= end for start, end in names)
            weights.append(OF_A_NAME if within else 1.0)
    return weights


def _odds(word: str) -> Odds:
    """How much less likely this word is in each language than in the one it fits best."""
    _languages, learned = _learned()
    rows = learned[pieces(word)]
    told = -STEP * rows[rows.any(1)].sum(0, dtype=np.float32)
    least: Odds = np.maximum(told - told.max(initial=-np.inf), -WORD_MOST)
    return least


def _likeliest(odds: list[Odds]) -> tuple[str, float]:
    languages, _table = _learned()
    total = np.sum(odds, axis=0)
    second, first = np.argsort(total)[-2:]
    return languages[first], float(total[first] - total[second])


def _is_mixed(odds: list[Odds]) -> bool:
    """Whether it begins in one language and ends in another."""
    before = np.cumsum(odds, axis=0)[1:-2]
    after = np.sum(odds, axis=0) - before
    for one, other in zip(before, after, strict=True):
        (begins, sure), (ends, as_sure) = _likeliest([one]), _likeliest([other])
        if begins != ends and min(sure, as_sure) >= TURNED:
            return True
    return False


@lru_cache(maxsize=1)
def _learned() -> tuple[list[str], NDArray[Any]]:
    with np.load(WHERE) as kept:
        return json.loads(kept["languages"].tobytes()), kept["odds"]


@lru_cache(maxsize=1)
def _special() -> dict[str, frozenset[str]]:
    """What is said everywhere, and by language what no other has."""
    lines = [line for line in WORDS.read_text("utf-8").splitlines() if not line.startswith("#")]
    parts = "\n".join(lines).split("== ")[1:]
    return {name: frozenset(words) for name, *words in map(str.split, parts)}
