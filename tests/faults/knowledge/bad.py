"""Bad files, addresses and questions, at every door."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.faults.knowledge import _doors
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    yield from measured("tests.faults.knowledge._files")
    yield from _doors.figures()
