"""People go on talking while things break; then each has what the table has, once and in order."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, fields
from functools import partial

from tests.faults.chat._network import Network, Weather
from tests.faults.chat._posts import Poster
from tests.faults.chat._stage import Stage, running, stage
from tests.faults.chat._truth import Talker, Tally, is_complete, tally
from tests.figures import Figure

SEED = 20_260_302
CONVERSATIONS, EACH = 40, 20
BLOWS = 3
CALM_WITHIN = 150.0


@dataclass(frozen=True)
class Storm:
    name: str
    weather: Weather | None = None
    kills: tuple[str, ...] = ()
    posts: bool = False
    skew: float = 0.0


STORMS = (
    Storm("lossy", Weather(drop=0.3, double=0.1, late=0.2, cut=0.01)),
    Storm("ack_first", Weather(first="ack")),
    Storm("event_first", Weather(first="message")),
    Storm("posts", posts=True),
    Storm("skew", skew=10 * 365 * 86400.0),
    *(Storm(part, kills=(part,) * BLOWS) for part in ("web", "worker", "redis", "postgres", "flush")),
)


def figures() -> Iterator[Figure]:
    total, back = Counter(), 0.0
    with stage() as whole:
        for storm in STORMS:
            people = whole.invite(shoppers=CONVERSATIONS, agents=CONVERSATIONS // 5)
            found = asyncio.run(blow(whole, people, storm, each=EACH, seed=SEED))
            yield from told(f"storms.{storm.name}", found)
            total.update({one.name: getattr(found, one.name) for one in fields(Tally) if one.type is int})
            back = max(back, found.seconds_back)
    yield Figure("chat.storms.said", total["said"], "messages", bar=10_000, better="higher", seed=SEED)
    yield from told("storms.total", Tally(**total))
    yield Figure("chat.storms.seconds_back", round(back, 3), "s", bar=1, n=total["said"], seed=SEED)


def told(name: str, found: Tally) -> Iterator[Figure]:
    for example in found.examples:
        print(f"# {name}: {example}", flush=True)
    n = found.said
    yield Figure(f"chat.{name}.answered_by_assistant", found.by_bot, "messages", n=n, seed=SEED)
    for what in ("lost", "doubled", "out_of_order", "unanswered", "answered_twice"):
        yield Figure(f"chat.{name}.{what}", getattr(found, what), "count", bar=0, n=n, seed=SEED)


async def blow(whole: Stage, people: dict, storm: Storm, *, each: int, seed: int) -> Tally:
    """One storm from the first word until everybody has everything, or should have."""
    dice = random.Random(f"{seed}/{storm.name}")
    async with AsyncExitStack() as open_things:
        port, network = 0, None
        if storm.weather:
            network = Network(whole.address.replace("http", "ws"), Weather(), seed=seed)
            port = (await open_things.enter_async_context(network.open())).port
        talkers = list(_talkers(whole, people, storm, port=port, dice=dice))
        await open_things.enter_async_context(running(*(talker.chat for talker in talkers)))
        await _begin(whole, people, talkers)
        if network:
            network.weather = storm.weather
        talking = [
            asyncio.create_task(_talk(one, each, random.Random(f"{dice.random()}"), storm.skew)) for one in talkers
        ]
        if storm.kills:
            await _strike(whole, storm.kills, talkers, each, dice=dice)
        await asyncio.gather(*talking)
        if network:
            await _wait(lambda: not any(talker.pending for talker in talkers), CALM_WITHIN)
            network.weather = Weather()
        until = time.monotonic() + CALM_WITHIN
        while not await asyncio.to_thread(is_complete, whole, talkers) and time.monotonic() < until:
            await asyncio.sleep(0.5)
        return await asyncio.to_thread(tally, whole, talkers)


def _talkers(whole: Stage, people: dict, storm: Storm, *, port: int, dice: random.Random) -> Iterator[Talker]:
    """A shopper in every conversation; and an agent, who listens in one half and talks in the other."""
    agents = people["agents"]
    for number, shopper in enumerate(people["shoppers"]):
        agent = agents[number % len(agents)]
        if storm.posts:
            both = [
                Poster(whole, f"/chat/{shopper['conversation']}/", whole.browser(shopper), seed=dice.random()),
                Poster(whole, f"/inbox/{shopper['conversation']}/", whole.browser(agent), seed=dice.random()),
            ]
        else:
            both = [
                whole.shopper(shopper, port=port, patience=1.0),
                whole.agent(agent, shopper["conversation"], port=port, patience=1.0),
            ]
        yield Talker("shopper", shopper["number"], both[0])
        yield Talker("agent", shopper["number"], both[1])


async def _begin(whole: Stage, people: dict, talkers: list[Talker]) -> None:
    """Every second conversation is taken by its agent, over a socket of her own."""
    held = [shopper for number, shopper in enumerate(people["shoppers"]) if number % 2]
    agents = people["agents"]
    takers = [
        whole.agent(agents[(2 * number + 1) % len(agents)], shopper["conversation"])
        for number, shopper in enumerate(held)
    ]
    async with running(*takers):
        for taker in takers:
            assert await taker.until(lambda chat=taker: chat.state, 30)
            await taker.send("take")
            await taker.until(lambda chat=taker: chat.state["holder"] == "person", 30)
    assert await _wait(lambda: all(talker.chat.state for talker in talkers), 60), "not everybody got in"


async def _talk(talker: Talker, each: int, dice: random.Random, skew: float) -> None:
    """Say something every now and then, and no more than a few ahead of what was acknowledged."""
    if talker.side == "agent" and talker.chat.state.get("holder") != "person":
        await _wait(lambda: talker.chat.state.get("holder") == "person", 1)
    if talker.side == "agent" and talker.chat.state.get("holder") != "person":
        return
    wrong = dice.uniform(-skew, skew)
    for number in range(each):
        while talker.pending > 4:
            await asyncio.sleep(0.05)
        text = f"{talker.side[0]}{talker.number}-{number} says {dice.random():.6f}"
        if skew:
            stamp = time.time() + wrong
            talker.say(text, client_id=f"{stamp * 1000:.0f}-{dice.getrandbits(64):x}", at=stamp)
        else:
            talker.say(text)
        await asyncio.sleep(dice.uniform(0, 1.0))


async def _strike(
    whole: Stage, parts: tuple[str, ...], talkers: list[Talker], each: int, *, dice: random.Random
) -> None:
    """Kill them one after the other while messages are on their way, each after another share of those."""
    expected = each * len(talkers) * 3 / 4
    for number, part in enumerate(parts):
        share = (number + dice.uniform(0.3, 0.7)) / len(parts)
        await _wait(lambda share=share: sum(len(one.said) - one.pending for one in talkers) >= share * expected, 60)
        await asyncio.to_thread(whole.flush_redis if part == "flush" else partial(whole.kill, part, dice=dice))
        await asyncio.sleep(0.2)
        await whole.healed()


async def _wait(fact: Callable[[], bool], within: float) -> bool:
    until = time.monotonic() + within
    while not fact():
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.05)
    return True
