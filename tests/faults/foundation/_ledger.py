"""The processes of the ledger trial: writers, workers that are killed, and the peers that are not."""

import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from accounts.models import Shop  # noqa: E402
from analytics.ledger import cursors, delivery, events  # noqa: E402
from analytics.ledger.models import Event  # noqa: E402
from tests.faults.foundation.ledger import Trial  # noqa: E402

fork = multiprocessing.get_context("fork")
READER = "faults.reader"
GIVE_UP = 300.0


class RolledBack(Exception):
    """As planned."""


def conduct(trial: Trial, place: Path) -> dict[str, object]:
    """Prepare, set everybody to work, kill workers until all is written, let the last ones finish, and tell."""
    started = time.monotonic()
    chance = random.Random(trial.seed)
    shops = prepare(trial)
    connection.close()  # nobody forks with a connection in hand
    done, rolled_back = fork.Event(), fork.Value("i", 0)
    unheard = fork.Value("i", 0)
    peers = fork.Process(target=compare, args=(done, unheard, place))
    writers = [fork.Process(target=write, args=(trial, shops, n, rolled_back, unheard)) for n in range(trial.writers)]
    for process in (peers, *writers):
        process.start()
    kills = kill_about(chance, writers, place)
    if any(writer.exitcode for writer in writers):
        raise SystemExit("A writer failed.")
    finish(place)
    done.set()
    peers.join()
    return {
        "truth": sql("SELECT id, substr(subject, 6)::int, (facts->>'version')::int FROM ledger_event ORDER BY id"),
        "effects": [number for (number,) in sql("SELECT event FROM fault_effect")],
        "subscriber": lines(place / "subscriber"),
        "read_since": lines(place / "read_since"),
        "by_id": lines(place / "by_id"),
        "by_xid": lines(place / "by_xid"),
        "kills": kills,
        "kills_wanted": trial.events // 250,
        "rolled_back": rolled_back.value,
        "seconds": time.monotonic() - started,
    }


def prepare(trial: Trial) -> list[int]:
    sql("CREATE TABLE fault_turn (shop int PRIMARY KEY, turn int NOT NULL)")
    sql("CREATE TABLE fault_effect (event bigint)")
    shops = Shop.objects.bulk_create(Shop(name=f"Shop {n}", slug=f"fault-{n}") for n in range(trial.shops))
    sql("INSERT INTO fault_turn SELECT unnest(%s::int[]), 0", [[shop.pk for shop in shops]])
    cursors.settled()
    list(delivery.waiting())
    return [shop.pk for shop in shops]


def write(trial: Trial, shops: list[int], number: int, rolled_back, unheard) -> None:
    chance = random.Random(f"{trial.seed} writer {number}")
    left = trial.events // trial.writers
    while left > 0:
        recorded = 0
        try:
            with transaction.atomic():
                recorded = one_transaction(trial, chance, shops, most=left, rolled_back=rolled_back)
                if chance.random() < 0.15:
                    raise RolledBack
        except RolledBack:
            with rolled_back.get_lock():
                rolled_back.value += recorded
        else:
            left -= recorded
        while unheard.value > trial.ahead:
            time.sleep(0.01)


def one_transaction(trial: Trial, chance: random.Random, shops: list[int], *, most: int, rolled_back) -> int:
    pause = trial.stall if chance.random() < 0.01 else 0.05
    if chance.random() < 0.5:
        sql("SELECT pg_current_xact_id()")
        time.sleep(chance.random() * pause)
    recorded = 0
    for pk in sorted(chance.sample(shops, k=chance.choice([1, 1, 1, 2, 3]))):
        shop = Shop.objects.select_for_update(no_key=True).get(pk=pk)
        for _ in range(chance.choice([1, 1, 2, 3])):
            if recorded == most:
                return recorded
            if chance.random() < 0.1:
                with suppress(RolledBack), transaction.atomic():
                    happen(shop)
                    raise RolledBack
                with rolled_back.get_lock():
                    rolled_back.value += 1
            happen(shop)
            recorded += 1
            if chance.random() < 0.3:
                time.sleep(chance.random() * pause)
    time.sleep(chance.random() * pause * 4)
    return recorded


def happen(shop: Shop) -> None:
    [(turn,)] = sql("UPDATE fault_turn SET turn = turn + 1 WHERE shop = %s RETURNING turn", [shop.pk])
    events.record("bot.switched", shop=shop, is_on=True, version=turn)


