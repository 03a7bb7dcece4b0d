"""How sure is sure enough: found by rehearsing on texts, and on whole intents, that were kept out of the training."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chat.intents.grams import Counts, Places
from chat.intents.judge import Judge
from chat.intents.machine import Matrix

PARTS = 5
NEWTON = 25
ENOUGH = 3000  # texts asked about tell as much as more would
SEED = 3
SHARPNESS = np.geomspace(1, 30, 60)
THRESHOLDS = np.arange(0.05, 0.95, 0.01)
# How many of the texts to come are taken to have no intent: few where examples tell what to refuse, and the machine
# has learned it; more where nothing does, and intents left out of the training have to stand for it.
SHARE_TOLD, SHARE_UNTOLD = 1 / 10, 1 / 3
UNSEEN = -2.0  # how well an intent fits that a part did not learn


@dataclass(frozen=True)
class Calibration:
    """How fits become a probability, and below which score a text is taken for none of the intents."""

    sharpness: float = 5.0
    threshold: float = 0.4
    # What chance and score say of being right, as the weights of a logistic curve: once for intents, once for none.
    for_intents: tuple[float, ...] = (0.0, 1.0, 0.0)
    for_none: tuple[float, ...] = (0.0, 0.0, -1.0)

    def confidence(self, chance: Matrix, score: Matrix, is_none: NDArray[np.bool_]) -> Matrix:
        """How often such a guess is right, where it may be that there is no intent."""
        seen = _seen(chance, score)
        return np.where(is_none, _curve(seen, self.for_none), _curve(seen, self.for_intents)).astype(np.float32)


@dataclass(frozen=True)
class Rehearsed:
    """What was said to texts as if they were new: their own intent was learned, or was not, or they have none."""

    fits: Matrix
    near: Matrix
    gold: Places
    was_learned: NDArray[np.bool_]


def probabilities(fits: Matrix, sharpness: float) -> Matrix:
    grown = np.exp(sharpness * (fits - fits.max(1, keepdims=True)))
    shares: Matrix = (grown / grown.sum(1, keepdims=True)).astype(np.float32)
    return shares


def scores(fits: Matrix, near: Matrix, sharpness: float, intents: int) -> Matrix:
    """How far a text belongs to the likeliest intent: its probability times how near an example of it comes."""
    found: Matrix = probabilities(fits, sharpness)[:, :intents].max(1) * np.maximum(near, 0)
    return found


def rehearse(
    vectors: Matrix,
    counts: tuple[Counts, Counts],
    gold: Places,
    *,
    said: Places,
    intents: int,
    columns: int,
    progress: Callable[[int, int], None],
) -> Rehearsed:
    """Learn from a part of the texts and of the intents, and be asked about the rest. Of the texts that were said, all
    of them or enough, each is asked about once as one of a learned intent, and once as one that nobody told of."""
    dice = np.random.default_rng(SEED)
    left_out_in = np.append(dice.permutation(intents) % PARTS, -1)
    asked_in = np.full(len(gold), -1)
    for number in range(columns):
        mine = dice.permutation(said[gold[said] == number])
        turns, out = np.arange(len(mine)) + dice.integers(PARTS), left_out_in[number]
        asked_in[mine] = turns % PARTS if out < 0 else (out + 1 + turns % (PARTS - 1)) % PARTS
    heard = []
    for part in range(PARTS):
        is_out = left_out_in[gold] == part
        taught = np.flatnonzero((asked_in != part) & ~is_out)
        learned = np.unique(gold[taught])
        asked = np.flatnonzero((asked_in == part) & np.isin(gold, learned) | is_out & (asked_in >= 0))
        if (learned < intents).sum() > 1 and len(asked):
            judge = Judge.taught(
                vectors[taught], _of(counts, taught), np.searchsorted(learned, gold[taught]), len(learned)
            )
            fits, near = judge.fits(vectors[asked], _of(counts, asked))
            of_all = np.full((len(asked), columns), UNSEEN, np.float32)
            of_all[:, learned] = fits
            heard.append((of_all, near[:, learned < intents].max(1), gold[asked], ~is_out[asked]))
        progress(part + 1, PARTS)
        if sum(was_learned.sum() for *_, was_learned in heard) >= ENOUGH:
            break
    if not heard:
        return Rehearsed(np.zeros((0, columns), np.float32), np.zeros(0, np.float32), gold[:0], gold[:0] > 0)
    return Rehearsed(*(np.concatenate(column) for column in zip(*heard, strict=True)))


def _of(counts: tuple[Counts, Counts], rows: Places) -> tuple[Counts, Counts]:
    return counts[0].some(rows), counts[1].some(rows)


def calibrate(heard: Rehearsed, *, intents: int) -> Calibration:
    """The sharpness whose probabilities come true, and the threshold that serves both sides best."""
    inside = heard.was_learned & (heard.gold < intents)
    if not inside.any():
        return Calibration()
    sharpness = min(SHARPNESS, key=lambda each: _surprise(heard.fits[inside], heard.gold[inside], each))
    told_none = heard.gold >= intents
    outside, share = (told_none, SHARE_TOLD) if told_none.any() else (~heard.was_learned, SHARE_UNTOLD)
    if not outside.any():
        return Calibration(float(sharpness))
    right = heard.fits[:, :intents].argmax(1) == heard.gold
    is_none = heard.fits.argmax(1) >= intents
    score = scores(heard.fits, heard.near, sharpness, intents)

    def served(threshold: float) -> float:
        refused = is_none | (score < threshold)
        return float((1 - share) * (right & ~refused)[inside].mean() + share * refused[outside].mean())

    threshold = float(max(THRESHOLDS, key=served))
    refused = is_none | (score < threshold)
    seen = _seen(probabilities(heard.fits, sharpness)[:, :intents].max(1), score)
    weight = np.where(inside, (1 - share) / inside.sum(), share / outside.sum()) * (inside | outside)
    return Calibration(
        float(sharpness),
        threshold,
        _fitted(seen[~refused], (right & inside)[~refused], weight[~refused]),
        _fitted(seen[refused], outside[refused], weight[refused]),
    )


def _seen(chance: Matrix, score: Matrix) -> NDArray[np.float64]:
    return np.stack([np.ones(len(chance)), _logit(chance), _logit(score)], axis=1)


def _logit(share: Matrix) -> NDArray[np.float64]:
    kept = np.clip(share, 0.002, 0.998).astype(np.float64)
    return np.log(kept / (1 - kept))


def _curve(seen: NDArray[np.float64], weights: tuple[float, ...]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-np.clip(seen @ np.array(weights), -30, 30)))  # type: ignore[no-any-return]


def _fitted(seen: NDArray[np.float64], right: NDArray[np.bool_], weight: NDArray[np.float64]) -> tuple[float, ...]:
    """A logistic curve by Newton's steps, held back a little where there is little to go by."""
    found = np.zeros(seen.shape[1])
    if not len(seen):
        return tuple(found)
    weight = weight / weight.mean()
    for _ in range(NEWTON):
        told = _curve(seen, tuple(found))
        slope = seen.T @ (weight * (right - told)) - found
        bend = (seen * (weight * told * (1 - told))[:, None]).T @ seen + np.eye(len(found))
        found = found + np.linalg.solve(bend, slope)
    return tuple(map(float, found))


def _surprise(fits: Matrix, gold: Places, sharpness: float) -> float:
    told = probabilities(fits, sharpness)[np.arange(len(gold)), gold]
    return float(-np.log(np.maximum(told, 1e-9)).mean())
