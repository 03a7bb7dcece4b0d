import threading
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from accounts.models import Shop
from analytics.ledger import cursors, delivery, events
from analytics.ledger.models import Cursor, Delivery, Event, Horizon

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shops():
    return [Shop.objects.create(name=name, slug=name.lower()) for name in ("Lamps", "Chairs")]


@pytest.fixture
def subscribers(monkeypatch):
    """No subscriber but those of the test."""
    monkeypatch.setattr(delivery, "SUBSCRIBERS", {})
    monkeypatch.setattr(delivery, "_send", lambda: None)
    return delivery.SUBSCRIBERS


def record(shop, *versions):
    with transaction.atomic():
        return [events.record("bot.switched", shop=shop, is_on=True, version=version) for version in versions]


def others_done():
    """Wait for writers of other databases on this server: the ledger, rightly, waits for them too."""
    until = time.monotonic() + 60
    while cursors.settled() < cursors.newest() and not _somebody_writes_here() and time.monotonic() < until:
        time.sleep(0.02)


def _somebody_writes_here():
    with connection.cursor() as sql:
        sql.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        return sql.fetchone()[0] > 0


def run():
    """What dispatch does, without the queue."""
    others_done()
    for reader in list(delivery.waiting()):
        delivery.deliver(reader)


def subscribe(heard, *patterns, name="reader", fails=lambda event: False):
    @events.on(*patterns, name=name)
    def hear(event):
        if fails(event):
            raise RuntimeError("maria@example.com is not to be written down")
        heard.append(event.facts["version"])


def let_time_pass():
    """Let the time for the next attempt come."""
    Delivery.objects.exclude(due_at=None).update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_subscriber_hears_what_it_asked_for_once_and_in_order(shops, subscribers):
    heard = []
    subscribe(heard, "bot.*")
    record(shops[0], 1, 2)
    with transaction.atomic():
        events.record("shop.created", shop=shops[0])
    record(shops[1], 3)

    run()
    run()

    assert heard == [1, 2, 3]
    assert Cursor.objects.get().last == cursors.settled() == cursors.newest()


def test_a_pattern_that_matches_no_kind_is_a_mistake():
    with pytest.raises(delivery.NobodyWouldHear):
        events.on("tikcet.*")


def test_an_event_of_a_transaction_that_was_rolled_back_is_never_heard(shops, subscribers):
    heard = []
    subscribe(heard, "bot.*")
    with transaction.atomic():
        record(shops[0], 1)
        transaction.set_rollback(True)
    record(shops[0], 2)

    run()

    assert heard == [2]


def test_a_late_commit_is_not_skipped(shops, subscribers, capsys):
    heard = []
    subscribe(heard, "bot.*")
    recorded, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            events.record("bot.switched", shop=shops[0], is_on=True, version=1)
            recorded.set()
            may_commit.wait(10)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    recorded.wait(10)
    record(shops[1], 2)
    run()
    assert heard == []  # 1 may still come, and comes first
    call_command("ledger")
    assert "waits for a transaction that is still open" in capsys.readouterr().out

    may_commit.set()
    writer.join()
    run()
    assert heard == [1, 2]


def test_order_holds_for_a_transaction_that_got_its_number_before_the_lock(shops, subscribers):
    """The one with the smaller xid and the larger id: the trap of cursors that go by xid."""
    heard = []
    subscribe(heard, "bot.*")
    has_xid, may_lock = threading.Event(), threading.Event()

    def early():
        with transaction.atomic():
            connection.cursor().execute("SELECT pg_current_xact_id()")
            has_xid.set()
            may_lock.wait(10)
            events.record("bot.switched", shop=shops[0], is_on=True, version=2)
        connection.close()

    writer = threading.Thread(target=early)
    writer.start()
    has_xid.wait(10)
    first = record(shops[0], 1)[0]
    may_lock.set()
    writer.join()
    run()

    second = Event.objects.exclude(pk=first.pk).get()
    assert (second.xid < first.xid, second.pk > first.pk) == (True, True)
    assert heard == [1, 2]


def test_a_ledger_that_was_moved_to_a_younger_server_settles_all_the_same(shops):
    """There the noted xid lies in a future that may never come."""
    recorded = record(shops[0], 1)[0]
    cursors.settled()
    Horizon.objects.update(settled=0, fence=recorded.pk, fence_xid=10**15)
    has_xid, may_end = threading.Event(), threading.Event()

    def busy():
        with transaction.atomic():
            connection.cursor().execute("SELECT pg_current_xact_id()")
            has_xid.set()
            may_end.wait(10)
        connection.close()

    writer = threading.Thread(target=busy)
    writer.start()
    has_xid.wait(10)
    assert cursors.settled() == 0
    assert Horizon.objects.get().fence_xid < 10**15

    may_end.set()
    writer.join()
    others_done()
    assert cursors.settled() >= recorded.pk


