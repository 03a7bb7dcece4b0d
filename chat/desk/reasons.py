"""How an answer of the assistant came about, and what a long talk is about: from what was kept, nothing thought up."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Topic
from analytics.ledger.models import Event
from chat import briefing
from chat.models import Author, Conversation, Message


@dataclass(frozen=True)
class Why:
    """What the assistant went by."""

    asked: str
    passages: list[dict[str, Any]]
    confidence: float | None
    floor: float | None
    intent: str
    intent_confidence: float | None
    mood: str
    version: str
    seconds: float | None


def of(message: Message) -> Why:
    """Why the assistant said this, or why it asked for a person."""
    kept = message.details.get("reasoning", {})
    understood = kept.get("understood", {})
    return Why(
        asked=kept.get("asked", ""),
        passages=kept.get("passages", []),
        confidence=kept.get("confidence"),
        floor=kept.get("floor"),
        intent=understood.get("intent") or "",
        intent_confidence=understood.get("confidence"),
        mood=understood.get("mood") or "",
        version=message.version.name if message.version else "",
        seconds=_waited(message),
    )


def _waited(message: Message) -> float | None:
    """How long she waited for it, as the ledger has it."""
    told = Event.objects.filter(subject=f"conversation:{message.conversation_id}", kind="message.answered")
    facts = told.filter(refs__message=f"message:{message.pk}").values_list("facts", flat=True).first()
    seconds: float | None = facts.get("seconds") if facts else None
    return seconds


@dataclass(frozen=True)
class Summary:
    """A talk in few lines, all of them the customer's own or counted."""

    began: str
    lately: list[str]
    topic: str
    orders: list[str]
    language: str
    is_upset: bool
    by_customer: int
    by_bot: int
    by_team: int


def summary(conversation: Conversation) -> Summary:
    told = briefing.of(conversation)
    said = list(conversation.messages.in_order().values_list("author", flat=True))
    first = conversation.messages.filter(author=Author.SHOPPER).exclude(text="").in_order().first()
    lately = [line for line in told.summary.splitlines() if line.strip()]
    began = first.text if first else ""
    return Summary(
        began=began,
        lately=[line for line in lately if line != began],
        topic=str(Topic(told.facts["topic"]).label),
        orders=told.facts.get("orders", []),
        language=told.facts.get("language", ""),
        is_upset=told.facts.get("mood") == "upset",
        by_customer=said.count(Author.SHOPPER),
        by_bot=said.count(Author.BOT),
        by_team=said.count(Author.PERSON),
    )
