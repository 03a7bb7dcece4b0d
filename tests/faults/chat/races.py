"""Two want the same moment: a person and the assistant, a burst and its answer, five hundred agents and one chat."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.faults.chat._stage import Stage, eventually, running, stage
from tests.figures import Figure

SEED = 20_260_303
TAKEOVERS, BURSTS, AGENTS = 1000, 1000, 500
LANES = 10
THINKS = 8


def figures() -> Iterator[Figure]:
    with stage(WORKERS="6") as whole:
        yield from told(asyncio.run(take_over(whole, races=TAKEOVERS, lanes=LANES, seed=SEED)))
        yield from told(asyncio.run(bursts(whole, count=BURSTS, lanes=LANES, seed=SEED)))
        yield from told(asyncio.run(typing_on(whole, shoppers=4, messages=12, seed=SEED)))
        yield from told(asyncio.run(accepts(whole, agents=AGENTS, seed=SEED)))


def told(results: tuple[list[Figure], list[str]]) -> list[Figure]:
    found, examples = results
    for example in examples[:5]:
        print(f"# {example}", flush=True)
    return found


# A person takes over while the assistant finishes.


async def take_over(whole: Stage, *, races: int, lanes: int, seed: int) -> tuple[list[Figure], list[str]]:
    """The person aims at the moment when the answer is committed, a little earlier or a little later each time."""
    people = await asyncio.to_thread(whole.invite, shoppers=lanes, agents=lanes)
    shoppers = people["shoppers"]
    await asyncio.gather(
        *(
            _race_in_one(whole, shopper, agent, races // lanes, random.Random(f"{seed}/{lane}"))
            for lane, (shopper, agent) in enumerate(zip(shoppers, people["agents"], strict=True))
        )
    )
    numbers = [shopper["number"] for shopper in shoppers]
    taken = whole.ask(
        """SELECT conversation_id, last_seq FROM faults_holder
           WHERE holder = 'person' AND conversation_id = ANY(%s) ORDER BY id""",
        numbers,
    )
    rows = defaultdict(list)
    for number, seq, author, text in whole.ask(
        "SELECT conversation_id, seq, author, text FROM chat_message WHERE conversation_id = ANY(%s) ORDER BY 1, 2",
        numbers,
    ):
        rows[number].append((seq, author, text))
    after, examples, first = 0, [], Counter()
    for number, last_seq in taken:
        asked = [text.split()[0] for seq, author, text in rows[number] if author == "shopper" and seq <= last_seq][-1]
        answers = [seq for seq, author, text in rows[number] if author == "bot" and asked in text.split()]
        first["bot" if any(seq <= last_seq for seq in answers) else "person"] += 1
        late = [seq for seq in answers if seq > last_seq]
        after += len(late)
        examples += [
            f"conversation {number}: taken at {last_seq}, the assistant answered {asked} at {seq}" for seq in late
        ]
    n = len(taken)
    return [
        Figure("chat.takeover.races", n, "races", bar=races, better="higher", seed=seed),
        Figure("chat.takeover.words_after", after, "messages", bar=0, n=n, seed=seed),
        Figure("chat.takeover.bot_first", first["bot"], "races", bar=races // 10, better="higher", n=n, seed=seed),
        Figure(
            "chat.takeover.person_first", first["person"], "races", bar=races // 10, better="higher", n=n, seed=seed
        ),
    ], examples


async def _race_in_one(whole: Stage, shopper: dict, agent: dict, races: int, dice: random.Random) -> None:
    """Ask, take over at about the time the answer is ready, speak, wait for what might come late, give back."""
    asks, takes = whole.shopper(shopper), whole.agent(agent, shopper["conversation"])
    aim = 0.3
    async with running(asks, takes):
        assert await takes.until(lambda: takes.state, 60)
        for number in range(races):
            known = asks.have
            thinks = dice.uniform(0, 0.15)
            tag = f"q{number}"
            asks.say(f"{tag} #sleep={thinks:.3f}")
            assert await asks.until(lambda: not asks.outbox, 60)
            await asyncio.sleep(max(0, dice.gauss(aim, aim / 10) + thinks))
            answered = any(one["author"] == "bot" and tag in one["text"].split() for one in asks.messages[known:])
            aim *= 0.87 if answered else 1.15  # stay where both win about as often
            while takes.state.get("holder") != "person":
                await takes.send("take")
                await takes.until(lambda: takes.state.get("holder") == "person", 5)
            takes.say(f"here-{number}")
            assert await takes.until(lambda: not takes.outbox, 60)
            await asyncio.sleep(0.1 + thinks)
            while takes.state.get("holder") != "bot":
                await takes.send("give_back")
                await takes.until(lambda: takes.state.get("holder") == "bot", 5)


# A burst is one question.


async def bursts(whole: Stage, *, count: int, lanes: int, seed: int) -> tuple[list[Figure], list[str]]:
    people = await asyncio.to_thread(whole.invite, shoppers=lanes)
    plans = await asyncio.gather(
        *(
            _bursts_in_one(whole, shopper, count // lanes, random.Random(f"{seed}/{lane}"))
            for lane, shopper in enumerate(people["shoppers"])
        )
    )
    numbers = [shopper["number"] for shopper in people["shoppers"]]
    answers = defaultdict(list)
    for number, text in whole.ask(
        "SELECT conversation_id, text FROM chat_message WHERE author = 'bot' AND conversation_id = ANY(%s)", numbers
    ):
        used = set(text.removeprefix("Used: ").split())
        for burst in {tag.rsplit(".", 1)[0] for tag in used}:
            answers[number, burst].append(used)
    not_one = not_all = 0
    examples = []
    for number, plan in zip(numbers, plans, strict=True):
        for burst, tags in plan.items():
            given = answers[number, burst]
            if len(given) != 1:
                not_one += 1
                examples.append(f"conversation {number}: {sorted(tags)} got {[sorted(one) for one in given]}")
            elif given[0] != tags:
                not_all += 1
                examples.append(f"conversation {number}: {sorted(tags)} was answered from {sorted(given[0])}")
    n = sum(map(len, plans))
    return [
        Figure("chat.burst.not_one_answer", not_one, "bursts", bar=0, n=n, seed=seed),
        Figure("chat.burst.not_all_used", not_all, "bursts", bar=0, n=n, seed=seed),
    ], examples


async def _bursts_in_one(whole: Stage, shopper: dict, count: int, dice: random.Random) -> dict[str, set[str]]:
    """Two to five messages, all at once or as one types, then silence until a little after the answer."""
    said = {}
    chat = whole.shopper(shopper)
    async with running(chat):
        for number in range(count):
            burst, size = f"b{number}", dice.randint(2, 5)
            said[burst] = {f"{burst}.{part}" for part in range(size)}
            known = chat.have
            thinks, gap = dice.uniform(0, 0.3), dice.choice([0.0, 0.05, 0.1])
            for part in range(size):
                chat.say(f"{burst}.{part} #sleep={thinks:.2f}")
                await asyncio.sleep(dice.uniform(0, 2 * gap) if part < size - 1 else 0)
            await chat.until(lambda: any(one["author"] != "shopper" for one in chat.messages[known:]), 60)  # noqa: B023
            await asyncio.sleep(0.2 + thinks)
    return said


# She never stops typing.


async def typing_on(whole: Stage, *, shoppers: int, messages: int, seed: int) -> tuple[list[Figure], list[str]]:
    """A message every five seconds, and an assistant that needs eight."""
    people = (await asyncio.to_thread(whole.invite, shoppers=shoppers))["shoppers"]
    chats = [whole.shopper(person) for person in people]
    numbers = [person["number"] for person in people]
    async with running(*chats):
        await asyncio.gather(*(_type_on(chat, messages) for chat in chats))
        while_typing = Counter(
            number
            for (number,) in whole.ask(
                "SELECT conversation_id FROM chat_message WHERE author = 'bot' AND conversation_id = ANY(%s)", numbers
            )
        )

        def unused():
            said, used = set(), set()
            for number, author, text in whole.ask(
                "SELECT conversation_id, author, text FROM chat_message WHERE conversation_id = ANY(%s)", numbers
            ):
                if author == "shopper":
                    said.add((number, text.split()[0]))
                elif author == "bot":
                    used |= {(number, tag) for tag in text.split()}
            return said - used

        await eventually(lambda: not unused(), within=60)
    left = unused()
    n = shoppers * messages
    fewest = min(while_typing[number] for number in numbers)
    return [
        Figure("chat.typing_on.fewest_answers", fewest, "answers", bar=3, better="higher", n=n, seed=seed),
        Figure("chat.typing_on.unanswered", len(left), "messages", bar=0, n=n, seed=seed),
    ], [f"no answer used {tag} of conversation {number}" for number, tag in sorted(left)]


async def _type_on(chat, messages: int) -> None:
    for number in range(messages):
        chat.say(f"t{number} #sleep={THINKS}")
        await asyncio.sleep(5)


# One waiting chat, many who want it.


async def accepts(whole: Stage, *, agents: int, seed: int) -> tuple[list[Figure], list[str]]:
    """Everybody is connected and says `take` at once."""
    people = await asyncio.to_thread(whole.invite, shoppers=1, agents=agents)
    (shopper,) = people["shoppers"]
    asks = whole.shopper(shopper)
    takers = [whole.agent(agent, shopper["conversation"]) for agent in people["agents"]]
    refused = {}
    for taker in takers:
        _listen_for_refusal(taker, refused)
    async with running(asks):
        assert await asks.until(lambda: asks.state, 30)
        await asks.send("person")
        assert await asks.until(lambda: asks.state.get("holder") == "queue", 30)
        async with running(*takers):
            for taker in takers:
                assert await taker.until(lambda taker=taker: taker.state.get("holder") == "queue", 120)
            await asyncio.gather(*(taker.send("take") for taker in takers))
            for taker in takers:
                await taker.until(lambda taker=taker: taker.state.get("holder") == "person", 60)
            for _ in range(3):  # whose connection broke meanwhile asks again, as a person would
                await eventually(lambda: len(refused) >= agents - 1, within=20)
                await asyncio.gather(*(taker.send("take") for taker in takers if id(taker) not in refused))
            await asyncio.sleep(1)
    won = whole.ask(
        "SELECT person_id FROM faults_holder WHERE holder = 'person' AND conversation_id = %s", shopper["number"]
    )
    told_so = sum(set(codes) == {"already_taken"} for codes in refused.values())
    return [
        Figure("chat.accepts.winners", len(won), "agents", bar=1, n=agents, seed=seed),
        Figure("chat.accepts.winners_at_least", len(won), "agents", bar=1, better="higher", n=agents, seed=seed),
        Figure("chat.accepts.not_told", agents - 1 - told_so, "agents", bar=0, n=agents, seed=seed),
    ], [f"{Counter(map(tuple, refused.values()))}; {len(refused)} heard an error"]


def _listen_for_refusal(taker, refused: dict) -> None:
    hear = taker.hear

    async def listen(frame):
        if frame["type"] == "error":
            refused.setdefault(id(taker), []).append(frame["code"])
        await hear(frame)

    taker.hear = listen
