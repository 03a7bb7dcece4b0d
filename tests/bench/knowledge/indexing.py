"""How fast passages become vectors."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    yield from measured("tests.bench.knowledge._indexing")
