"""GET /healthz tells the truth about each part, to anybody, without a cookie."""

import threading

import psycopg
import pytest
import redis
from celery.contrib.testing.worker import start_worker

from config import health
from config.celery import app


@pytest.fixture
def server(settings):
    server = redis.Redis.from_url(settings.REDIS_URL)
    server.delete(health._ASKED, health._ANSWERED)
    app.control.purge()
    yield server
    server.delete(health._ASKED, health._ANSWERED)
    app.control.purge()


@pytest.fixture
def ready(settings):
    settings.EMBEDDINGS = "fake"


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(health, "PATIENCE", 0.2)


@pytest.mark.django_db
@pytest.mark.usefixtures("ready")
def test_all_is_well_with_a_worker(client, server, settings):
    with start_worker(app, perform_ping_check=False, pool="solo"):
        answer = client.get("/healthz")

    assert answer.json() == {
        "database": True, "redis": True, "worker": True, "embeddings": True, "version": settings.VERSION,
    }  # fmt: skip
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.django_db
@pytest.mark.usefixtures("ready", "short")
def test_without_a_worker_it_is_503_and_says_which_part(client, server):
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert {name for name, well in answer.json().items() if not well} == {"worker"}


@pytest.mark.usefixtures("short")
def test_many_probes_of_a_dead_worker_ask_it_once(server, settings):
    probes = [threading.Thread(target=health.worker) for _ in range(8)]
    for probe in probes:
        probe.start()
    for probe in probes:
        probe.join()

    queue = redis.Redis.from_url(
        settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://").replace("virtual_host", "db")
    )
    assert queue.llen("celery") == 1


@pytest.mark.usefixtures("short")
def test_an_old_answer_does_not_speak_for_a_worker_that_died(server):
    health.answer_probe()
    assert health.worker()
    assert 0 < server.pttl(health._ANSWERED) <= 2000

    server.delete(health._ANSWERED)
    assert not health.worker()


@pytest.mark.django_db
@pytest.mark.usefixtures("ready", "short")
def test_without_redis_it_says_so_at_once(client, settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert (answer.json()["redis"], answer.json()["worker"], answer.json()["database"]) == (False, False, True)


@pytest.mark.django_db
@pytest.mark.usefixtures("ready", "short")
def test_without_a_database_it_says_so(client, server, monkeypatch):
    def away(**_):
        raise psycopg.OperationalError("the connection was refused")

    monkeypatch.setattr(psycopg, "connect", away)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["database"] is False
    assert "refused" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("short")
def test_a_model_that_was_never_prepared_is_not_well(client, server, monkeypatch):
    monkeypatch.setattr("knowledge.embeddings.ready", lambda: False)

    assert client.get("/healthz").json()["embeddings"] is False


@pytest.mark.usefixtures("ready", "short")
def test_a_part_that_hangs_does_not_hang_the_answer(server, monkeypatch):
    hanging = threading.Event()
    monkeypatch.setattr(health, "database", lambda: hanging.wait(10))

    assert health.report()["database"] is False
    hanging.set()


@pytest.mark.django_db
@pytest.mark.usefixtures("ready", "short")
def test_probes_are_not_sent_to_https(client, server, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == 503
    assert client.get("/healthz/").status_code == 301
