"""Fifty agents with their inboxes open, a hundred events a second: what those cost who are not concerned."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from config import env
from tests.faults.chat._stage import Whole, stage
from tests.figures import Figure

AGENTS, A_SECOND, SECONDS, ROUNDS = 50, 100, 10, 3
TICK = os.sysconf("SC_CLK_TCK")


def figures() -> Iterator[Figure]:
    with stage() as whole:
        people = whole.invite(shoppers=1, agents=AGENTS)
        talk = people["shoppers"][0]["number"]
        alone, crowd, heard = [], [], Counter[str]()
        for _round in range(ROUNDS):  # one after the other, for a machine has moods
            alone.append(asyncio.run(_costs(whole, people["agents"][:1], talk, heard)))
            crowd.append(asyncio.run(_costs(whole, people["agents"], talk, heard)))
    n = A_SECOND * SECONDS * ROUNDS
    yield Figure("inbox.events.cpu_with_one_agent", round(min(alone), 2), "ms", n=n)
    yield Figure("inbox.events.cpu_with_fifty_agents", round(min(crowd), 2), "ms", n=n)
    yield Figure("inbox.events.cpu_for_the_unconcerned", round(min(crowd) / min(alone), 2), "ratio", bar=1.2, n=n)
    yield Figure(
        "inbox.events.rows_to_the_concerned", heard["concerned"], "frames", bar=2 * n, better="higher", n=2 * n
    )
    yield Figure("inbox.events.rows_to_the_unconcerned", heard["unconcerned"], "frames", bar=0, n=n)


async def _costs(whole: Whole, agents: list[dict], talk: int, heard: Counter[str]) -> float:
    """Milliseconds of the web process for each event. The first agent has the list on which it stands."""
    async with AsyncExitStack() as stack:
        listening = []
        for number, agent in enumerate(agents):
            box, who = ("mine", "unconcerned") if number else ("bot", "concerned")
            socket = await stack.enter_async_context(
                connect(
                    whole.socket(f"/ws/inbox/?list={box}"),
                    additional_headers=whole.browser(agent),
                    proxy=None,
                    compression=None,
                    open_timeout=60,
                )
            )
            listening.append(asyncio.create_task(_listen(socket, who, heard)))
        await asyncio.sleep(1)
        before = _processor_time(whole.pid("web"))
        command = [sys.executable, "-m", "tests.bench.inbox._wakes", str(talk), str(A_SECOND), str(SECONDS)]
        driver = await asyncio.to_thread(
            subprocess.run, command, cwd=env.ROOT, env=whole.environment, check=True, capture_output=True
        )
        assert driver.returncode == 0
        before_last = -1
        while before_last != heard["concerned"]:  # until all of it has come
            before_last = heard["concerned"]
            await asyncio.sleep(2)
        spent = _processor_time(whole.pid("web")) - before
        for task in listening:
            task.cancel()
    return 1000 * spent / (A_SECOND * SECONDS)


async def _listen(socket: ClientConnection, who: str, heard: Counter[str]) -> None:
    async for _frame in socket:
        heard[who] += 1


def _processor_time(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
