"""Many hands at one ticket: merges both ways, a macro beside a rule beside a reply, rules in a circle, dry runs."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    yield from measured("tests.faults.tickets._hands")
