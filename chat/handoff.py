"""From the assistant to a person, and back. Every change of hands raises the lease."""

import logging
from datetime import datetime
from functools import partial
from typing import Any

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Team, User
from accounts.presence import NotOnTheTeam
from analytics.ledger import events
from chat import briefing, languages, opinions, realtime, talk, turns
from chat.models import Author, Conversation, Handoff, Holder, Message

logger = logging.getLogger(__name__)

_TEXTS = {
    Handoff.Reason.ASKED: gettext_lazy("A person will take over. You can go on writing; nothing gets lost."),
    Handoff.Reason.UNSURE: gettext_lazy("I do not know this for certain, so I asked a person to answer you here."),
    Handoff.Reason.FAILED: gettext_lazy("I could not answer this, so I asked a person to answer you here."),
    Handoff.Reason.TIMEOUT: gettext_lazy("This takes me too long, so I asked a person to answer you here."),
    Handoff.Reason.BOT_OFF: gettext_lazy("A person will answer you here. Your message has arrived."),
    Handoff.Reason.MOVED: gettext_lazy("%(name)s asks a colleague to go on here. You keep your place."),
    Handoff.Reason.LEFT: gettext_lazy("%(name)s was cut off. A colleague will go on here; you keep your place."),
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
    by: User | None = None,
    team: Team | None = None,
) -> Message:
    """Put a locked conversation into the queue: reason, summary, the shopper's text and the notice in one commit."""
    with translation.override(languages.of(conversation)):
        text = str(_TEXTS[Handoff.Reason(reason)])
    message = talk.say(
        conversation,
        author=Author.SYSTEM,
        text=text % {"name": by.get_short_name()} if by else text,
        at=at,
        in_reply_to_id=in_reply_to_id,
        details=details or {},
    )
    told = briefing.of(conversation)
    if conversation.holder == Holder.BOT:
        conversation.team_id, conversation.needs = told.team, told.needs
    if team is not None:
        conversation.team, conversation.needs = team, []
    _change_hands(conversation, Holder.QUEUE, None, at=at)
    Handoff.objects.create(
        conversation=conversation,
        reason=reason,
        summary=summary or told.summary,
        facts=told.facts,
        message=message,
        at=at,
    )
    conversation.waiting_since = conversation.waiting_since or at
    conversation.queued_at = conversation.queued_at or at
    talk.keep(conversation)
    events.record(
        "conversation.handed_over",
        conversation=conversation,
        message=message,
        actor=by or "bot",
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
def pass_on(conversation_id: int, *, by: User, to: User | Team, at: datetime) -> None:
    """Give a talk to a colleague, or let it wait for a team. Only what a third person holds stays with her."""
    conversation = talk.lock(conversation_id)
    if conversation.holder == Holder.PERSON and not conversation.is_held_by(by):
        raise NotHolding
    if isinstance(to, Team):
        if to.shop_id != conversation.shop_id:
            raise NotOnTheTeam
        to_queue(conversation, reason=Handoff.Reason.MOVED, by=by, team=to, at=at)
        aim: dict[str, Any] = {"team": to}
    else:
        if not to.works_for(conversation.shop):
            raise NotOnTheTeam
        if conversation.is_held_by(to):
            return
        hand_to(conversation, to, at=at)
        aim = {"to": to}
    events.record("conversation.passed_on", conversation=conversation, actor=by, at=at, lease=conversation.lease, **aim)


@transaction.atomic
def bring_back(conversation_id: int, *, from_id: int, at: datetime) -> bool:
    """Whoever held it is gone: it stands in the queue again, where it stood. False if it has changed hands since."""
    conversation = talk.lock(conversation_id)
    if conversation.holder != Holder.PERSON or conversation.person_id != from_id or not conversation.is_open:
        return False
    to_queue(conversation, reason=Handoff.Reason.LEFT, by=conversation.person, at=at)
    return True


@transaction.atomic
def accept(conversation_id: int, *, by: User, at: datetime) -> Conversation:
    """Take a waiting conversation from the queue; only the first one gets it."""
    conversation = talk.lock(conversation_id)
    if conversation.is_held_by(by):
        return conversation
    if conversation.holder != Holder.QUEUE:
        raise AlreadyTaken(conversation.person)
    return hand_to(conversation, by, at=at)


@transaction.atomic
def take(conversation_id: int, *, by: User, at: datetime, from_person: bool = False) -> Conversation:
    """Jump in uninvited. From the moment this commits the assistant is silent here."""
    conversation = talk.lock(conversation_id)
    if conversation.is_held_by(by):
        return conversation
    if conversation.holder == Holder.PERSON and not from_person:
        raise AlreadyTaken(conversation.person)
    return hand_to(conversation, by, at=at)


@transaction.atomic
def give_back(conversation_id: int, *, by: User, at: datetime) -> Conversation:
    """Let the assistant go on; what the shopper still waits for becomes its turn."""
    conversation = talk.lock(conversation_id)
    if not conversation.is_held_by(by):
        raise NotHolding
    with translation.override(languages.of(conversation)):
        text = _("%(name)s left. The assistant is back.") % {"name": by.get_short_name()}
    message = talk.say(conversation, author=Author.SYSTEM, text=text, at=at)
    _change_hands(conversation, Holder.BOT, None, at=at)
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
    end(conversation, at=at)
    message = _ask_how_it_was(conversation, by=by, at=at)
    talk.keep(conversation)
    events.record("conversation.closed", conversation=conversation, actor=by, at=at, messages=conversation.last_seq)
    realtime.wake(conversation, message)


def end(conversation: Conversation, *, at: datetime) -> None:
    """Close a locked conversation without a word."""
    conversation.closed_at, conversation.waiting_since = at, None
    _change_hands(conversation, Holder.BOT, None, at=at)


def _ask_how_it_was(conversation: Conversation, *, by: User, at: datetime) -> Message:
    with translation.override(languages.of(conversation)):
        text = _("%(name)s closed the conversation.") % {"name": by.get_short_name()}
    rates = opinions.spoke(conversation)
    return talk.say(conversation, author=Author.SYSTEM, text=text, at=at, details={"rates": rates} if rates else {})


def hold(conversation: Conversation, *, by: User, at: datetime) -> None:
    """Give a locked conversation to a person, and say so in it."""
    with translation.override(languages.of(conversation)):
        text = _("%(name)s joined the conversation.") % {"name": by.get_short_name()}
    message = talk.say(conversation, author=Author.SYSTEM, text=text, at=at)
    _change_hands(conversation, Holder.PERSON, by, at=at)
    events.record("conversation.taken", conversation=conversation, actor=by, at=at, lease=conversation.lease)
    realtime.wake(conversation, message)


def hand_to(conversation: Conversation, person: User, *, at: datetime) -> Conversation:
    """The same, and nothing else happens to it."""
    hold(conversation, by=person, at=at)
    talk.keep(conversation)
    return conversation


def _change_hands(conversation: Conversation, holder: str, person: User | None, *, at: datetime) -> None:
    if conversation.holder == Holder.QUEUE:
        Handoff.objects.filter(conversation=conversation, noticed_at=None).update(noticed_at=at)
    conversation.left = (*conversation.left, (conversation.holder, conversation.person_id, conversation.team_id))
    if holder == Holder.BOT:
        conversation.queued_at, conversation.team, conversation.needs = None, None, []
    conversation.holder, conversation.person = holder, person
    conversation.lease += 1
    talk.end_turn(conversation)
    transaction.on_commit(partial(assign_soon, conversation.shop_id))


def assign_soon(shop_id: int) -> None:
    """Ask a worker to give whoever waits to whoever has room: many changes, one task. If it is lost, a sweep looks."""
    try:
        if cache.add(assigning(shop_id), 1, timeout=1):
            current_app.send_task("chat.assign", (shop_id,), ignore_result=True, retry=False)
    except Exception:  # a broker that is away costs time, never a place
        logger.warning("The queue is away; the sweep will assign what waits in shop %s", shop_id)


def assigning(shop_id: int) -> str:
    return f"chat:assigning:{shop_id}"
