"""A million tickets: lists, views, counts, a page, and finding one; and a hundred thousand beside django-helpdesk."""

from collections.abc import Iterator

from tests.bench.knowledge._stage import measured
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    yield from measured("tests.bench.tickets._scale")
