"""Whether anybody is told of an order that is not hers."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    yield from measured("tests.faults.orders._strangers")
