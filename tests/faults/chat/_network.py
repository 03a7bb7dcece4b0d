"""A bad network between a client and the server: it sees whole frames, and treats each as the dice say."""

import asyncio
import json
import random
from collections import defaultdict
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

PASSED_ON = ("Cookie", "Origin", "Authorization")


@dataclass
class Weather:
    drop: float = 0.0
    double: float = 0.0
    late: float = 0.0
    cut: float = 0.0
    first: str = ""  # "ack" or "message": which of the two one's own message brings first


class Network:
    def __init__(self, upstream, weather, *, seed):
        self.upstream, self.weather, self.seed = upstream, weather, seed
        self.port, self.count, self.frames, self.hurt = 0, 0, 0, 0

    @asynccontextmanager
    async def open(self):
        quiet = {"ping_interval": None, "compression": None, "max_size": None}
        async with serve(
            self._pass, "127.0.0.1", 0, process_request=self._reach, subprotocols=["aftersale.v1"], **quiet
        ) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self

    async def _reach(self, near, request):
        """Connect to the server first, so that a refusal is passed on as it is."""
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        try:
            near.far = await connect(
                self.upstream + request.path,
                additional_headers=headers,
                subprotocols=["aftersale.v1"],
                proxy=None,
                compression=None,
                max_size=None,
                open_timeout=30,
            )
        except InvalidStatus as refusal:
            return near.respond(refusal.response.status_code, "refused\n")
        except (OSError, TimeoutError, EOFError, InvalidHandshake):
            return near.respond(502, "away\n")

    async def _pass(self, near):
        self.count += 1
        there = _Way(self, near, near.far, random.Random(f"{self.seed}/{self.count}/there"))
        back = _Way(self, near.far, near, random.Random(f"{self.seed}/{self.count}/back"), ordered=True)
        ways = [asyncio.create_task(way.go()) for way in (there, back)]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        code = near.far.close_code
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        near.transport.abort() if code in {None, 1006} else await near.close(code)
        await near.far.close()


class _Way:
    """One direction of one connection."""

    def __init__(self, network, source, target, dice, *, ordered=False):
        self.network, self.source, self.target, self.dice = network, source, target, dice
        self.ordered, self.passed, self.held, self.later = ordered, set(), defaultdict(list), set()

    async def go(self):
        try:
            async for frame in self.source:
                self.network.frames += 1
                weather = self.network.weather
                if weather.first and self.ordered:
                    await self._in_order(frame, weather.first)
                    continue
                fate = self.dice.random()
                delay = self.dice.uniform(0.02, 0.3)
                if self.dice.random() < weather.cut:
                    self.network.hurt += 1
                    self.source.transport.abort()
                    self.target.transport.abort()
                    return
                bounds = [weather.drop, weather.drop + weather.double, weather.drop + weather.double + weather.late]
                self.network.hurt += fate < bounds[2]
                if fate < bounds[0]:
                    continue
                if fate < bounds[1]:
                    await self.target.send(frame)
                if fate < bounds[2]:
                    self._send_later(frame, delay)
                else:
                    await self.target.send(frame)
        except ConnectionClosed:
            return
        finally:
            for task in self.later:
                task.cancel()

    async def _in_order(self, frame, first):
        """Keep the other of the two back until this one has passed; half a second is the longest."""
        told = json.loads(frame)
        client_id, kind = told.get("client_id"), told.get("type")
        if not client_id or kind not in {"ack", "message"}:
            await self.target.send(frame)
        elif kind == first:
            self.passed.add(client_id)
            await self.target.send(frame)
            for one in self.held.pop(client_id, []):
                await self.target.send(one)
        elif client_id in self.passed:
            await self.target.send(frame)
        else:
            self.network.hurt += 1
            self.held[client_id].append(frame)
            self._send_later(None, 0.5, client_id)

    def _send_later(self, frame, delay, client_id=None):
        async def send():
            await asyncio.sleep(delay)
            with suppress(ConnectionClosed):
                for one in [frame] if frame is not None else self.held.pop(client_id, []):
                    await self.target.send(one)

        task = asyncio.create_task(send())
        self.later.add(task)
        task.add_done_callback(self.later.discard)