def kill_about(chance: random.Random, writers: list, place: Path) -> int:
    """Kill one of the workers at a random moment, put another in its place, as long as anybody writes."""
    workers = [started(work, place, chance.random()), started(work, place, chance.random()), started(follow, place)]
    kills = 0
    while any(writer.is_alive() for writer in writers):
        time.sleep(0.05 + chance.random() * 0.5)
        place_of = chance.randrange(3)
        workers[place_of].kill()
        workers[place_of].join()
        kills += workers[place_of].exitcode == -signal.SIGKILL
        workers[place_of] = started(follow, place) if place_of == 2 else started(work, place, chance.random())
    for worker in workers:
        worker.kill()
        worker.join()
    return kills


def finish(place: Path) -> None:
    """The last ones are left alone until everything is heard."""
    last = [started(work, place, 0.5), started(follow, place)]
    until = time.monotonic() + GIVE_UP
    while time.monotonic() < until:
        time.sleep(0.1)
        newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
        behind = any(standing.unread or standing.held_up for standing in delivery.standings())
        followed = int((place / "cursor").read_text() or 0) if (place / "cursor").exists() else 0
        if not behind and newest is not None and followed >= newest:
            break
    for worker in last:
        worker.kill()
        worker.join()


def started(target, *args):
    connection.close()
    process = fork.Process(target=target, args=args)
    process.start()
    return process


def work(place: Path, seed: float) -> None:
    """A worker: what the task `dispatch` does, in a circle. One time in a hundred the subscriber fails."""
    chance = random.Random(seed)
    delivery.FIRST_PAUSE, delivery.MAX_ATTEMPTS = timedelta(milliseconds=30), 100
    log = os.open(place / "subscriber", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def hear(event: Event) -> None:
        if chance.random() < 0.01:
            raise RuntimeError("on purpose")
        sql("INSERT INTO fault_effect VALUES (%s)", [event.pk])
        os.write(log, b"%d\n" % event.pk)

    delivery.SUBSCRIBERS[READER] = delivery.Subscriber(READER, frozenset({"bot.switched"}), hear)
    while True:
        for reader in delivery.waiting():
            delivery.deliver(reader)
        time.sleep(0.005)


def follow(place: Path) -> None:
    """Somebody outside who keeps the cursor, in a file that is replaced once its page is written down."""
    kept, log = place / "cursor", os.open(place / "read_since", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    cursor = int(kept.read_text()) if kept.exists() else 0
    while True:
        page = cursors.read_since(cursor, kinds={"bot.switched"}, limit=20)
        for event in page.events:
            os.write(log, b"%d\n" % event.pk)
        cursor = page.cursor
        (place / "next").write_text(str(cursor))
        (place / "next").replace(kept)
        time.sleep(0.02)


def compare(done, unheard, place: Path) -> None:
    """The peers: one asks for what is above the last id it saw, one for what is between the last xmin and this."""
    by_id, by_xid, last, low = [], [], 0, 0
    while True:
        is_last = done.is_set()
        found = [number for (number,) in sql("SELECT id FROM ledger_event WHERE id > %s ORDER BY id", [last])]
        by_id += found
        last = max([last, *found])
        [(high,)] = sql("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        window = "SELECT id FROM ledger_event WHERE xid >= %s::text::xid8 AND xid < %s::text::xid8 ORDER BY id"
        by_xid += [number for (number,) in sql(window, [low, high])]
        low = high
        horizon = cursors.settled()
        [(unheard.value,)] = sql(
            "SELECT count(*) FROM ledger_event e, ledger_cursor c WHERE e.id > c.last AND e.id <= %s", [horizon]
        )
        if is_last:
            break
        time.sleep(0.02)
    (place / "by_id").write_text("".join(f"{number}\n" for number in by_id))
    (place / "by_xid").write_text("".join(f"{number}\n" for number in by_xid))


def sql(statement: str, values: list | None = None) -> list:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def lines(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


if __name__ == "__main__":
    delivery.logger.disabled = True  # failures on purpose
    delivery.SUBSCRIBERS.clear()
    delivery.SUBSCRIBERS[READER] = delivery.Subscriber(READER, frozenset({"bot.switched"}), lambda event: None)
    with tempfile.TemporaryDirectory(prefix="aftersale-ledger-") as folder:
        told = conduct(Trial(**json.loads(sys.argv[1])), Path(folder))
    json.dump(told, sys.stdout)
