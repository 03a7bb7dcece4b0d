"""What the table says, beside what each side has."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.faults.chat._stage import Stage

ROWS = """
    SELECT conversation_id, seq, public_id::text, author, client_id, text, at
    FROM chat_message WHERE conversation_id = ANY(%s) ORDER BY conversation_id, seq
"""
HANDED = """
    SELECT c.id, c.holder, c.last_seq, coalesce(max(m.seq), 0) FROM chat_conversation c
    LEFT JOIN chat_handoff h ON h.conversation_id = c.id LEFT JOIN chat_message m ON m.id = h.message_id
    WHERE c.id = ANY(%s) GROUP BY c.id
"""


@dataclass
class Talker:
    """Somebody who takes part: her client, and what she said with it."""

    side: str
    number: int
    chat: Any
    said: dict[str, str] = field(default_factory=dict)

    def say(self, text, **more):
        client_id = self.chat.say(text, **more)
        self.said[client_id] = text

    @property
    def pending(self):
        return len(self.chat.outbox)


@dataclass
class Tally:
    said: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    unanswered: int = 0
    answered_twice: int = 0
    by_bot: int = 0
    seconds_back: float = 0.0
    examples: list[str] = field(default_factory=list)

    def note(self, what, example):
        setattr(self, what, getattr(self, what) + 1)
        if sum(example.startswith(what) for example in self.examples) < 3:
            self.examples.append(f"{what}: {example}")


def tally(stage: Stage, talkers: list[Talker]) -> Tally:
    """Compare every row with every side, and every side with every row."""
    found, numbers = Tally(), sorted({talker.number for talker in talkers})
    rows = defaultdict(list)
    for number, *row in stage.ask(ROWS, numbers):
        rows[number].append(row)
    ends = {number: rest for number, *rest in stage.ask(HANDED, numbers)}
    for number in numbers:
        _one_conversation(found, number, rows[number], *ends[number])
    for talker in talkers:
        _one_side(found, talker, rows[talker.number])
    return found


def _one_conversation(found, number, rows, holder, last_seq, handed_at):
    seqs = [row[0] for row in rows]
    times = [row[5] for row in rows]
    if seqs != list(range(1, last_seq + 1)):
        found.note("out_of_order", f"conversation {number} has a gap before {last_seq}: {seqs[:20]}...")
    steps = ((one - other).total_seconds() for one, other in pairwise(times))
    found.seconds_back = max(found.seconds_back, max(steps, default=0.0))
    for text, times_said in Counter(row[4] for row in rows if row[3] is not None).items():
        if times_said > 1:
            found.note("doubled", f"conversation {number} has {text!r} {times_said} times")
    used = Counter(tag for row in rows if row[2] == "bot" for tag in row[4].removeprefix("Used: ").split())
    answered_at = max((row[0] for row in rows if row[2] == "person"), default=0)
    for seq, _, author, _, text, _ in rows:
        tag = text.split()[0] if text else ""
        if author != "shopper":
            continue
        found.by_bot += used[tag] > 0
        if used[tag] > 1:
            found.note("answered_twice", f"conversation {number} uses {tag} {used[tag]} times")
        if not used[tag] and holder == "bot" and seq > max(handed_at, answered_at):
            found.note("unanswered", f"conversation {number} never answers {tag} at {seq} of {last_seq}")


def _one_side(found, talker, rows):
    found.said += len(talker.said)
    kept = {row[3] for row in rows}
    who = f"{talker.side} of conversation {talker.number}"
    for client_id, text in talker.said.items():
        if client_id not in kept:
            found.note("lost", f"{who} said {text!r}, the table does not have it; {talker.chat.refused.get(client_id)}")
    has = [(message["seq"], message["id"]) for message in talker.chat.messages]
    table = [(row[0], row[1]) for row in rows]
    for seq, _ in set(table) - set(has):
        found.note("lost", f"{who} never got {seq} of {len(table)}")
    for (_, public_id), times in Counter(has).items():
        if times > 1:
            found.note("doubled", f"{who} got {public_id} {times} times")
    if [one for one in table if one in set(has)] != has:
        found.note("out_of_order", f"{who} has {[seq for seq, _ in has][:20]}...")


def is_complete(stage: Stage, talkers: list[Talker]) -> bool:
    """Everybody has said all, has all, and nobody waits for an answer."""
    if any(talker.pending for talker in talkers):
        return False
    ends = {number: last for number, _, last, _ in stage.ask(HANDED, sorted({talker.number for talker in talkers}))}
    if any(talker.chat.have < ends[talker.number] for talker in talkers):
        return False
    return not tally(stage, talkers).unanswered