def test_what_was_committed_before_a_crash_is_found_without_a_call(shops, subscribers):
    """Nothing was sent to any queue: the cursor alone remembers."""
    heard = []
    subscribe(heard, "bot.*")
    record(shops[0], 1)

    assert heard == []
    others_done()
    assert list(delivery.waiting()) == ["reader"]
    run()
    assert heard == [1]


def test_a_crash_in_a_subscriber_undoes_its_effect_and_the_step(shops, subscribers, monkeypatch):
    made = []

    @events.on("bot.*", name="reader")
    def hear(event):
        Shop.objects.create(name="made", slug=f"made-{event.pk}")
        made.append(event.pk)
        if len(made) == 1:
            raise KeyboardInterrupt  # what a killed process looks like to its transaction

    record(shops[0], 1)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert not Shop.objects.filter(name="made").exists()

    run()
    assert len(made) == 2
    assert Shop.objects.filter(name="made").count() == 1


def test_a_failing_subscriber_holds_up_neither_others_nor_other_subjects(shops, subscribers):
    well, ill = [], []
    subscribe(well, "bot.*", name="well")
    subscribe(ill, "bot.*", name="ill", fails=lambda event: event.facts["version"] == 1)
    record(shops[0], 1, 2)
    record(shops[1], 3)

    run()

    assert well == [1, 2, 3]
    assert ill == [3]
    assert not list(delivery.waiting())  # its time has not come yet


def test_a_held_up_subject_catches_up_in_order(shops, subscribers):
    heard, broken = [], [True]
    subscribe(heard, "bot.*", fails=lambda event: broken and event.facts["version"] == 1)
    record(shops[0], 1, 2)
    record(shops[1], 3)
    run()
    record(shops[0], 4)
    run()
    assert heard == [3]

    broken.clear()
    let_time_pass()
    run()

    assert heard == [3, 1, 2, 4]
    assert not Delivery.objects.exists()


def test_pauses_grow_and_in_the_end_a_person_decides(shops, subscribers, capsys):
    heard, broken = [], [True]
    subscribe(heard, "bot.*", fails=lambda event: broken)
    record(shops[0], 1)
    run()
    for attempt in range(1, delivery.MAX_ATTEMPTS):
        held_up = Delivery.objects.get()
        assert (held_up.attempts, held_up.is_parked) == (attempt, False)
        pause = held_up.due_at - timezone.now()
        assert pause <= delivery.FIRST_PAUSE * 2 ** (attempt - 1) < 2.1 * (pause + timedelta(seconds=1))
        let_time_pass()
        run()
    assert Delivery.objects.get().is_parked
    record(shops[0], 2)
    run()
    let_time_pass()
    run()
    assert heard == []

    call_command("ledger")
    said = capsys.readouterr().out
    assert "reader: at" in said
    assert "2 held up" in said
    assert "RuntimeError in test_delivery.py" in said
    assert "maria" not in said

    broken.clear()
    call_command("ledger", "replay", "--reader", "reader", "--subject", f"shop:{shops[0].pk}")
    run()
    assert heard == [1, 2]


def test_two_workers_do_not_hand_over_the_same_event(shops, subscribers):
    heard, inside, may_end = [], threading.Event(), threading.Event()

    @events.on("bot.*", name="reader")
    def hear(event):
        inside.set()
        may_end.wait(10)
        heard.append(event.facts["version"])

    record(shops[0], 1)
    others_done()

    def work():
        delivery.deliver("reader")
        close_old_connections()
        connection.close()

    first = threading.Thread(target=work)
    first.start()
    inside.wait(10)
    assert delivery.deliver("reader") == 0
    may_end.set()
    first.join()
    assert heard == [1]


def test_a_subscriber_that_comes_later_begins_now(shops, subscribers):
    old, new = [], []
    subscribe(old, "bot.*", name="old")
    record(shops[0], 1)
    run()
    subscribe(new, "bot.*", name="new")
    run()
    record(shops[0], 2)
    run()

    assert (old, new) == ([1, 2], [2])


def test_one_call_wakes_the_subscribers_however_many_events(shops, subscribers, monkeypatch):
    calls = []

    def send():
        calls.append(1)

    monkeypatch.setattr(delivery, "_send", send)
    subscribe([], "bot.*")
    record(shops[0], 1, 2, 3)
    assert calls == [1]

    with transaction.atomic():
        events.record("shop.created", shop=shops[0])  # nobody listens to this
    assert calls == [1]


def test_a_page_of_the_ledger_ends_where_the_next_begins(shops):
    recorded = record(shops[0], 1, 2, 3) + record(shops[1], 4)

    others_done()
    page = cursors.read_since(0, limit=2)
    assert ([event.pk for event in page.events], page.has_more) == ([event.pk for event in recorded[:2]], True)
    rest = cursors.read_since(page.cursor)
    assert [event.pk for event in rest.events] == [event.pk for event in recorded[2:]]
    assert cursors.read_since(rest.cursor).events == []
    assert [event.facts["version"] for event in cursors.read_since(0, shop_id=shops[1].pk).events] == [4]
    assert cursors.read_since(0, kinds=["shop.created"]).events == []
