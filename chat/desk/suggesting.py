"""A reply the assistant would give, for an agent to read, change and send; it is never sent by itself."""

from dataclasses import dataclass
from typing import Any

from accounts import clock
from chat import assistant, sources, turns
from chat.flows import asking, lock
from chat.models import Conversation
from chat.turns import Reply
from knowledge import answers, markdown


@dataclass(frozen=True)
class Suggestion:
    """Words for the composer, and what they rest on."""

    text: str
    sources: list[dict[str, Any]]
    cards: tuple[dict[str, Any], ...] = ()


def suggest(conversation: Conversation) -> Suggestion | None:
    """What can be said with certainty to what she waits for; none where the assistant would step back, too."""
    turn = turns.load(conversation.pk)
    if turn is None or asking.what(turn.question) in asking.ACTIONS:  # what she wants done, an agent does
        return None
    reply = lock.kept(assistant.reply(turn, draft=lambda words: None), language=turn.language, zone=turn.zone)
    if not reply.text or not _is_only_said(reply) or not answers.stand(reply.citations):
        return None
    with clock.reading(turn.language, turn.zone):
        found = sources.of(reply.citations)
    return Suggestion(markdown.plain(reply.text) if reply.is_markdown else reply.text, found, reply.cards)


def _is_only_said(reply: Reply) -> bool:
    """Nothing the assistant itself would have to do, or to hear the answer to."""
    return not reply.actions and reply.step_back is None and reply.asks.get("step") in (None, "order")
