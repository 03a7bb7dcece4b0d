"""How tickets speak and listen in the talk of a customer. The room above fills this at start-up.

What is called here runs in the caller's transaction. Tickets know a talk by its number alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from accounts.models import Customer, User

Side = Literal["customer", "team", "bot", "notice"]


class Refused(ValueError):
    """What was said cannot be taken; the text says why."""


@dataclass(frozen=True)
class Said:
    """That something was said, without the words."""

    seq: int
    at: datetime
    side: Side
    person_id: int | None = None


@dataclass(frozen=True)
class Line:
    """One message as a timeline shows it."""

    at: datetime
    side: Side
    name: str
    text: str
    is_markdown: bool = False
    files: Sequence[tuple[str, str]] = field(default=())  # names and addresses
    talk: int = 0
    seq: int = 0


@dataclass(frozen=True)
class Found:
    """A message that has the words somebody looks for."""

    talk: int
    seq: int
    rank: float
    words: str  # safe to show, with marks


class Talks(Protocol):
    def begin(self, customer: Customer, *, opening_id: str, at: datetime) -> int:
        """A talk for people alone, once for each opening id; the assistant is silent in it."""

    def lock(self, talk: int) -> None:
        """Nobody else speaks there until the transaction ends. Before any ticket is locked, never after."""

    def post_public_reply(self, talk: int, *, by: User, text: str, client_id: str, at: datetime) -> None:
        """What an agent says to the customer."""

    def post_from_customer(self, talk: int, *, text: str, client_id: str, at: datetime) -> None:
        """What the customer says to the shop."""

    def said_since(self, talk: int, seq: int) -> Sequence[Said]:
        """What was said after a message, in order."""

    def timeline(self, talk: int, *, after: int = 0, upto: int | None = None) -> Sequence[Line]:
        """Messages as the customer may see them, in order."""

    def find(self, shops: Collection[int], text: str) -> Sequence[Found]:
        """What was said with these words in the talks of tickets, the best of the newest; or it is refused."""

    def address(self, talk: int) -> str:
        """Where an agent reads and writes in it."""


talks: Talks


def fill(with_talks: Talks) -> None:
    global talks
    talks = with_talks
