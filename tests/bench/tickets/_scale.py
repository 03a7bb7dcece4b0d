"""What an agent waits for, by the clock of the one who serves her: pages through the whole of Django."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.bench import _timing
from tests.bench.inbox._filling import WORDS
from tests.bench.inbox._filling import fill as fill_talks
from tests.bench.tickets import _helpdesk
from tests.bench.tickets._filling import LIVE, fill
from tests.figures import Figure
from tickets import lists, search
from tickets.models import Ticket

SEED = 20_261_128
TICKETS, BESIDE, TALKS, MESSAGES, AGENTS, TIMES = 1_000_000, 100_000, 100_000, 1_000_000, 50, 200


def measure(*, tickets: int = TICKETS, beside: int = BESIDE, times: int = TIMES) -> Iterator[Figure]:
    dice = random.Random(SEED)
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.RATE_LIMITS = {}
    shops = [factories.ShopFactory(slug=slug) for slug in ("lumen", "loom")]
    agents = [factories.UserFactory(email=f"bench-{number}@example.com") for number in range(AGENTS)]
    for agent in agents:
        for shop in shops:
            factories.MembershipFactory(user=agent, shop=shop)
    browser = Client(headers={"host": "localhost"})
    browser.force_login(agents[0], backend="allauth.account.auth_backends.AuthenticationBackend")
    keys = [agent.pk for agent in agents]
    talks = min(TALKS, tickets // 2)
    fill_talks(shops=[one.pk for one in shops], agents=keys, talks=talks, messages=10 * talks, seed=SEED)
    listed = reverse("tickets:tickets")

    def ok(path: str) -> None:
        assert browser.get(path).status_code == 200, path

    fill(shops=shops, agents=keys, tickets=200, seed=SEED)
    few = _timing.queries(lambda: ok(listed))
    fill(shops=shops, agents=keys, tickets=beside - 200, seed=SEED + 1)
    yield from _beside(lambda: ok(listed), beside, times // 4)
    began = time.perf_counter()
    fill(shops=shops, agents=keys, tickets=tickets - beside, seed=SEED + 2)
    yield Figure("tickets.filled_in", round(time.perf_counter() - began, 1), "s", n=tickets - beside, seed=SEED)
    many = _timing.queries(lambda: ok(listed))
    yield Figure("tickets.more_queries_for_many", many - few, "queries", bar=0, n=many, seed=SEED)

    def timed(name: str, bar: float, act: Callable[[int], Any], n: int = times) -> Iterator[Figure]:
        return _timing.timed(f"tickets.{name}", act, bar=bar, n=n, seed=SEED)

    for name in lists.LISTS:
        for order in lists.ORDERS:
            path = f"{listed}?list={name}&order={order}"
            yield from timed(f"list.{name}.{order}", 200, lambda _n, path=path: ok(path), n=times // 8)
    for name, asked in FILTERS.items():
        path = f"{listed}?list=undone&order=changed&{asked}"
        yield from timed(f"filter.{name}", 200, lambda _n, path=path: ok(path), n=times // 8)
    yield from timed("counts", 200, lambda _n: lists.counts(agents[0]))
    opened = list(
        Ticket.objects.exclude(conversation=None).order_by("-pk").values_list("public_id", flat=True)[:50_000]
    )
    chosen = dice.sample(opened, times + 1)
    yield from timed("page", 200, lambda n: ok(reverse("tickets:ticket", args=[chosen[n]])))
    asked = [
        " ".join(f"w{int(WORDS ** dice.random())}" for _ in range(dice.choice([1, 1, 2, 3]))) for _ in range(times + 1)
    ]
    found: list[int] = []
    yield from timed("search", 300, lambda n: found.append(len(search.tickets(agents[0], asked[n]))))
    yield Figure("tickets.search_found_something", sum(map(bool, found)), "searches", n=len(found), seed=SEED)
    yield from timed("search_frequent", 300, lambda n: search.tickets(agents[0], f"w{1 + n % 3}"), n=times // 4)
    yield from timed("search_rare", 300, lambda n: search.tickets(agents[0], f"w{WORDS - 1 - n}"), n=times // 4)
    yield from timed("search_page", 300, lambda n: ok(f"{reverse('tickets:search')}?q={asked[n].replace(' ', '+')}"))


FILTERS = {"urgent": "priority=4", "frequent_tag": "tag=tag1", "rare_tag": "tag=tag190", "page_20": "page=20"}


def _beside(ours: Callable[[], None], tickets: int, times: int) -> Iterator[Figure]:
    """Turn about, for a machine has moods. Theirs is the page and the rows it asks for; ours has them in it."""
    with _helpdesk.running(tickets=tickets, live=LIVE, seed=SEED) as theirs:
        ours(), theirs()
        mine, page, rows = [], [], []
        for _ in range(times):
            began = time.perf_counter()
            ours()
            mine.append(1000 * (time.perf_counter() - began))
            took = theirs()
            page.append(took["page"])
            rows.append(took["rows"])
    both = [one + other for one, other in zip(page, rows, strict=True)]
    n = times
    yield Figure("tickets.beside.list", round(statistics.median(mine), 1), "ms", n=n, seed=SEED)
    yield Figure("tickets.beside.django_helpdesk_page", round(statistics.median(page), 1), "ms", n=n, seed=SEED)
    yield Figure("tickets.beside.django_helpdesk_rows", round(statistics.median(rows), 1), "ms", n=n, seed=SEED)
    faster = statistics.median(both) / statistics.median(mine)
    yield Figure("tickets.beside.times_faster", round(faster, 1), "times", bar=5, better="higher", n=n, seed=SEED)
