"""How fast the chat is, with database, queue, web, worker and the people themselves on the same machine."""

import asyncio
import json
import os
import random
import statistics
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from websockets.asyncio.client import ClientConnection, connect

from tests.bench import _peers
from tests.faults.chat._stage import Whole, stage
from tests.figures import Figure
from tests.installation import free_port, wait_for

SEED = 20_260_306
PAIRS = 250
A_SECOND, SECONDS = 20, 30
ROOMS, WINDOW, ROUNDS, ROUND_SECONDS = 20, 2, 3, 10
Dialect = tuple[Callable[[str], str], Callable[[dict], str | None]]
OURS: Dialect = (
    lambda one: json.dumps({"type": "send", "client_id": one, "text": one}),
    lambda frame: frame["client_id"] if frame["type"] == "ack" else None,
)
THEIRS: Dialect = (lambda one: json.dumps({"message": one}), lambda frame: frame["message"])


def figures() -> Iterator[Figure]:
    with stage() as whole:
        yield from asyncio.run(a_busy_day(whole))
        people = _pairs(whole.invite(shoppers=ROOMS, agents=ROOMS))
        asyncio.run(_take(whole, people))
        with tutorial(whole.redis_urls[0].replace("db=0", "db=9")) as theirs:
            rounds = [asyncio.run(_one_round(whole, theirs, people)) for _ in range(ROUNDS)]
    ours, peer = (round(statistics.median(column), 1) for column in zip(*rounds, strict=True))
    n = ROUNDS
    yield Figure("chat.committed", ours, "messages/s", bar=200, better="higher", n=n, seed=SEED, peer=peer)
    yield Figure(
        "chat.committed_to_tutorial", round(ours / peer, 3), "ratio", bar=0.25, better="higher", n=n, seed=SEED
    )


# Five hundred sockets, and twenty messages a second.


