"""Words and pieces of words as hashed counts: a model that learned from them keeps no word of anybody's."""

import itertools
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 18
LONGEST = 5  # characters of a piece; they stay within a word and its two edges
_FACTORS = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1], np.uint32)

Places = NDArray[np.int64]
Weights = NDArray[np.float32]


@dataclass(frozen=True)
class Counts:
    """How often each bucket was met in each text: parallel columns, ordered by text and then by bucket."""

    texts: int
    row: Places
    bucket: Places
    count: Places

    def some(self, rows: Places) -> "Counts":
        """Of these texts only, which are numbered anew in the order given."""
        starts, ends = np.searchsorted(self.row, [rows, rows + 1])
        sizes = ends - starts
        at = np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        return Counts(len(rows), np.repeat(np.arange(len(rows)), sizes), self.bucket[at], self.count[at])

    def rarity(self) -> Weights:
        """A bucket weighs more the fewer texts have it; nothing where none does."""
        met = np.bincount(self.bucket, minlength=BUCKETS)
        rarity: Weights = np.where(met > 0, np.log((1 + self.texts) / (1 + met)) + 1, 0).astype(np.float32)
        return rarity

    def weighed(self, rarity: Weights) -> tuple[Places, Places, Weights]:
        """Row, bucket and weight of what is known, each text at unit length."""
        weight = (1 + np.log(self.count)) * rarity[self.bucket]
        known = weight > 0
        row, bucket, weight = self.row[known], self.bucket[known], weight[known]
        length = np.sqrt(np.bincount(row, weight * weight, minlength=self.texts))
        return row, bucket, (weight / length[row]).astype(np.float32)


def words(texts: Sequence[str]) -> Counts:
    """Single words and pairs of neighbours."""
    rows: list[int] = []
    buckets: list[int] = []
    for row, text in enumerate(texts):
        said = re.findall(r"\w+", text.lower())
        said += [f"{one} {two}" for one, two in itertools.pairwise(said)]
        rows += [row] * len(said)
        buckets += [zlib.crc32(each.encode("utf-8", "replace")) % BUCKETS for each in said]
    return _counted(len(texts), np.array(rows, np.int64), np.array(buckets, np.int64))


def pieces(texts: Sequence[str]) -> Counts:
    """Two to five neighbouring characters of a word with its edges, all texts hashed at once."""
    spaced = ["".join(f" {word} " for word in text.lower().split()) for text in texts]
    letters = np.frombuffer("".join(spaced).encode("utf-32-le", "replace"), np.uint32)
    row = np.repeat(np.arange(len(texts)), [len(text) for text in spaced])
    is_space = letters == ord(" ")
    word = np.cumsum(is_space & ~np.append(is_space[1:], True))
    rows, buckets = [], []
    hashed = _mixed(letters * _FACTORS[0])
    for size in range(2, LONGEST + 1):
        starts = max(0, len(letters) - size + 1)
        hashed = (hashed[:starts] * np.uint32(0x01000193)) ^ _mixed(letters[size - 1 :] * _FACTORS[size - 1])
        whole = word[:starts] == word[size - 1 :]
        rows.append(row[:starts][whole])
        buckets.append(_mixed(hashed[whole]).astype(np.int64) % BUCKETS)
    return _counted(len(texts), np.concatenate(rows), np.concatenate(buckets))


def _mixed(hashed: NDArray[np.uint32]) -> NDArray[np.uint32]:
    hashed = (hashed ^ (hashed >> np.uint32(16))) * np.uint32(0x7FEB352D)
    mixed: NDArray[np.uint32] = hashed ^ (hashed >> np.uint32(15))
    return mixed


def _counted(texts: int, row: Places, bucket: Places) -> Counts:
    met, count = np.unique(row * BUCKETS + bucket, return_counts=True)
    return Counts(texts, met // BUCKETS, met % BUCKETS, count)
