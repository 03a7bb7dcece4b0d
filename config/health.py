"""GET /healthz: whether this installation can serve, part by part, fit for a load balancer's probe."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import psycopg
import redis
from celery import shared_task
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse

from knowledge import embeddings

PATIENCE = 2.0  # seconds a part may take to show that it lives
_ASKED, _ANSWERED = "as:health:asked", "as:health:answered"


def healthz(request: HttpRequest) -> JsonResponse:
    parts = report()
    answer = JsonResponse({**parts, "version": settings.VERSION}, status=200 if all(parts.values()) else 503)
    answer["Cache-Control"] = "no-store"
    return answer


def report() -> dict[str, bool]:
    """Ask every part at once; a part that fails or is slow is False, and none keeps the others waiting."""
    parts: dict[str, Callable[[], bool]] = {
        "database": database,
        "redis": redis_server,
        "worker": worker,
        "embeddings": embeddings.ready,
    }
    pool = ThreadPoolExecutor(len(parts))
    asked = {name: pool.submit(part) for name, part in parts.items()}
    pool.shutdown(wait=False)
    done, _ = wait(asked.values(), timeout=PATIENCE + 0.5)
    return {name: answer in done and answer.exception() is None and answer.result() for name, answer in asked.items()}


def database() -> bool:
    """A connection of its own: a pool that is merely busy must not read as a database that is gone."""
    parameters = {**connection.get_connection_params(), "connect_timeout": 2}
    with psycopg.connect(**parameters) as fresh:
        return fresh.execute("SELECT 1").fetchone() is not None


def redis_server() -> bool:
    return bool(_redis().ping())


def worker() -> bool:
    """Send a task through the broker and see its answer; probes of the same two seconds share one task."""
    server, deadline = _redis(), time.monotonic() + PATIENCE
    while not server.exists(_ANSWERED):
        if time.monotonic() > deadline:
            return False
        # An unanswered task is not asked again at once, so that a dead worker's queue stays short.
        if server.set(_ASKED, 1, nx=True, px=4000):
            answer_probe.apply_async(expires=10, retry=False)
        time.sleep(0.01)
    return True


@shared_task
def answer_probe() -> None:
    server = _redis()
    server.set(_ANSWERED, 1, px=2000)
    server.delete(_ASKED)


def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
