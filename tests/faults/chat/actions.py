"""An action happens once, whoever dies while it is done."""

import asyncio
import os
import random
import re
import signal
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg

from tests.faults.chat._stage import Whole, eventually, running, stage
from tests.figures import Figure

SEED = 20_260_304
SHOPPERS, EACH, KILLS = 40, 5, 1000
WITHIN = 600.0


def figures() -> Iterator[Figure]:
    with (
        receiver(seed=SEED) as (address, effects),
        killer() as (door, begun),
        stage(WORKERS="12", ACTION_CLAIM_SECONDS="2", FAULTS_RECEIVER=address, FAULTS_KILLER=door) as whole,
    ):
        yield from cut_off(whole, effects, begun, shoppers=SHOPPERS, each=EACH, kills=KILLS, seed=SEED)


def cut_off(
    whole: Whole, effects: Counter, begun: socket.socket, *, shoppers: int, each: int, kills: int, seed: int
) -> Iterator[Figure]:
    """Kill hands of the worker while they execute, until enough executions were cut off; then count effects."""
    people = whole.invite(shoppers=shoppers)["shoppers"]
    began, cut = time.monotonic(), 0
    dice = random.Random(seed)
    while cut < kills and time.monotonic() - began < WITHIN:
        if not _open(whole):
            asyncio.run(_ask_for_actions(whole, people, each))
        _strike(begun, dice, within=2)
        cut = _cut(whole)
    finished = asyncio.run(eventually(lambda: not _open(whole), within=300))
    yield from _counted(whole, effects, finished=finished, kills=kills, seed=seed)


def _strike(begun: socket.socket, dice: random.Random, *, within: float) -> None:
    """Most of those who say that they begin have a little while to live, so that some just make it."""
    until = time.monotonic() + within
    doomed: list[tuple[float, int]] = []
    while time.monotonic() < until or doomed:
        with suppress(TimeoutError):
            pid = int(begun.recv(32))
            if dice.random() < 0.8 and time.monotonic() < until:
                doomed.append((time.monotonic() + dice.uniform(0, 0.15), pid))
        now = time.monotonic()
        for _, pid in [one for one in doomed if one[0] <= now]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        doomed = [one for one in doomed if one[0] > now]


def _counted(whole: Whole, effects: Counter, *, finished: bool, kills: int, seed: int) -> Iterator[Figure]:
    keys = {str(key): kind for key, kind in whole.ask("SELECT key, kind FROM chat_action")}
    ours = Counter(str(key) for (key,) in whole.ask("SELECT key FROM faults_effect"))
    happened = {key: (ours if kind == "test.ours" else effects)[key] for key, kind in keys.items()}
    outcomes = Counter()
    for (text,) in whole.ask("SELECT text FROM chat_message WHERE author = 'system'"):
        outcomes.update(re.findall(r"Done: (\S+)", text))
    n = len(keys)
    not_once = {key: times for key, times in happened.items() if times != 1}
    told_wrong = {key: outcomes[key] for key in keys if outcomes[key] != 1}
    for key in [*not_once, *told_wrong][:5]:
        print(f"# action {key} ({keys[key]}): happened {happened[key]} times, told {outcomes[key]} times", flush=True)
    if not finished:
        print(f"# {len(_open(whole))} actions never finished", flush=True)
    yield Figure("chat.actions.cut_off", _cut(whole), "executions", bar=kills, better="higher", n=n, seed=seed)
    yield Figure("chat.actions.not_once", len(not_once), "actions", bar=0, n=n, seed=seed)
    yield Figure("chat.actions.told_not_once", len(told_wrong), "actions", bar=0, n=n, seed=seed)


async def _ask_for_actions(whole: Whole, people: list[dict], each: int) -> None:
    """Every shopper asks for some of each kind; the assistant promises, the rows are there."""
    before = len(whole.ask("SELECT 1 FROM chat_action"))
    chats = [whole.shopper(person) for person in people]
    async with running(*chats):
        for chat in chats:
            chat.say(f"please #do=ours*{each} #do=theirs*{each}")
        expected = before + 2 * each * len(people)
        assert await eventually(lambda: len(whole.ask("SELECT 1 FROM chat_action")) >= expected, 120)


def _cut(whole: Whole) -> int:
    """Executions that began and did not end: an action that is done needed one of its attempts."""
    with suppress(psycopg.OperationalError):
        return whole.ask(
            "SELECT coalesce(sum(greatest(attempts - (status <> 'requested')::int, 0)), 0)::int FROM chat_action"
        )[0][0]
    return 0


def _open(whole: Whole) -> list:
    return whole.ask("SELECT 1 FROM chat_action WHERE status = 'requested'")


@contextmanager
def killer() -> Iterator[tuple[str, socket.socket]]:
    """Where processes say that they have begun."""
    with (
        tempfile.TemporaryDirectory(prefix="aftersale-killer-", dir="/tmp") as place,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as begun,
    ):
        begun.bind(f"{place}/door")
        begun.settimeout(0.005)
        yield f"{place}/door", begun


@contextmanager
def receiver(*, seed: int) -> Iterator[tuple[str, Counter]]:
    """Another system: it does a thing once for each key, and takes its time before and after."""
    effects, lock, dice = Counter(), threading.Lock(), random.Random(seed)
    done = set()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            before, after = dice.uniform(0, 0.05), dice.uniform(0, 0.05)
            time.sleep(before)
            key = self.headers["Idempotency-Key"]
            with lock:
                if key not in done:
                    done.add(key)
                    effects[key] += 1
            time.sleep(after)
            with suppress(OSError):
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}", effects
    finally:
        server.shutdown()
