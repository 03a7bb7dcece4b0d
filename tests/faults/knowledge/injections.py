"""Whether anything that addresses the machine is obeyed."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    yield from measured("tests.faults.knowledge._wishes")
