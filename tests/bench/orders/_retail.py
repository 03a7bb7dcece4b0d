import copy
from collections.abc import Iterator
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from tests.bench.orders import _tau
from tests.bench.orders._shop import bring
from tests.bench.orders._tau import ours, policy, reference, replay
from tests.figures import Figure


def measure() -> Iterator[Figure]:
    at, database = timezone.now(), _tau.database()
    shop, seconds, report = bring(database, at=at)
    yield Figure(
        "orders.import", round(seconds, 2), "s", bar=20, n=report.created["order"] + report.created["customer"]
    )
    yield Figure("orders.import_refused", report.bad, "records", bar=0)
    policy.set_up(shop)
    tasks = _tau.tasks()
    as_expected = sum(_ends_as_expected(shop, database, number, actions, at) for number, actions in tasks)
    yield Figure("orders.replayed", round(as_expected / len(tasks), 4), "of tasks", 0.95, "higher", n=len(tasks))


def _ends_as_expected(shop, database, number, actions, at) -> bool:
    """The whole shop, every person and order, as the policy would have it; then all is taken back."""
    expected = copy.deepcopy(database)
    for name, told in actions:
        with suppress(reference.Denied):
            reference.apply(expected, name, told)
    with transaction.atomic():
        for place, (name, told) in enumerate(actions):
            replay.act(shop, name, told, key=f"{number}/{place}", at=at)
        same = ours.picture(shop) == reference.picture(expected)
        transaction.set_rollback(True)
    return same
