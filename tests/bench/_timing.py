"""How long something takes and how much it asks the database, for parts that look at pages."""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.figures import Figure


def timed(name: str, act: Callable[[int], Any], *, bar: float, n: int, seed: int) -> Iterator[Figure]:
    """The middle and the slow end of `n` times, after one that warms up."""
    act(0)
    taken = []
    for number in range(n):
        began = time.perf_counter()
        act(number)
        taken.append(1000 * (time.perf_counter() - began))
    marks = statistics.quantiles(taken, n=20)
    yield Figure(f"{name}_p50", round(marks[9], 1), "ms", n=n, seed=seed)
    yield Figure(f"{name}_p95", round(marks[18], 1), "ms", bar=bar, n=n, seed=seed)


def queries(act: Callable[[], Any]) -> int:
    """How many it asks once all that is kept in memory is there."""
    act()
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)
