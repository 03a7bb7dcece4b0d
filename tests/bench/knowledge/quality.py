"""What is found first on real sets."""

from collections.abc import Iterator

from tests.bench.knowledge import _sets
from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    if not _sets.is_there():
        yield Figure("quality", _sets.missing(), "")
        return
    yield from measured("tests.bench.knowledge._quality")
