"""Somebody else's shop: how long it takes to bring in, whether its tasks end as its policy says, what is told of it."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.bench.orders import _tau
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    if not _tau.is_here():
        yield Figure("orders.retail", f"skipped: {_tau.MISSING}", "")
        return
    yield from measured("tests.bench.orders._retail")
    yield from measured("tests.bench.orders._asked")
