"""A linear support vector machine, one against all others, by dual coordinate descent: all classes in one step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
PENALTY = 2.0
ROUNDS = 10
STILL = 0.05  # nothing moved further in a round: it has settled
SEED = 7


@dataclass(frozen=True)
class Rows:
    """Texts as numbers: a dense part of a few hundred, and for each the few places that are not nothing."""

    dense: Matrix
    places: Sequence[NDArray[np.int64]]
    weights: Sequence[Matrix]
    width: int

    def __len__(self) -> int:
        return len(self.dense)

    def some(self, which: NDArray[np.int64]) -> "Rows":
        return Rows(
            self.dense[which], [self.places[at] for at in which], [self.weights[at] for at in which], self.width
        )


@dataclass(frozen=True)
class Machine:
    """What was learned: a row of weights for every number, a column for every class."""

    dense: Matrix
    sparse: Matrix
    bias: Matrix

    def margins(self, rows: Rows) -> Matrix:
        found: Matrix = rows.dense @ self.dense + self.bias
        for at, (places, weights) in enumerate(zip(rows.places, rows.weights, strict=True)):
            found[at] += weights @ self.sparse[places]
        return found


def learn(rows: Rows, classes: NDArray[np.int64], many: int) -> Machine:
    """Learn to tell classes apart of which every text has one."""
    sign = -np.ones((len(rows), many), np.float32)
    sign[np.arange(len(rows)), classes] = 1
    return learn_signs(rows, sign)


def learn_signs(rows: Rows, sign: Matrix, *, penalty: float = PENALTY) -> Machine:
    """Find the weights that keep every text on its side of every class (1 or -1), by the squared hinge."""
    count, many = sign.shape
    dense = np.hstack([rows.dense, np.ones((count, 1), np.float32)])
    slack = 1 / (2 * penalty)
    curve = (dense * dense).sum(1) + np.array([weights @ weights for weights in rows.weights], np.float32) + slack
    pull = np.zeros((count, many), np.float32)
    of_dense, of_sparse = np.zeros((dense.shape[1], many), np.float32), np.zeros((rows.width, many), np.float32)
    dice = np.random.default_rng(SEED)
    for _ in range(ROUNDS):
        furthest = 0.0
        for at in dice.permutation(count):
            places, weights, row = rows.places[at], rows.weights[at], dense[at]
            local = of_sparse[places]
            slope = sign[at] * (row @ of_dense + weights @ local) - 1 + slack * pull[at]
            moved = np.maximum(pull[at] - slope / curve[at], 0)
            step = moved - pull[at]
            size = float(np.abs(step).max())
            if size < STILL / 100:
                continue
            furthest = max(furthest, size)
            pull[at] = moved
            step *= sign[at]
            of_dense += row[:, None] * step
            local += weights[:, None] * step
            of_sparse[places] = local
        if furthest < STILL:
            break
    return Machine(of_dense[:-1], of_sparse, of_dense[-1])
