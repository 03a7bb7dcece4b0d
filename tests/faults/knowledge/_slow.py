"""Let the embedding of questions fail, hang or take its time, and see whether words still find, and who is told."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from unittest import mock

from accounts.models import Shop
from analytics.ledger.models import Event
from knowledge import embeddings, retrieval
from tests.faults.knowledge import _centre
from tests.figures import Figure

SEARCHES = 100
SLOW = 1.0


def measure() -> Iterator[Figure]:
    shop = _centre.brought()
    yield from judged(shop, _centre.titles(shop), SEARCHES)


def judged(shop: Shop, questions: Sequence[str], searches: int) -> Iterator[Figure]:
    enough, wordless, untold, times = threading.Event(), 0, 0, []
    ways: dict[str, Callable[..., object]] = {
        "fails": _fail,
        "slow": lambda *given, **options: time.sleep(SLOW),
        "hangs": lambda *given, **options: enough.wait(120),
    }
    for way in ways.values():
        with mock.patch.object(embeddings, "embed", way):
            for number in range(searches):
                question = questions[number % len(questions)]
                before, started = _told(shop), time.perf_counter()
                found = retrieval.search(shop, question)
                times.append(time.perf_counter() - started)
                untold += _told(shop) != before + 1
                wordless += not found or found != retrieval.search(shop, question, by="words")
        retrieval._late.clear()  # the next way of failing begins with an idle engine
    enough.set()
    n = len(times)
    yield Figure("degraded.without_words", wordless, "searches", bar=0, n=n)
    yield Figure("degraded.unrecorded", untold, "searches", bar=0, n=n)
    yield Figure("degraded.slowest", round(max(times), 3), "s", bar=1, n=n)


def _fail(*given: object, **options: object) -> None:
    raise ConnectionError("the engine is gone")


def _told(shop: Shop) -> int:
    return Event.objects.filter(kind="retrieval.degraded", shop_id=shop.pk).count()
