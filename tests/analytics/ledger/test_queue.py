"""The way of an event through the real queue and a real worker."""

import threading

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.core.cache import cache
from django.db import connections, transaction

from accounts.models import Shop
from analytics.ledger import delivery, events
from config.celery import app

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard(monkeypatch):
    """A subscriber in another thread, and the sign it gives."""
    sign = threading.Event()
    monkeypatch.setattr(delivery, "SUBSCRIBERS", {})
    events.on("shop.created", name="reader")(lambda event: sign.set())
    app.control.purge()
    cache.delete("ledger:woken")
    yield sign
    app.control.purge()


@pytest.fixture
def worker(heard):
    with start_worker(app, perform_ping_check=False, pool="solo"):
        yield
    connections.close_all()


def open_shop(number=0):
    with transaction.atomic():
        events.record("shop.created", shop=Shop.objects.create(name="Lamps", slug=f"lamps-{number}"))


@pytest.mark.usefixtures("worker")
def test_a_commit_wakes_the_worker(heard):
    # Another writer of the same server may hold the first ones back; the next commit wakes the worker again.
    for number in range(15):
        open_shop(number)
        if heard.wait(2):
            break
    assert heard.is_set()


@pytest.mark.usefixtures("worker")
def test_after_a_crash_between_commit_and_call_the_sweep_hands_over(heard, monkeypatch):
    def crash():
        raise ConnectionError("the queue is gone, or we are")

    monkeypatch.setattr(delivery, "_send", crash)
    open_shop()
    assert not heard.wait(0.3)

    sweep = settings.CELERY_BEAT_SCHEDULE["hand over what was dropped"]
    for _ in range(30):  # as beat does
        app.send_task(sweep["task"])
        if heard.wait(1):
            break
    assert heard.is_set()


def test_many_commits_make_one_call(heard):
    for number in range(3):
        with transaction.atomic():
            events.record("shop.created", shop=Shop.objects.create(name="Lamps", slug=f"lamps-{number}"))
    with app.connection_or_acquire() as link:
        assert link.default_channel.client.llen("celery") == 1
