"""What people will buy next, learned from what they bought: numbers alone, and no model that keeps a name.

A candidate is weighed by how often this person and everybody bought it, lately and ever, what goes with what they have,
how gladly it is bought again, and their liking for its kind. How much each of these signs counts is learned by a
logistic regression on the last weeks that are known: first what was known before them, then what was bought in them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

STRENGTH = 100.0  # purchases of everybody that a person's own are mixed with
LATELY = 8  # weeks
HALF = 8.0  # weeks after which a purchase counts half
PAIRED = 2_000  # items, the most bought, that are looked at in pairs
RIDGE = 200.0
POPULAR = 100  # candidates besides what a person had
_STEPS, _PENALTY = 12, 10.0
_LITTLE = 1e-6

Floats = np.ndarray


@dataclass(frozen=True)
class Purchases:
    """One place in each array is one purchase. `kinds` says of every item which kind it is of."""

    people: np.ndarray
    items: np.ndarray
    weeks: np.ndarray
    kinds: np.ndarray
    n_people: int

    def until(self, week: int) -> "Purchases":
        return self._where(self.weeks <= week)

    def between(self, first: int, last: int) -> "Purchases":
        return self._where((self.weeks >= first) & (self.weeks <= last))

    def by_person(self) -> list[np.ndarray]:
        """The different items of each person."""
        found: list[np.ndarray] = [np.empty(0, int)] * self.n_people
        order = np.argsort(self.people, kind="stable")
        edges = np.searchsorted(self.people[order], np.arange(self.n_people + 1))
        for person in np.unique(self.people):
            found[person] = np.unique(self.items[order[edges[person] : edges[person + 1]]])
        return found

    def _where(self, those: np.ndarray) -> "Purchases":
        return Purchases(self.people[those], self.items[those], self.weeks[those], self.kinds, self.n_people)


@dataclass(frozen=True)
class Weights:
    """How much each sign counts."""

    mean: Floats
    spread: Floats
    each: Floats

    def score(self, signs: Floats) -> Floats:
        scores: Floats = ((signs - self.mean) / self.spread) @ self.each
        return scores


class Signs:
    """What is known of people and items at the end of a week."""

    def __init__(self, bought: Purchases, last: int) -> None:
        self.last, n_items = last, len(bought.kinds)
        self.bought, self.kinds = bought, bought.kinds
        counts = np.bincount(bought.items, minlength=n_items)
        self.share = (counts + 0.1) / (counts.sum() + 0.1 * n_items)
        late = np.bincount(bought.items[bought.weeks > last - LATELY], minlength=n_items)
        self.lately = (late + 20 * self.share) / (late.sum() + 20)
        self.popular = np.argsort(-self.share, kind="stable")[:POPULAR]
        self.kind_share = np.bincount(bought.kinds, weights=self.share)
        order = np.argsort(bought.people, kind="stable")
        self._items, self._weeks = bought.items[order], bought.weeks[order]
        self._edges = np.searchsorted(bought.people[order], np.arange(bought.n_people + 1))
        pairs, times = np.unique(bought.people.astype(np.int64) * n_items + bought.items, return_counts=True)
        owned = pairs % n_items
        buyers = np.bincount(owned, minlength=n_items)
        self.again = (np.bincount(owned[times > 1], minlength=n_items) + 1) / (buyers + 5)
        self.paired = np.argsort(-buyers, kind="stable")[:PAIRED]
        self._place = np.full(n_items, -1)
        self._place[self.paired] = np.arange(len(self.paired))
        self.goes_with = self._together(pairs // n_items, owned)

    def candidates(self, person: int) -> np.ndarray:
        mine, _weeks = self._of(person)
        return np.union1d(mine, self.popular)

    def of(self, person: int, items: np.ndarray) -> Floats:
        """A row of signs for each item."""
        mine, weeks = self._of(person)
        n, n_items = len(mine), len(self.kinds)
        count = np.bincount(mine, minlength=n_items)[items]
        faded = np.bincount(mine, weights=0.5 ** ((self.last - weeks) / HALF), minlength=n_items)[items]
        newest = np.zeros(n_items)
        np.maximum.at(newest, mine, weeks)
        had = count > 0
        gap = np.where(had, self.last + 1 - newest[items], 0)
        share = self.share[items]
        mixed = (count + STRENGTH * share) / (n + STRENGTH)
        liking = np.bincount(self.kinds[mine], minlength=len(self.kind_share))
        liking = (liking + 30 * self.kind_share + _LITTLE) / (n + 30) / (self.kind_share + _LITTLE)
        together = self._with(mine, items)
        active = np.log1p(n)
        columns = (
            np.log(mixed),
            np.log(share),
            np.log(self.lately[items]),
            np.log1p(count),
            np.log1p(faded),
            np.maximum(together, -0.2),
            np.sqrt(np.maximum(together, 0)),
            np.log(liking)[self.kinds[items]],
            had * np.log(self.again[items]),
            had * np.log1p(gap),
            had,
            active * np.log1p(count),
            active * np.log(share),
        )
        return np.stack([np.asarray(column, float) for column in columns], axis=1)

    def _of(self, person: int) -> tuple[np.ndarray, np.ndarray]:
        mine = slice(self._edges[person], self._edges[person + 1])
        return self._items[mine], self._weeks[mine]

    def _with(self, mine: np.ndarray, items: np.ndarray) -> Floats:
        places, wanted = self._place[np.unique(mine)], self._place[items]
        known = self.goes_with[places[places >= 0]][:, np.maximum(wanted, 0)].sum(axis=0)
        return np.asarray(np.where(wanted >= 0, known, 0))

    def _together(self, people: np.ndarray, items: np.ndarray) -> Floats:
        """How much having one item speaks for another: a linear model of what is had by what else is had."""
        both = self._place[items] >= 0
        places, owners = self._place[items[both]], people[both]
        had = np.zeros((self.bought.n_people, len(self.paired)), np.float32)
        had[owners, places] = 1
        gram = (had.T @ had).astype(float)
        gram[np.diag_indices_from(gram)] += RIDGE
        inverse = np.linalg.inv(gram)
        found = -inverse / np.diag(inverse)
        found[np.diag_indices_from(found)] = 0
        return np.asarray(found, np.float32)


def learn(bought: Purchases, last: int, *, weeks: int, rounds: int = 2) -> Weights:
    """What counts, from what was bought in the last `weeks` weeks, and in as many before."""
    signs, answers = [], []
    for end in range(last, last - rounds * weeks, -weeks):
        known = bought.until(end - weeks)
        if not len(known.items):
            break
        before = Signs(known, end - weeks)
        for person, then in _buyers(bought.between(end - weeks + 1, end)):
            items = before.candidates(person)
            signs.append(before.of(person, items))
            answers.append(np.isin(items, then))
    if not signs:
        raise ValueError
    return _regression(np.concatenate(signs), np.concatenate(answers).astype(float))


def best(signs: Signs, weights: Weights, person: int, *, most: int) -> np.ndarray:
    """The items that this person will most likely buy, the likeliest first."""
    items = signs.candidates(person)
    scores = weights.score(signs.of(person, items))
    return items[np.argsort(-scores, kind="stable")[:most]]


def _buyers(bought: Purchases) -> Iterator[tuple[int, np.ndarray]]:
    for person, items in enumerate(bought.by_person()):
        if len(items):
            yield person, items


def _regression(signs: Floats, answers: Floats) -> Weights:
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + _LITTLE
    table = np.c_[(signs - mean) / spread, np.ones(len(signs))]
    penalty = np.r_[np.full(signs.shape[1], _PENALTY), 0.0]
    weights = np.zeros(table.shape[1])
    for _step in range(_STEPS):
        likely = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (answers - likely) - penalty * weights
        bend = (table * (likely * (1 - likely))[:, None]).T @ table + np.diag(penalty + _LITTLE)
        weights = weights + np.linalg.solve(bend, slope)
    return Weights(mean, spread, weights[:-1])
