"""A complete client of aftersale.v1: what it says is kept once, and it hears everything once and in order.

python -m tests.chat.client --url ws://localhost:8000/ws/chat/ --token "$(manage.py chat_token EMAIL)"
"""

import argparse
import asyncio
import json
import sys
import time
import uuid
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException


class Refused(Exception):
    """The server does not want this person here; trying again would not help."""


class Chat:
    def __init__(self, url, *, token="", headers=None, outbox=None, messages=(), window=4, patience=3.0):
        self.url, self.window, self.patience = url, window, patience
        self.headers = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        self.outbox = dict(outbox or {})  # client id -> frame; said and not acknowledged, the oldest first
        self.refused = {}  # client id -> the error that answered it
        self.messages = list(messages)  # what is known, without a gap: the first has seq 1
        self.early = {}  # seq -> a message that came before its predecessors
        self.on_message = lambda message: None
        self.newest, self.state, self.socket = 0, {}, None
        self._sent, self._asked_at, self._asks, self._unanswered = {}, 0.0, 0, False
        self._said = asyncio.Event()
        self._changed = asyncio.Condition()

    @property
    def have(self):
        return len(self.messages)

    def say(self, text, **more):
        """Put a message into the outbox, where it stays until the server has it."""
        client_id = more.pop("client_id", "") or uuid.uuid4().hex
        self.outbox[client_id] = {"type": "send", "client_id": client_id, "text": text, **more}
        self._said.set()
        return client_id

    async def run(self):
        """Stay connected, or connected again, until cancelled."""
        while True:
            with suppress(OSError, TimeoutError, ConnectionClosed, WebSocketException):
                async with self._connect() as self.socket:
                    self._sent.clear()
                    self._asks = 0
                    await self.sync()
                    nagging = asyncio.create_task(self._nag())
                    try:
                        async for frame in self.socket:
                            await self.hear(json.loads(frame))
                    finally:
                        nagging.cancel()
            code, self.socket = self.socket and self.socket.close_code, None
            if code in {4401, 4404}:
                raise Refused(code)
            await asyncio.sleep(min(1.0, self.patience / 4))

    async def until(self, fact, within=30.0):
        """Wait until the fact is true of this client; whether it came true."""
        async with self._changed:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait_for(fact), within)
        return bool(fact())

    async def send(self, kind, **fields):
        """Send a frame now; if the connection is gone it is lost, as frames may be."""
        with suppress(ConnectionClosed, AttributeError):
            await self.socket.send(json.dumps({"type": kind, **fields}))

    async def sync(self):
        self._asked_at, self._asks, self._unanswered = time.monotonic(), self._asks + 1, True
        await self.send("sync", since=self.have)

    async def flush(self):
        """Send what waits in the outbox, at most `window` at a time so that little comes out of order."""
        now = time.monotonic()
        for client_id, frame in list(self.outbox.items())[: self.window]:
            sent_at, tries = self._sent.get(client_id, (now, 0))
            if not tries or now - sent_at >= self._wait(self.patience, tries):
                self._sent[client_id] = now, tries + 1
                with suppress(ConnectionClosed, AttributeError):
                    await self.socket.send(json.dumps(frame))

    async def hear(self, frame):
        kind = frame.get("type")
        if kind == "message":
            self.early.setdefault(frame["seq"], frame)
            while self.early and min(self.early) <= self.have + 1:
                message = self.early.pop(min(self.early))
                if message["seq"] > self.have:  # else it came twice
                    self.messages.append(message)
                    self._asks = 0
                    self.on_message(message)
        elif kind == "ack":
            self.outbox.pop(frame["client_id"], None)
        elif kind == "state":
            self.state, self._unanswered = frame, False
        elif kind == "error" and frame.get("client_id") in self.outbox and "retry_after" not in frame:
            self.refused[frame["client_id"]] = frame
            del self.outbox[frame["client_id"]]
        self.newest = max(self.newest, frame.get("last_seq", 0), frame.get("seq", 0))
        if kind in {"heartbeat", "state"} and self.is_behind:
            await self.sync()
        await self.flush()
        async with self._changed:
            self._changed.notify_all()

    @property
    def is_behind(self):
        return self.newest > self.have

    async def _nag(self):
        """Frames get lost: say again what was not acknowledged, and ask again for what is missing."""
        while True:
            await self.flush()
            wait = self._wait(self.patience / 2, self._asks)
            if (self.is_behind or self._unanswered) and time.monotonic() - self._asked_at > wait:
                await self.sync()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._said.wait(), min(0.1, self.patience / 8))
            self._said.clear()

    @staticmethod
    def _wait(first, tries):
        """Each time twice as long, up to eight times: a server that is slow is not helped by being asked more."""
        return first * 2 ** min(max(tries - 1, 0), 3)

    def _connect(self):
        return _Connection(self.url, self.headers)


class _Connection:
    """An opened socket; a refusal of this person is told from a server that is away."""

    def __init__(self, url, headers):
        self.opening = connect(
            url, subprotocols=["aftersale.v1"], additional_headers=headers, proxy=None, compression=None, max_size=None
        )

    async def __aenter__(self) -> ClientConnection:
        try:
            return await self.opening.__aenter__()
        except InvalidStatus as refusal:
            if refusal.response.status_code in {401, 403, 404}:
                raise Refused(refusal.response.status_code) from refusal
            raise

    async def __aexit__(self, *about):
        await self.opening.__aexit__(*about)


async def talk(chat):
    """Print what is said, and say what is typed, until the end of the input."""
    chat.on_message = lambda said: print(
        f"{said['seq']:4} {said['name'] or said['author']}: {said['text']}", flush=True
    )
    running = asyncio.create_task(chat.run())
    while not running.done() and (line := await asyncio.to_thread(sys.stdin.readline)):
        if line.strip():
            chat.say(line.strip())
    await chat.until(lambda: not chat.outbox or running.done())
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="python -m tests.chat.client", description="Take part in a conversation.")
    options.add_argument("--url", required=True, help="ws://HOST/ws/chat/, with the id of a conversation if you like")
    options.add_argument("--token", required=True, help="from manage.py chat_token EMAIL")
    chosen = options.parse_args()
    asyncio.run(talk(Chat(chosen.url, token=chosen.token)))