async def a_busy_day(whole: Whole, *, pairs: int = PAIRS, seconds: float = SECONDS) -> list[Figure]:
    people = _pairs(whole.invite(shoppers=pairs, agents=max(1, pairs // 25)))
    await _take(whole, people[::2])
    before = whole.memory("web")
    sent: dict[str, float] = {}
    acked: dict[str, float] = {}
    arrived: dict[str, float] = {}

    async def listen(socket: ClientConnection, number: int) -> None:
        async for raw in socket:
            now, frame = time.perf_counter(), json.loads(raw)
            one = frame.get("client_id") or ""
            if frame["type"] == "ack":
                acked[one] = now
            elif frame["type"] == "message" and one in sent and not one.endswith(f"-{number}"):
                arrived[one] = now

    async with _opened(whole, people) as sockets:
        idle = whole.memory("web") - before
        listening = [asyncio.create_task(listen(socket, number)) for number, socket in enumerate(sockets)]
        dice, began = random.Random(SEED), time.perf_counter()
        for turn in range(int(A_SECOND * seconds)):
            await asyncio.sleep(max(0.0, began + turn / A_SECOND - time.perf_counter()))
            pair = dice.randrange(pairs)
            number = 2 * pair + (dice.random() < 0.5 if pair % 2 == 0 else 0)  # only who holds it may answer
            one = f"{uuid.UUID(int=dice.getrandbits(128)).hex}-{number}"
            sent[one] = time.perf_counter()
            await sockets[number].send(OURS[0](one))
        await asyncio.sleep(5)
        for task in listening:
            task.cancel()
    n = len(sent)
    acks = [1000 * (acked[one] - sent[one]) for one in sent if one in acked]
    others = [1000 * (arrived[one] - sent[one]) for one in sent if one in arrived]
    return [
        Figure("chat.idle_socket", round(idle / (2 * pairs), 1), "KiB", n=2 * pairs),
        Figure("chat.unheard", 2 * n - len(acks) - len(others), "frames", bar=0, n=n, seed=SEED),
        Figure("chat.ack_p50", _percentile(acks, 50), "ms", n=n, seed=SEED),
        Figure("chat.ack_p95", _percentile(acks, 95), "ms", bar=100, n=n, seed=SEED),
        Figure("chat.other_side_p50", _percentile(others, 50), "ms", n=n, seed=SEED),
        Figure("chat.other_side_p95", _percentile(others, 95), "ms", bar=300, n=n, seed=SEED),
    ]


@asynccontextmanager
async def _opened(whole: Whole, people: list[tuple[dict, dict]]) -> AsyncIterator[list[ClientConnection]]:
    """A socket of the shopper and one of an agent for every conversation, both up to date."""
    sockets: list[ClientConnection] = []
    try:
        for shopper, agent in people:
            conversation = shopper["conversation"]
            for path, person in ((f"/ws/chat/{conversation}/", shopper), (f"/ws/inbox/{conversation}/", agent)):
                socket = await _open(whole.socket(path), headers=whole.browser(person))
                await socket.send(json.dumps({"type": "sync", "since": 0}))
                await socket.recv()
                sockets.append(socket)
        yield sockets
    finally:
        await asyncio.gather(*(socket.close() for socket in sockets))


def _pairs(people: dict) -> list[tuple[dict, dict]]:
    agents = people["agents"]
    return [(shopper, agents[number % len(agents)]) for number, shopper in enumerate(people["shoppers"])]


async def _take(whole: Whole, pairs: list[tuple[dict, dict]]) -> None:
    """These conversations are held by the agent who sits at their other end."""
    for shopper, agent in pairs:
        taker = whole.agent(agent, shopper["conversation"])
        running = asyncio.create_task(taker.run())
        assert await taker.until(lambda taker=taker: taker.state, 30)
        await taker.send("take")
        assert await taker.until(lambda taker=taker: taker.state["holder"] == "person", 30)
        running.cancel()


# As much as goes through, beside a chat that stores nothing.


async def _one_round(whole: Whole, theirs: str, people: list[tuple[dict, dict]]) -> tuple[float, float]:
    """Messages a second: ours by the rows of the table, theirs by what came back."""
    counted = "SELECT count(*) FROM chat_message"
    async with _opened(whole, people) as sockets:
        before = whole.ask(counted)[0][0]
        seconds, _ = await saturate(sockets, OURS)
        ours = (whole.ask(counted)[0][0] - before) / seconds
    rooms = [await _open(f"{theirs}/ws/chat/{number // 2}/") for number in range(2 * ROOMS)]
    seconds, heard = await saturate(rooms, THEIRS)
    await asyncio.gather(*(room.close() for room in rooms))
    return ours, heard / seconds


async def saturate(sockets: list[ClientConnection], dialect: Dialect) -> tuple[float, int]:
    """Every socket has a few of its messages on the way and sends the next when one has come back."""
    write, came_back = dialect
    heard, began = 0, time.perf_counter()
    until = began + ROUND_SECONDS

    async def talk(socket: ClientConnection) -> None:
        nonlocal heard
        open_ones = set()

        async def say() -> None:
            one = uuid.uuid4().hex
            open_ones.add(one)
            await socket.send(write(one))

        for _ in range(WINDOW):
            await say()
        while open_ones:
            one = came_back(json.loads(await asyncio.wait_for(socket.recv(), 30)))
            if one in open_ones:
                open_ones.discard(one)
                heard += 1
                if time.perf_counter() < until:
                    await say()

    await asyncio.gather(*map(talk, sockets))
    return time.perf_counter() - began, heard


def _open(address: str, headers: dict[str, str] | None = None) -> Awaitable[ClientConnection]:
    origin = "http" + address.removeprefix("ws").split("/ws/")[0]
    return connect(
        address,
        subprotocols=["aftersale.v1"] if headers else None,
        additional_headers=headers or {"Origin": origin},
        proxy=None,
        compression=None,
        max_size=None,
        ping_interval=None,
        open_timeout=60,
    )


@contextmanager
def tutorial(redis_url: str) -> Iterator[str]:
    """The tutorial's chat, with what it needs in an environment of its own."""
    port = free_port()
    around = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = subprocess.Popen(
        [_peers.programs("tutorial") / "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", "tutorial:application"],
        cwd=_peers.folder("tutorial"),
        env={**around, "REDIS_URL": redis_url},
    )
    try:
        assert wait_for(lambda: _listens(port), 60), "the tutorial's chat does not start"
        yield f"ws://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as link:
        return link.connect_ex(("127.0.0.1", port)) == 0


def _percentile(values: list[float], percent: int) -> float:
    return round(statistics.quantiles(values, n=100)[percent - 1], 1) if len(values) > 1 else float("nan")
