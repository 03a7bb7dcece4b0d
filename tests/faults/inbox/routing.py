"""Who is given whom, on a clock of its own: every step is held against a queue kept apart from the code."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    yield from measured("tests.faults.inbox._simulation")
