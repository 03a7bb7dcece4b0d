"""What is answered, what is not, and whether confidence holds what it says."""

from collections.abc import Iterator

from tests.bench.knowledge import _sets
from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    if not _sets.is_there():
        yield Figure("answers", _sets.missing(), "")
        return
    yield from measured("tests.bench.knowledge._answers")
