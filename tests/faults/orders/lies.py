"""Whether a wrong value in a generated answer about an order leaves."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    yield from measured("tests.faults.orders._lies")
