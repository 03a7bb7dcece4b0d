"""Everyday questions to the demo shop: how many answers hold what was asked for."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    yield from measured("tests.bench.knowledge._everyday")
