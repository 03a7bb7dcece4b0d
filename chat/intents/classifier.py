"""Which intent a text has and how sure that is, or that it has none. Learned from examples, kept as plain numbers."""

import hashlib
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from zipfile import BadZipFile

import numpy as np

from chat.intents import calibration, encoding
from chat.intents.calibration import Calibration
from chat.intents.encoding import Encoding
from chat.intents.judge import Judge
from chat.intents.machine import Machine, Matrix
from knowledge import embeddings

Progress = Callable[[str, int, int], None]
BATCH = 512
FORMAT = 1


class Unreadable(Exception):
    """What is kept of a model is not what was written, or was written by another version."""


@dataclass(frozen=True)
class Guess:
    """What a text most likely asks for; no intent where it is like none of them."""

    intent: str | None
    confidence: float
    likeliest: str


@dataclass(frozen=True)
class Classifier:
    """All that was learned. The classes of the judge are the intents in order; one more stands for none of them."""

    intents: tuple[str, ...]
    judge: Judge
    calibration: Calibration
    recipe: str

    def guesses(self, texts: Sequence[str], *, rejects: bool = True) -> list[Guess]:
        """What each text asks for; without `rejects` every text gets an intent."""
        told: list[Guess] = []
        for start in range(0, len(texts), BATCH):
            some = texts[start : start + BATCH]
            told += self._guessed(embeddings.embed(some, bulk=len(some) > 1), some, rejects)
        return told

    def _guessed(self, vectors: Matrix, texts: Sequence[str], rejects: bool) -> list[Guess]:
        fits, near = self.judge.fits(vectors, encoding.counted(texts))
        return _decided(self.intents, self.calibration, fits, near[:, : len(self.intents)].max(1), rejects)


def _decided(
    intents: tuple[str, ...], sure: Calibration, fits: Matrix, near: Matrix, rejects: bool = True
) -> list[Guess]:
    """The likeliest intent of each text; none where another is likelier still, or the two scores together are low."""
    many = len(intents)
    best = fits[:, :many].argmax(1)
    chance = calibration.probabilities(fits, sure.sharpness)[np.arange(len(fits)), best]
    score = calibration.scores(fits, near, sure.sharpness, many)
    is_none = (fits.argmax(1) >= many) | (score < sure.threshold) if rejects else np.zeros(len(fits), np.bool_)
    confidence = sure.confidence(chance, score, is_none) if rejects else chance
    return [
        Guess(None if none else intents[likeliest], float(told), intents[likeliest])
        for none, likeliest, told in zip(is_none, best, confidence, strict=True)
    ]


@dataclass(frozen=True)
class Learned:
    """A classifier, and how the rehearsal went: each text with its intent, and what was guessed not knowing it."""

    classifier: Classifier
    rehearsal: list[tuple[str | None, Guess]]


def fit(
    texts: Sequence[str], intents: Sequence[str | None], *, progress: Progress = lambda what, done, total: None
) -> Learned:
    """Learn from examples, and from what the intents are called; examples without an intent teach what has none."""
    names = tuple(sorted({each for each in intents if each is not None}))
    place: dict[str | None, int] = {None: len(names)} | {name: at for at, name in enumerate(names)}
    called = {name: words for name in names if (words := _words(name))}
    gold = np.array([place[each] for each in (*intents, *called)], np.int64)
    columns = len(names) + (None in intents)
    told = [*texts, *called.values()]
    vectors, counts = _embedded(told, progress), encoding.counted(told)
    heard = calibration.rehearse(
        vectors,
        counts,
        gold,
        said=np.arange(len(texts)),
        intents=len(names),
        columns=columns,
        progress=lambda done, total: progress("rehearsing", done, total),
    )
    progress("learning", 0, 1)
    judge = Judge.taught(vectors, counts, gold, columns)
    progress("learning", 1, 1)
    sure = calibration.calibrate(heard, intents=len(names))
    guesses = _decided(names, sure, heard.fits, heard.near)
    rehearsal = [
        (names[gold] if gold < len(names) else None, guess)
        for gold, guess, was_learned in zip(heard.gold, guesses, heard.was_learned, strict=True)
        if was_learned
    ]
    return Learned(Classifier(names, judge, sure, embeddings.recipe()), rehearsal)


def _words(name: str) -> str:
    """What an intent is called, as one would say it: where is my parcel, for where_is_my_parcel."""
    return re.sub(r"[\W\d_]+", " ", name).strip().lower()


def _embedded(texts: Sequence[str], progress: Progress) -> Matrix:
    parts = []
    for start in range(0, len(texts), BATCH):
        parts.append(embeddings.embed(texts[start : start + BATCH], bulk=True))
        progress("reading", min(start + BATCH, len(texts)), len(texts))
    return np.concatenate(parts)


def packed(classifier: Classifier) -> tuple[bytes, str]:
    """A classifier as bytes, numbers and names only, and their checksum."""
    about = {
        "format": FORMAT,
        "intents": classifier.intents,
        "recipe": classifier.recipe,
        "calibration": asdict(classifier.calibration),
    }
    file = io.BytesIO()
    judge = classifier.judge
    (words, pieces), (word_rarity, piece_rarity) = judge.encoding.buckets, judge.encoding.rarity
    np.savez_compressed(
        file,
        about=np.frombuffer(json.dumps(about).encode(), np.uint8),
        words=words.astype(np.uint32),
        pieces=pieces.astype(np.uint32),
        word_rarity=word_rarity,
        piece_rarity=piece_rarity,
        dense=judge.machine.dense,
        sparse=judge.machine.sparse.astype(np.float16),
        bias=judge.machine.bias,
        examples=judge.examples.astype(np.float16),
        starts=judge.starts,
    )
    kept = file.getvalue()
    return kept, hashlib.sha256(kept).hexdigest()


def unpacked(kept: bytes, checksum: str) -> Classifier:
    """The classifier that was packed; Unreadable unless every byte is as it was."""
    if hashlib.sha256(kept).hexdigest() != checksum:
        raise Unreadable
    try:
        with np.load(io.BytesIO(kept), allow_pickle=False) as of:
            about = json.loads(of["about"].tobytes())
            if about["format"] != FORMAT:
                raise Unreadable
            known = Encoding(
                (of["words"].astype(np.int64), of["pieces"].astype(np.int64)), (of["word_rarity"], of["piece_rarity"])
            )
            machine = Machine(of["dense"], of["sparse"].astype(np.float32), of["bias"])
            judge = Judge(known, machine, of["examples"].astype(np.float32), of["starts"])
            sure = Calibration(**about["calibration"])
            return Classifier(tuple(about["intents"]), judge, sure, about["recipe"])
    except (BadZipFile, KeyError, ValueError) as error:
        raise Unreadable from error
