"""Every case told by the clocks and by their judge; then many breaches, and four sweeps that want to tell of them."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

from django.db import connection

from accounts.opening import open_shop
from analytics.ledger.models import Event
from tests.factories import NOON, CustomerFactory
from tests.faults.tickets import _judged
from tests.faults.tickets._judged import A_TIME, SEED
from tests.figures import Figure
from tickets import lifecycle, opening
from tickets.models import Policy

CASES, PROCESSES = 100_000, 2
TICKETS, SWEEPS = 400, 4


def measure() -> Iterator[Figure]:
    yield from _told()
    yield from _swept()


def _told() -> Iterator[Figure]:
    seen: Counter[str] = Counter()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"), initializer=_judged.ready) as pool:
        for each in pool.map(_judged.compare, range(0, CASES, A_TIME)):
            seen += each
    yield Figure("tickets.clocks.judged_otherwise", seen["otherwise"], "cases", 0, n=CASES, seed=SEED)
    for what in ("broken", "warned", "due"):
        yield Figure(f"tickets.clocks.{what}", seen[what], "times in the cases", n=CASES, seed=SEED)


def _swept() -> Iterator[Figure]:
    """Each ticket owes a first reply and a solution, both long overdue: two warnings and two breaches."""
    shop = open_shop("Swept", "swept", at=NOON)
    Policy.objects.create(shop=shop, name="Usual", first=60, resolution=90, warn=30)
    customer = CustomerFactory(shop=shop)
    for place in range(TICKETS):
        opening.open_ticket(customer, subject=f"Lamp {place}", by=None, at=NOON)
    start = threading.Barrier(SWEEPS)

    def sweep() -> None:
        start.wait()
        while lifecycle.watch(at=NOON + timedelta(hours=2)):
            pass
        connection.close()

    crowd = [threading.Thread(target=sweep) for _ in range(SWEEPS)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    kinds = ("ticket.warned", "ticket.broken")
    told = Counter(Event.objects.filter(kind__in=kinds).values_list("kind", "subject", "facts__promise"))
    n = 4 * TICKETS
    yield Figure("tickets.sweeps.told_twice", sum(times > 1 for times in told.values()), "moments", 0, n=n)
    yield Figure("tickets.sweeps.not_told", n - len(told), "moments", 0, n=n)
