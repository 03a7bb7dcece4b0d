"""From the assistant to a person, and back. Every change of hands raises the lease."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from analytics.ledger import events
from chat import opinions, realtime, talk, turns
from chat.models import Author, Conversation, Handoff, Holder, Message

_TEXTS = {
    Handoff.Reason.ASKED: gettext_lazy("A person will take over. You can go on writing; nothing gets lost."),
    Handoff.Reason.UNSURE: gettext_lazy("I do not know this for certain, so I asked a person to answer you here."),
    Handoff.Reason.FAILED: gettext_lazy("I could not answer this, so I asked a person to answer you here."),
    Handoff.Reason.TIMEOUT: gettext_lazy("This takes me too long, so I asked a person to answer you here."),
    Handoff.Reason.BOT_OFF: gettext_lazy("A person will answer you here. Your message has arrived."),
}


class AlreadyTaken(Exception):
    """A colleague was faster."""

    def __init__(self, person: User | None) -> None:
        self.person = person

    def __str__(self) -> str:
        if self.person is None:
            return str(_("This conversation no longer waits for anybody."))
        return str(_("%(name)s has taken this conversation.") % {"name": self.person})


class NotHolding(Exception):
    """Only who holds a conversation can give it back."""

    def __str__(self) -> str:
        return str(_("You do not hold this conversation."))


def to_queue(
    conversation: Conversation,
    *,
    reason: str,
    at: datetime,
    summary: str = "",
    in_reply_to_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> Message:
    """Put a locked conversation into the queue: reason, summary, the shopper's text and the notice in one commit."""
    with translation.override(conversation.customer.language or conversation.shop.language):
        text = str(_TEXTS[Handoff.Reason(reason)])
    message = talk.say(
        conversation, author=Author.SYSTEM, text=text, at=at, in_reply_to_id=in_reply_to_id, details=details or {}
    )
    Handoff.objects.create(
        conversation=conversation, reason=reason, summary=summary or _summary(conversation), message=message, at=at
    )
    _change_hands(conversation, Holder.QUEUE, None)
    conversation.waiting_since = conversation.waiting_since or at
    talk.keep(conversation)
    events.record(
        "conversation.handed_over",
        conversation=conversation,
        message=message,
        actor="bot",
        at=at,
        why=str(reason),
        lease=conversation.lease,
    )
    realtime.wake(conversation, message)
    return message


@transaction.atomic
def ask_person(conversation_id: int, *, at: datetime) -> None:
    """The shopper asks for a person. Asking twice changes nothing."""
    conversation = talk.lock(conversation_id)
    if conversation.holder == Holder.BOT:
        conversation.closed_at = None
        to_queue(conversation, reason=Handoff.Reason.ASKED, at=at)


@transaction.atomic
def accept(conversation_id: int, *, by: User, at: datetime) -> Conversation:
    """Take a waiting conversation from the queue; only the first one gets it."""
    conversation = talk.lock(conversation_id)
    if conversation.is_held_by(by):
        return conversation
    if conversation.holder != Holder.QUEUE:
        raise AlreadyTaken(conversation.person)
    return _taken(conversation, by=by, at=at)


@transaction.atomic
def take(conversation_id: int, *, by: User, at: datetime, from_person: bool = False) -> Conversation:
    """Jump in uninvited. From the moment this commits the assistant is silent here."""
    conversation = talk.lock(conversation_id)
    if conversation.is_held_by(by):
        return conversation
    if conversation.holder == Holder.PERSON and not from_person:
        raise AlreadyTaken(conversation.person)
    return _taken(conversation, by=by, at=at)


@transaction.atomic
def give_back(conversation_id: int, *, by: User, at: datetime) -> Conversation:
    """Let the assistant go on; what the shopper still waits for becomes its turn."""
    conversation = talk.lock(conversation_id)
    if not conversation.is_held_by(by):
        raise NotHolding
    with translation.override(conversation.customer.language or conversation.shop.language):
        text = _("%(name)s left. The assistant is back.") % {"name": by.get_short_name()}
    message = talk.say(conversation, author=Author.SYSTEM, text=text, at=at)
    _change_hands(conversation, Holder.BOT, None)
    conversation.waiting_since = None
    events.record("conversation.given_back", conversation=conversation, actor=by, at=at, lease=conversation.lease)
    if turns.waits_for_answer(conversation):
        conversation.turn_started_at, conversation.turn_due_at = at, at
        transaction.on_commit(partial(turns.answer_soon, conversation.pk))
    talk.keep(conversation)
    realtime.wake(conversation, message)
    return conversation


@transaction.atomic
def close(conversation_id: int, *, by: User, at: datetime) -> None:
    """End the talk; the shopper's next word opens it again."""
    conversation = talk.lock(conversation_id)
    if conversation.closed_at is not None:
        return
    conversation.closed_at, conversation.waiting_since = at, None
    _change_hands(conversation, Holder.BOT, None)
    message = _ask_how_it_was(conversation, by=by, at=at)
    talk.keep(conversation)
    events.record("conversation.closed", conversation=conversation, actor=by, at=at, messages=conversation.last_seq)
    realtime.wake(conversation, message)


def _ask_how_it_was(conversation: Conversation, *, by: User, at: datetime) -> Message:
    with translation.override(conversation.customer.language or conversation.shop.language):
        text = _("%(name)s closed the conversation.") % {"name": by.get_short_name()}
    rates = opinions.spoke(conversation)
    return talk.say(conversation, author=Author.SYSTEM, text=text, at=at, details={"rates": rates} if rates else {})


def hold(conversation: Conversation, *, by: User, at: datetime) -> None:
    """Give a locked conversation to a person, and say so in it."""
    with translation.override(conversation.customer.language or conversation.shop.language):
        text = _("%(name)s joined the conversation.") % {"name": by.get_short_name()}
    message = talk.say(conversation, author=Author.SYSTEM, text=text, at=at)
    _change_hands(conversation, Holder.PERSON, by)
    events.record("conversation.taken", conversation=conversation, actor=by, at=at, lease=conversation.lease)
    realtime.wake(conversation, message)


def _taken(conversation: Conversation, *, by: User, at: datetime) -> Conversation:
    Handoff.objects.filter(conversation=conversation, noticed_at=None).update(noticed_at=at)
    hold(conversation, by=by, at=at)
    talk.keep(conversation)
    return conversation


def _change_hands(conversation: Conversation, holder: str, person: User | None) -> None:
    conversation.holder, conversation.person = holder, person
    conversation.lease += 1
    talk.end_turn(conversation)


def _summary(conversation: Conversation) -> str:
    """The shopper's last words, for whoever comes."""
    words = conversation.messages.filter(author=Author.SHOPPER).order_by("-seq").values_list("text", flat=True)[:3]
    return "\n".join(reversed([text for text in words if text]))
