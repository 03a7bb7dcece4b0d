"""How well each class fits a text: what the machine says of it, and how near an example of the class comes."""

from dataclasses import dataclass

import numpy as np

from chat.intents.encoding import Encoding
from chat.intents.grams import Counts, Places
from chat.intents.machine import Machine, Matrix, learn

NEARNESS = 1.5  # of the nearest example's cosine, against 1 for the machine's margin
AT_ONCE = 512  # vectors that are compared with all examples


@dataclass(frozen=True)
class Judge:
    """What was learned from examples; these stand class by class, each class beginning where `starts` says."""

    encoding: Encoding
    machine: Machine
    examples: Matrix
    starts: Places

    @classmethod
    def taught(cls, vectors: Matrix, counts: tuple[Counts, Counts], gold: Places, classes: int) -> "Judge":
        encoding = Encoding.of(counts)
        machine = learn(encoding.rows(vectors, counts), gold, classes)
        order = np.argsort(gold, kind="stable")
        return cls(encoding, machine, vectors[order], np.searchsorted(gold[order], np.arange(classes)))

    def fits(self, vectors: Matrix, counts: tuple[Counts, Counts]) -> tuple[Matrix, Matrix]:
        """For each text and class: how well it fits, and how near its nearest example is."""
        parts = [
            np.maximum.reduceat(vectors[at : at + AT_ONCE] @ self.examples.T, self.starts, axis=1)
            for at in range(0, len(vectors), AT_ONCE)
        ]
        near: Matrix = np.concatenate(parts)
        return self.machine.margins(self.encoding.rows(vectors, counts)) + NEARNESS * near, near
