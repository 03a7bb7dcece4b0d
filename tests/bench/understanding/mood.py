"""Whether anger and annoyance are heard in comments of strangers, from their text alone."""

from collections.abc import Iterator

from tests.bench.knowledge import _sets
from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    if not _sets.is_there():
        yield Figure("understanding.mood", _sets.missing(), "")
        return
    yield from measured("tests.bench.understanding._mood")
