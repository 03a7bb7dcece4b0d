"""The clocks of tickets against their slow, obvious judge, and four sweeps at once, on an installation of their own."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    yield from measured("tests.faults.tickets._clocks")
