"""A text as numbers: its meaning, and beside it the words and pieces of words that set it apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chat.intents import grams
from chat.intents.grams import Counts, Places, Weights
from chat.intents.machine import Matrix, Rows

SHARE = 0.3  # of words and of pieces, against 1 for the meaning


@dataclass(frozen=True)
class Encoding:
    """Which buckets were met in training, and how rare each was; one pair of columns for words, one for pieces."""

    buckets: tuple[Places, Places]
    rarity: tuple[Weights, Weights]

    @classmethod
    def of(cls, counts: tuple[Counts, Counts]) -> "Encoding":
        rarity = [each.rarity() for each in counts]
        met = [np.flatnonzero(each) for each in rarity]
        return cls((met[0], met[1]), (rarity[0][met[0]], rarity[1][met[1]]))

    @property
    def width(self) -> int:
        return sum(map(len, self.buckets))

    def rows(self, vectors: Matrix, counts: tuple[Counts, Counts]) -> Rows:
        weighed = [each.weighed(rarity) for each, rarity in zip(counts, self._rarity, strict=True)]
        row = np.concatenate([each[0] for each in weighed])
        column = np.concatenate([of[each[1]] for each, of in zip(weighed, self._columns, strict=True)])
        weight = np.concatenate([each[2] for each in weighed]) * np.float32(SHARE)
        order = np.argsort(row, kind="stable")
        ends = np.cumsum(np.bincount(row, minlength=len(vectors)))[:-1]
        return Rows(vectors, np.split(column[order], ends), np.split(weight[order], ends), self.width)

    @cached_property
    def _rarity(self) -> list[Weights]:
        found = []
        for buckets, rarity in zip(self.buckets, self.rarity, strict=True):
            known = np.zeros(grams.BUCKETS, np.float32)
            known[buckets] = rarity
            found.append(known)
        return found

    @cached_property
    def _columns(self) -> list[Places]:
        found, first = [], 0
        for buckets in self.buckets:
            column = np.zeros(grams.BUCKETS, np.int64)
            column[buckets] = np.arange(first, first + len(buckets))
            found.append(column)
            first += len(buckets)
        return found


def counted(texts: Sequence[str]) -> tuple[Counts, Counts]:
    return grams.words(texts), grams.pieces(texts)
