"""Nobody says anything for five minutes: do the sockets stay open, and do they still bring what is said then?"""

import asyncio
import json
import time
from collections.abc import Iterator

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.faults.chat._stage import Whole, stage
from tests.figures import Figure

SECONDS = 300
SOCKETS = 20


def figures(seconds: float = SECONDS) -> Iterator[Figure]:
    with stage() as whole:
        closed, silent, deaf = asyncio.run(sit_still(whole, sockets=SOCKETS, seconds=seconds))
    for example in closed[:3]:
        print(f"# closed after {example}", flush=True)
    yield Figure("idle.closed", len(closed), "sockets", bar=0, n=SOCKETS)
    yield Figure("idle.longest_silence", round(silent, 1), "s", bar=15, n=SOCKETS)
    yield Figure("idle.deaf", deaf, "sockets", bar=0, n=SOCKETS)


async def sit_still(whole: Whole, *, sockets: int, seconds: float) -> tuple[list[str], float, int]:
    """Half of them shoppers, half agents; neither sends a byte of its own accord after the first `sync`."""
    people = whole.invite(shoppers=sockets // 2, agents=sockets // 2)
    closed, gaps, heard = [], [0.0], set()

    async def sit(number: int, path: str, person: dict) -> None:
        began = last = time.monotonic()
        async with connect(
            whole.socket(path),
            subprotocols=["aftersale.v1"],
            additional_headers=whole.browser(person),
            proxy=None,
            ping_interval=None,
        ) as socket:
            await socket.send(json.dumps({"type": "sync", "since": 0}))
            try:
                async for frame in socket:
                    now = time.monotonic()
                    gaps.append(now - last)
                    last = now
                    told = json.loads(frame)
                    if told["type"] == "message" and told["text"] == "still there?":
                        heard.add(number)
            except ConnectionClosed as end:
                closed.append(f"{last - began:.0f} s: {path} {end}")

    async with asyncio.TaskGroup() as group:
        tasks = []
        for number, (shopper, agent) in enumerate(zip(people["shoppers"], people["agents"], strict=True)):
            conversation = shopper["conversation"]
            tasks.append(group.create_task(sit(2 * number, f"/ws/chat/{conversation}/", shopper)))
            tasks.append(group.create_task(sit(2 * number + 1, f"/ws/inbox/{conversation}/", agent)))
        await asyncio.sleep(seconds)
        before = len(closed)
        for shopper in people["shoppers"]:
            chat = whole.shopper(shopper)
            running = asyncio.create_task(chat.run())
            chat.say("still there?")
            await chat.until(lambda chat=chat: not chat.outbox, 30)
            running.cancel()
        await asyncio.sleep(3)
        del closed[before:]
        for task in tasks:
            task.cancel()
    return closed, max(gaps), sockets - len(heard)
