"""How good recommendations are: what people bought in weeks that were held out, against what was recommended before."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from knowledge.recommendations import taste
from knowledge.recommendations.taste import Purchases, Signs

SHOWN = 10


class UnfitFile(ValueError):
    """A file that nothing can be learned from, and why."""


def read(purchases: Path, products: Path) -> Purchases:
    """Purchases by type of product: `household_id`, `product_id`, `week`; and `product_id`, `product_type`."""
    kinds: dict[str, tuple[str, str]] = {}
    for number, row in _rows(products, ("product_id", "product_type")):
        kinds[_told(row, "product_id", products, number)] = (row["product_type"], row.get("product_category") or "")
    people: dict[str, int] = {}
    types: dict[str, int] = {}
    families: dict[str, int] = {}
    family_of: list[int] = []
    found: list[tuple[int, int, int]] = []
    for number, row in _rows(purchases, ("household_id", "product_id", "week")):
        kind, family = kinds.get(row["product_id"], ("", ""))
        if not kind:
            continue  # of an unknown type: it can be neither recommended nor hit
        if kind not in types:
            types[kind] = len(types)
            family_of.append(families.setdefault(family, len(families)))
        person = people.setdefault(_told(row, "household_id", purchases, number), len(people))
        found.append((person, types[kind], _week(row, purchases, number)))
    if not found:
        raise UnfitFile(f"{purchases}: no purchase of a product that {products} knows.")
    who, what, when = np.array(found).T
    return Purchases(who, what, when, np.array(family_of), len(people))


def evaluate(bought: Purchases, first: int, last: int) -> dict[str, Any]:
    """Learned from the weeks before, beside the two simple ways: what is popular, and what the person had before."""
    before, then = bought.until(first - 1), bought.between(first, last)
    if last < first or not len(then.items):
        raise UnfitFile(f"Nothing was bought in the weeks {first} to {last}.")
    if not len(before.items) or before.weeks.min() > first - 2:
        raise UnfitFile(f"There are no two weeks before week {first} to learn from.")
    known = int(first - before.weeks.min())
    weeks = max(1, min(last - first + 1, known // 3))
    signs, weights = Signs(before, first - 1), taste.learn(before, first - 1, weeks=weeks)
    hits = {"learned": 0, "popularity": 0, "own_history": 0}
    n = 0
    for person, items in enumerate(then.by_person()):
        if not len(items):
            continue
        n += 1
        hits["learned"] += _hit(taste.best(signs, weights, person, most=SHOWN), items)
        hits["popularity"] += _hit(signs.popular[:SHOWN], items)
        hits["own_history"] += _hit(_own(signs, person), items)
    rates = {name: round(count / n, 4) for name, count in hits.items()}
    return {
        "hit_rate_at_10": rates["learned"],
        "popularity": rates["popularity"],
        "own_history": rates["own_history"],
        "over_popularity": round(hits["learned"] / max(hits["popularity"], 1), 4),
        "n": n,
        "from_week": first,
        "to_week": last,
        "learned_from_weeks": [int(before.weeks.min()), first - 1],
    }


def _own(signs: Signs, person: int) -> np.ndarray:
    """What this person bought most often, filled up with what is popular."""
    items = signs.candidates(person)
    counts = np.expm1(signs.of(person, items)[:, 3])
    return items[np.lexsort((-signs.share[items], -counts.round()))[:SHOWN]]


def _hit(shown: np.ndarray, bought: np.ndarray) -> bool:
    return bool(np.isin(shown, bought).any())


def _rows(path: Path, wanted: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with _opened(path) as file:
            reader = csv.DictReader(file)
            missing = [name for name in wanted if name not in (reader.fieldnames or ())]
            if missing:
                raise UnfitFile(f"{path}: the column “{missing[0]}” is missing.")
            for row in reader:
                yield reader.line_num, row
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise UnfitFile(f"{path}: it cannot be read: {error}") from error


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _told(row: dict[str, str], name: str, path: Path, number: int) -> str:
    if not row[name]:
        raise UnfitFile(f"{path}:{number}: “{name}” is empty.")
    return row[name]


def _week(row: dict[str, str], path: Path, number: int) -> int:
    try:
        return int(row["week"])
    except (TypeError, ValueError):
        raise UnfitFile(f"{path}:{number}: the week “{row['week']}” is no number.") from None
