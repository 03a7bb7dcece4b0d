"""How a message takes its place: under the conversation's row lock, with the next seq."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from chat.models import Conversation, Message


class TooLong(ValueError):
    """The text is longer than anybody would read."""

    def __str__(self) -> str:
        return str(
            _("This message is too long. Please keep it under %(limit)s characters.")
            % {"limit": settings.CHAT_TEXT_LIMIT}
        )


class Empty(ValueError):
    """There is nothing in the message."""

    def __str__(self) -> str:
        return str(_("Please write something first."))


_KEPT = [
    "last_seq",
    "last_message_at",
    "last_words",
    "closed_at",
    "holder",
    "person",
    "lease",
    "bot_enabled",
    "waiting_since",
    "turn_started_at",
    "turn_due_at",
    "turn_claimed_until",
    "turn_discards",
    "turn_attempts",
    "staff_delivered_seq",
    "staff_read_seq",
]


def lock(conversation_id: int) -> Conversation:
    """The conversation, ours alone until the transaction ends."""
    locked = Conversation.objects.select_for_update(of=("self",), no_key=True).select_related(
        "shop", "customer", "person"
    )
    conversation: Conversation = locked.get(pk=conversation_id)
    return conversation


def say(conversation: Conversation, *, author: str, text: str, at: datetime, **fields: Any) -> Message:
    """Put a message at the end of a locked conversation."""
    conversation.last_seq += 1
    conversation.last_message_at = at
    if text:
        conversation.last_words = Truncator(" ".join(text.split())).chars(160)
    return Message.objects.create(
        conversation=conversation, seq=conversation.last_seq, author=author, text=text, at=at, **fields
    )


def keep(conversation: Conversation) -> None:
    conversation.save(update_fields=_KEPT)


def clean(text: str) -> str:
    """The text without what no database and no reader wants in it."""
    if len(text) > settings.CHAT_TEXT_LIMIT:
        raise TooLong
    return text.replace("\x00", "").encode("utf-8", "replace").decode().strip()


def end_turn(conversation: Conversation) -> None:
    conversation.turn_started_at = conversation.turn_due_at = conversation.turn_claimed_until = None
    conversation.turn_discards = conversation.turn_attempts = 0
