"""A million messages: lists, counts, a talk, and finding what was said."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    yield from measured("tests.bench.inbox._scale")
