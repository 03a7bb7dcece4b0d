"""No flow loops or dead-ends: a thousand talks of each, shipped ones, another team's, and 55 guidelines of agents."""

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from chat.flows import shelf
from chat.flows.notation import checking, reading
from chat.flows.scripts import Script
from tests.bench.knowledge import _sets
from tests.faults.understanding import _policy, _shoppers
from tests.figures import Figure

SEED, TALKS = 7_001, 1_000
FLIGHTS = Path(__file__).parents[2] / "chat" / "flights.yaml"


def scripts() -> list[Script]:
    sources = [*shelf.shipped().values(), FLIGHTS.read_text(encoding="utf-8")]
    return [Script(reading.read(source)) for source in sources]


def figures() -> Iterator[Figure]:
    yield from _judged("flows.shipped", scripts())
    if not _policy.is_there():
        yield Figure("flows.policy", _sets.missing(), "")
        return
    found = _policy.converted()
    unfit = [each.flow["flow"] for each in found if checking.problems(each.flow)]
    for name in unfit:
        print(f"# {name}: {checking.problems(next(e.flow for e in found if e.flow['flow'] == name))[0]}", flush=True)
    yield Figure("flows.policy.converted", len(found) - len(unfit), "subflows", bar=55, better="higher", n=len(found))
    reasons = Counter(reason for each in found for _line, reason in each.left)
    for each in found:
        for line, reason in each.left:
            print(f"# {each.flow['flow']}: {line[:100]!r}: {reason}", flush=True)
    for reason, many in reasons.most_common():
        yield Figure("flows.policy.left", many, f"lines: {reason}", n=len(found))
    yield from _judged("flows.policy", [Script(each.flow) for each in found if each.flow["flow"] not in unfit])


def _judged(name: str, found: list[Script]) -> Iterator[Figure]:
    wrong, kinds = Counter[str](), Counter[str]()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork")) as pool:
        judged = pool.map(partial(_shoppers.judged, count=TALKS, seed=SEED), found)
        for script, (_legal, other) in zip(found, judged, strict=True):
            wrong.update({f"{script.name}: {why}": many for why, many in other.items()})
            for why, many in other.items():
                kinds[_KINDS.get(why, "illegal")] += many
    for why, many in wrong.most_common(10):
        print(f"# {many} x {why}", flush=True)
    for kind in ("illegal", "loops", "dead_ends"):
        yield Figure(f"{name}.{kind}", kinds[kind], "talks", bar=0, n=len(found) * TALKS, seed=SEED)


_KINDS = {"no end": "loops", "nothing happens": "dead_ends", "says nothing": "dead_ends", "stands nowhere": "dead_ends"}
