"""The same by the real clock, with everybody at once: worker, sweeps and four impatient others all assign.

What happened is read from a witness that the database itself writes, in the transaction of each change of hands.
"""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from config import env
from tests.faults.chat._stage import Whole, stage
from tests.figures import Figure

SEED = 20_261_130
AGENTS, CHATS, SILENCE = 20, 2000, 5
COMMIT = 0.05  # seconds a change may need to be seen after its trigger has run
WITNESS = """
    CREATE TABLE faults_hands (
        id bigserial PRIMARY KEY, talk bigint, was text, was_person bigint, holder text, person bigint,
        queued_at float, began float, at float
    );
    CREATE FUNCTION faults_note_hands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO faults_hands (talk, was, was_person, holder, person, queued_at, began, at) VALUES (
            NEW.id, OLD.holder, OLD.person_id, NEW.holder, NEW.person_id, extract(epoch FROM NEW.queued_at),
            extract(epoch FROM transaction_timestamp()), extract(epoch FROM clock_timestamp())
        );
        RETURN NULL;
    END $$;
    CREATE TRIGGER faults_note_hands AFTER UPDATE ON chat_conversation FOR EACH ROW
        WHEN (OLD.holder IS DISTINCT FROM NEW.holder OR OLD.person_id IS DISTINCT FROM NEW.person_id)
        EXECUTE FUNCTION faults_note_hands();
"""


@dataclass(frozen=True)
class Hands:
    talk: int
    was: str
    was_person: int | None
    holder: str
    person: int | None
    queued_at: float | None
    began: float
    at: float


def figures() -> Iterator[Figure]:
    with stage(AGENT_SILENCE_SECONDS=str(SILENCE)) as whole:
        whole.tell(WITNESS)
        told = _drive(whole, agents=AGENTS, chats=CHATS, seed=SEED)
        rows = [
            Hands(*row)
            for row in whole.ask(
                "SELECT talk, was, was_person, holder, person, queued_at, began, at FROM faults_hands ORDER BY id"
            )
        ]
        assigned = whole.ask("SELECT count(*) FROM ledger_event WHERE kind = 'conversation.assigned'")[0][0]
    yield from judge(rows, told, assigned=assigned)


def _drive(whole: Whole, **numbers: int) -> dict:
    arguments = [part for name, number in numbers.items() for part in (f"--{name}", str(number))]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.inbox._crowd", *arguments],
        cwd=env.ROOT,
        env=whole.environment | {"DATABASE_POOL": "0"},  # a connection for each of them
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    return json.loads(done.stdout.splitlines()[-1])


def judge(rows: list[Hands], told: dict, *, assigned: int) -> Iterator[Figure]:
    """What the witness saw, against what the agents said of themselves."""
    given = [row for row in rows if row.holder == "person"]
    n, seed = len(given), told["seed"]

    def figure(name, value, unit, bar, n=n, **more):
        return Figure(f"inbox.crowd.{name}", value, unit, bar=bar, n=n, seed=seed, **more)

    yield figure("given", len({row.talk for row in given}), "chats", told["chats"], better="higher")
    yield figure("given_twice", sum(row.was != "queue" for row in given) + abs(assigned - n), "chats", 0)
    yield figure("over_capacity", _over_capacity(rows, told["capacity"]), "assignments", 0)
    yield figure("out_of_order", _out_of_order(rows), "assignments", 0)
    yield figure("place_empty_for", round(_longest_empty(rows, told), 2), "s", 2)
    late, backs = _late(rows, told)
    yield figure("brought_back", backs, "chats", 10, n=len(told["silences"]), better="higher")
    yield figure("brought_back_after", round(late, 2), "s", told["silence"] + 2, n=backs)


def _over_capacity(rows: list[Hands], capacity: dict[str, int]) -> int:
    holds, over = Counter[int](), 0
    for row in rows:
        if row.was_person is not None:
            holds[row.was_person] -= 1
        if row.person is not None:
            holds[row.person] += 1
            over += holds[row.person] > capacity[str(row.person)]
    return over


def _out_of_order(rows: list[Hands]) -> int:
    """Somebody was given a talk although an older one had stood in the queue when that assignment began."""
    queue: dict[int, Hands] = {}
    wrong = 0
    for row in rows:
        if row.was == "queue":
            mine = queue.pop(row.talk)
            if row.holder == "person":
                wrong += any(
                    (one.queued_at, one.talk) < (mine.queued_at, mine.talk) and one.at + COMMIT < row.began
                    for one in queue.values()
                )
        if row.holder == "queue":
            queue[row.talk] = row
    return wrong


def _longest_empty(rows: list[Hands], told: dict) -> float:
    """The longest time in which somebody waited while an agent who was surely there had room."""
    moments = sorted(
        [(row.at, "hands", row) for row in rows]
        + [(start, "silent", int(agent)) for agent, start, _end in told["silences"]]
        + [(end, "back", int(agent)) for agent, _start, end in told["silences"]],
        key=lambda moment: moment[0],
    )
    holds, away = Counter[int](), set()
    waiting, since, longest = set(), None, 0.0
    for at, kind, what in moments:
        if kind == "hands":
            if what.was_person is not None:
                holds[what.was_person] -= 1
            if what.person is not None:
                holds[what.person] += 1
            (waiting.add if what.holder == "queue" else waiting.discard)(what.talk)
        else:
            (away.add if kind == "silent" else away.discard)(what)
        has_room = any(holds[int(one)] < most for one, most in told["capacity"].items() if int(one) not in away)
        if waiting and has_room:
            since = since or at
        elif since:
            longest, since = max(longest, at - since), None
    return longest


def _late(rows: list[Hands], told: dict) -> tuple[float, int]:
    """How long after her last sign of life the last talk of a silent agent was in the queue again."""
    late, backs = 0.0, 0
    by_agent = defaultdict(list)
    for row in rows:
        if row.was == "person" and row.holder == "queue":
            by_agent[row.was_person].append(row.at)
    for agent, start, end in told["silences"]:
        for at in by_agent[int(agent)]:
            if start <= at <= end:
                late, backs = max(late, at - start), backs + 1
    return late, backs
