"""The same conversation over plain HTTP, on a connection that does everything twice and forgets half of it."""

import asyncio
import random
import uuid
from contextlib import suppress

import httpx


class Poster:
    """Says what is in its outbox by POST, each of them twice at once, and asks what is new by GET."""

    def __init__(self, stage, path, headers, *, seed, forgets=1 / 3):
        self.address, self.headers = stage.address + path, headers | {"X-CSRFToken": "c" * 32}
        self.dice, self.forgets = random.Random(seed), forgets
        self.outbox, self.refused, self.messages, self.state = {}, {}, [], {}

    @property
    def have(self):
        return len(self.messages)

    def say(self, text, **more):
        client_id = more.pop("client_id", "") or uuid.uuid4().hex
        self.outbox[client_id] = {"client_id": client_id, "text": text, **more}
        return client_id

    async def run(self):
        async with httpx.AsyncClient(headers=self.headers, timeout=20, trust_env=False) as self.link:
            while True:
                for client_id in list(self.outbox)[:4]:
                    await self._post(client_id)
                await self._ask()
                await asyncio.sleep(self.dice.uniform(0.1, 0.5))

    async def _post(self, client_id):
        forgotten = self.dice.random() < self.forgets
        both = [self.link.post(self.address + "send/", data=self.outbox[client_id]) for _ in range(2)]
        answers = [
            one for one in await asyncio.gather(*both, return_exceptions=True) if isinstance(one, httpx.Response)
        ]
        if forgotten:
            return
        for answer in answers:
            if answer.status_code == 200 and answer.json()["client_id"] == client_id:
                self.outbox.pop(client_id, None)
            elif 400 <= answer.status_code < 500 and answer.status_code != 429:
                self.refused[client_id] = answer.text
                self.outbox.pop(client_id, None)

    async def _ask(self):
        with suppress(httpx.HTTPError, ValueError):
            answer = await self.link.get(self.address + "since/", params={"seq": self.have, "format": "json"})
            if answer.status_code == 200:
                told = answer.json()
                self.state = told["state"]
                self.messages += [one for one in told["messages"] if one["seq"] > self.have]
