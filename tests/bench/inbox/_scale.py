"""What an agent waits for, by the clock of the one who serves her: pages through the whole of Django."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from chat import lists, search
from chat.models import Conversation
from tests import factories
from tests.bench import _timing
from tests.bench.inbox._filling import WORDS, fill
from tests.figures import Figure

SEED = 20_261_129
TALKS, MESSAGES, AGENTS, TIMES = 100_000, 1_000_000, 50, 200


def measure(*, talks: int = TALKS, messages: int = MESSAGES, times: int = TIMES) -> Iterator[Figure]:
    dice = random.Random(SEED)
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    shops = [factories.ShopFactory(slug=slug) for slug in ("lumen", "loom")]
    agents = [factories.UserFactory(email=f"bench-{number}@example.com") for number in range(AGENTS)]
    for agent in agents:
        for shop in shops:
            factories.MembershipFactory(user=agent, shop=shop)
    browser = Client(headers={"host": "localhost"})
    browser.force_login(agents[0], backend="allauth.account.auth_backends.AuthenticationBackend")
    inbox = reverse("chat:inbox")
    fill(shops=[one.pk for one in shops], agents=[one.pk for one in agents], talks=100, messages=1000, seed=SEED)
    few = _timing.queries(lambda: browser.get(inbox))
    began = time.perf_counter()
    fill(shops=[one.pk for one in shops], agents=[one.pk for one in agents], talks=talks, messages=messages, seed=SEED)
    yield Figure("inbox.filled_in", round(time.perf_counter() - began, 1), "s", n=messages, seed=SEED)
    many = _timing.queries(lambda: browser.get(inbox))
    desk = lists.desk_of(agents[0])
    yield Figure("inbox.more_queries_for_many", many - few, "queries", bar=0, n=many, seed=SEED)

    def timed(name: str, bar: float, act: Callable[[int], Any], n: int = times) -> Iterator[Figure]:
        return _timing.timed(f"inbox.{name}", act, bar=bar, n=n, seed=SEED)

    def ok(path: str) -> None:
        assert browser.get(path).status_code == 200, path

    for box in lists.Box.values:
        yield from timed(f"first_page.{box}", 150, lambda _n, box=box: ok(f"{inbox}?list={box}"), n=times // 4)
    yield from timed("counts", 50, lambda _n: lists.counts(desk))
    newest = Conversation.objects.order_by("-pk").values_list("public_id", flat=True)[:50_000]
    opened = dice.sample(list(newest), times + 1)
    yield from timed("thread", 100, lambda n: ok(reverse("chat:thread", args=[opened[n]])))
    asked = [_words(dice) for _ in range(times + 1)]
    found = []
    yield from timed("search", 300, lambda n: found.append(len(search.messages(desk, asked[n]))))
    yield Figure("inbox.search_found_something", sum(map(bool, found)), "searches", n=len(found), seed=SEED)
    yield from timed("search_frequent", 300, lambda n: search.messages(desk, f"w{1 + n % 3}"), n=times // 4)
    yield from timed("search_rare", 300, lambda n: search.messages(desk, f"w{WORDS - 1 - n}"), n=times // 4)
    yield Figure("inbox.whole_tables_read", sum(map(_reads_all, _statements(desk))), "statements", bar=0)


def _words(dice: random.Random) -> str:
    """One to three words, drawn as the messages were."""
    return " ".join(f"w{int(WORDS ** dice.random())}" for _ in range(dice.choice([1, 1, 2, 3])))


def _statements(desk: lists.Desk) -> Iterator[tuple[str, Any]]:
    for box in (lists.Box.ALL, lists.Box.WAITING, lists.Box.BOT):
        yield lists.heads_sql(box), [list(desk.shops)]
    yield lists.COUNTS, {"me": desk.user_id, "teams": list(desk.teams), "shops": list(desk.shops)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM chat_message")
        (newest,) = cursor.fetchone()
    for word in ("w1", "w150", f"w{WORDS - 1}"):
        for matches, window in search.statements():
            after = max(newest - window, 0)
            yield matches, {"text": word, "after": after, "shops": list(desk.shops)}


def _reads_all(statement: tuple[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement[0], statement[1])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    reads = "Seq Scan on chat_message" in plan or "Seq Scan on chat_conversation" in plan
    if reads:
        print(f"# {plan}", flush=True)
    return reads
