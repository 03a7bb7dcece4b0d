"""Bot versions are switched a hundred times while fifty shoppers talk: nothing breaks, each reply is of one version."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

from config import env
from tests.faults.chat._stage import Stage, eventually, running, stage
from tests.figures import Figure

SWITCHES, CHATS, SEED = 100, 50, 20_260_308
SAID = ("hello", "thank you", "hey, how are you?", "are you a bot?")


def figures() -> Iterator[Figure]:
    with stage(ASSISTANT="chat.assistant.reply") as whole:
        yield from asyncio.run(switching(whole, switches=SWITCHES, chats=CHATS))


async def switching(whole: Stage, *, switches: int, chats: int) -> list[Figure]:
    people = (await asyncio.to_thread(whole.invite, shoppers=chats))["shoppers"]
    numbers = [person["number"] for person in people]
    switcher = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.chat._versions", str(switches)],
        cwd=env.ROOT,
        env=whole.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        versions = json.loads(await asyncio.to_thread(switcher.stdout.readline))["versions"]
        shoppers = [whole.shopper(person) for person in people]
        async with running(*shoppers):
            over = asyncio.Event()
            talks = [asyncio.create_task(_talk(chat, over)) for chat in shoppers]
            switcher.stdin.write("\n")
            switcher.stdin.flush()
            told = json.loads(await asyncio.to_thread(switcher.stdout.readline))
            over.set()
            unanswered = sum(await asyncio.gather(*talks))

            def all_answered():
                return not whole.ask("SELECT 1 FROM chat_conversation WHERE turn_due_at IS NOT NULL")

            unanswered += not await eventually(all_answered)
    finally:
        switcher.terminate()
        switcher.wait()
    stamped = Counter(
        version
        for (version,) in whole.ask(
            "SELECT version_id FROM chat_message WHERE author = 'bot' AND conversation_id = ANY(%s)", numbers
        )
    )
    failures = whole.ask(
        "SELECT count(*) FROM chat_handoff WHERE reason IN ('failed', 'timeout') AND conversation_id = ANY(%s)", numbers
    )[0][0]
    n = sum(stamped.values())
    odd = n - sum(stamped[version] for version in versions)
    return [
        Figure("versions.switches", len(told["took"]) - told["failed"], "switches", switches, "higher", seed=SEED),
        Figure("versions.errors", told["failed"] + failures, "errors", bar=0, n=n, seed=SEED),
        Figure("versions.unanswered", unanswered, "messages", bar=0, n=n, seed=SEED),
        Figure("versions.without_one_version", odd, "replies", bar=0, n=n, seed=SEED),
        Figure("versions.by_the_rarer", min(stamped[each] for each in versions), "replies", n // 10, "higher", n=n),
        Figure("versions.roll_back", round(max(told["took"]), 3), "s", bar=1, n=switches, seed=SEED),
    ]


async def _talk(chat, over: asyncio.Event) -> int:
    """Say something, wait for the answer, say the next thing; how often no answer came."""
    missing = number = 0
    while not over.is_set():
        chat.say(SAID[number % len(SAID)])
        number += 1
        answers = sum(one["author"] == "bot" for one in chat.messages)
        if not await chat.until(lambda: sum(one["author"] == "bot" for one in chat.messages) > answers, 60):  # noqa: B023
            missing += 1
    return missing
