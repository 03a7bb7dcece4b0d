"""How well intents are understood on public sets, by the commands as anybody would give them."""

from collections.abc import Iterator

from tests.bench.knowledge import _sets
from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    if not _sets.is_there():
        yield Figure("understanding.intents", _sets.missing(), "")
        return
    yield from measured("tests.bench.understanding._intents")
