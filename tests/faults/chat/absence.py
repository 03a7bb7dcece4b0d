"""Somebody is away while others talk; when she is back she has it all, in order, and soon."""

import asyncio
import re
import statistics
import time
from collections.abc import Iterator

import httpx

from tests.faults.chat._stage import Whole, running, stage
from tests.figures import Figure

SEED = 20_260_305
AWAY = {"1 s": 1, "10 min": 600, "3 days": 3 * 86400}
MISSED = (50, 5000)
TRIES = 20

AGE = """
    UPDATE chat_message SET at = at - make_interval(secs => {0}) WHERE conversation_id = {1};
    UPDATE chat_conversation SET opened_at = opened_at - make_interval(secs => {0}),
        last_message_at = last_message_at - make_interval(secs => {0}),
        waiting_since = waiting_since - make_interval(secs => {0}) WHERE id = {1};
    UPDATE django_session SET expire_date = expire_date - make_interval(secs => {0}) WHERE session_key = '{2}';
"""


def figures() -> Iterator[Figure]:
    with stage() as whole:
        differences, examples = asyncio.run(catch_ups(whole, missed=MISSED))
        for example in examples:
            print(f"# {example}", flush=True)
        n = len(AWAY) * len(MISSED) * 3
        yield Figure("chat.absence.differences", differences, "catch-ups", bar=0, n=n, seed=SEED)
        times = asyncio.run(five_hundred(whole, tries=TRIES))
        name = "chat.absence.500_messages"
        yield Figure(name, round(1000 * statistics.median(times), 1), "ms", bar=500, n=len(times), seed=SEED)
        yield Figure(f"{name}_worst", round(1000 * max(times), 1), "ms", n=len(times), seed=SEED)


async def catch_ups(whole: Whole, *, missed: tuple[int, ...], away: dict[str, int] = AWAY) -> tuple[int, list[str]]:
    """Read something, go away, come back: by socket, by HTTP, and by loading the page."""
    plans = [(name, seconds, number) for name, seconds in away.items() for number in missed]
    people = whole.invite(shoppers=len(plans), agents=1)
    examples = []
    for (name, seconds, number), shopper in zip(plans, people["shoppers"], strict=True):
        chat = whole.shopper(shopper)
        async with running(chat):
            await _fill(whole, people["agents"][0], shopper, 20)
            assert await chat.until(lambda chat=chat: chat.have >= 20, 60)
        known = list(chat.messages)
        await _fill(whole, people["agents"][0], shopper, number)
        whole.tell(AGE.format(seconds, shopper["number"], shopper["session"]))
        table = [
            (seq, public_id)
            for seq, public_id in whole.ask(
                "SELECT seq, public_id::text FROM chat_message WHERE conversation_id = %s ORDER BY seq",
                shopper["number"],
            )
        ]
        has = {
            "socket": await _by_socket(whole, shopper, known, len(table)),
            "http": await _by_http(whole, shopper, known),
            "page": await _by_page(whole, shopper),
        }
        # A page may begin later than the conversation, but from there on it has everything.
        has["page"] = table[: len(table) - len(has["page"])] + has["page"] if has["page"] else []
        examples += [
            f"{name}, {number} missed, by {way}: {len(order)} of {len(table)}, {_first_difference(order, table)}"
            for way, order in has.items()
            if order != table
        ]
    return len(examples), examples


async def five_hundred(whole: Whole, *, tries: int, number: int = 500) -> list[float]:
    """Seconds from opening the socket to the last of the missed messages."""
    people = whole.invite(shoppers=1, agents=1)
    (shopper,) = people["shoppers"]
    await _fill(whole, people["agents"][0], shopper, number)
    ((last,),) = whole.ask("SELECT last_seq FROM chat_conversation WHERE id = %s", shopper["number"])
    times = []
    for _ in range(tries):
        first = whole.shopper(shopper)
        async with running(first):
            assert await first.until(lambda first=first: first.have >= last, 60)
        known = first.messages[: last - number]
        again = whole.shopper(shopper, messages=known)
        began = time.perf_counter()
        async with running(again):
            assert await again.until(lambda again=again: again.have >= last, 60)
            times.append(time.perf_counter() - began)
    return times


async def _fill(whole: Whole, agent: dict, shopper: dict, number: int) -> None:
    """A person talks to somebody who is not there."""
    chat = whole.agent(agent, shopper["conversation"], window=16)
    async with running(chat):
        assert await chat.until(lambda: chat.state, 30)
        await chat.send("take")
        assert await chat.until(lambda: chat.state["holder"] == "person", 30)
        for one in range(number):
            chat.say(f"line {one}")
        assert await chat.until(lambda: not chat.outbox, 300)


async def _by_socket(whole: Whole, shopper: dict, known: list, last: int) -> list:
    chat = whole.shopper(shopper, messages=known)
    async with running(chat):
        await chat.until(lambda: chat.have >= last, 60)
    return [(message["seq"], message["id"]) for message in chat.messages]


async def _by_http(whole: Whole, shopper: dict, known: list) -> list:
    has = [(message["seq"], message["id"]) for message in known]
    async with httpx.AsyncClient(headers=whole.browser(shopper), timeout=60, trust_env=False) as link:
        while True:
            answer = await link.get(
                f"{whole.address}/chat/{shopper['conversation']}/since/", params={"seq": len(has), "format": "json"}
            )
            new = answer.json()["messages"] if answer.status_code == 200 else []
            if not new:
                return has
            has += [(message["seq"], message["id"]) for message in new]


async def _by_page(whole: Whole, shopper: dict) -> list:
    """Whatever elements of the page carry a place, in the order of the page."""
    async with httpx.AsyncClient(headers=whole.browser(shopper), timeout=60, trust_env=False) as link:
        page = await link.get(f"{whole.address}/chat/{shopper['conversation']}/")
    places = [int(seq) for seq in re.findall(r'data-seq="(\d+)"', page.text)]
    ids = dict(whole.ask("SELECT seq, public_id::text FROM chat_message WHERE conversation_id = %s", shopper["number"]))
    return [(seq, ids.get(seq, "nowhere")) for seq in places]


def _first_difference(order: list, table: list) -> str:
    for place, (one, other) in enumerate(zip(order, table, strict=False)):
        if one != other:
            return f"first different at {place}: {one[0]} instead of {other[0]}"
    return "the end is missing" if len(order) < len(table) else "something follows the end"
