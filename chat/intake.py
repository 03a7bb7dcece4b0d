"""A message comes in and gets an answer. Every door leads here."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Customer
from analytics.ledger import events
from chat import attachments, handoff, languages, outbox, realtime, talk, turns
from chat.models import Author, Channel, Conversation, Handoff, Holder, Message
from knowledge.language.detection import detect

logger = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=10)
DISCARDS = 2


@dataclass(frozen=True)
class Inbound:
    """What a shopper said, whichever door it came by."""

    conversation_id: int
    client_id: str
    text: str
    files: tuple[UUID, ...] = ()
    channel: str = Channel.WEB
    external_id: str | None = None


def open_conversation(customer: Customer, *, opening_id: str, at: datetime, channel: str = Channel.WEB) -> Conversation:
    """Begin a conversation, once for each opening id."""
    with transaction.atomic():
        conversation, opened = Conversation.objects.get_or_create(
            customer=customer,
            opening_id=opening_id,
            defaults={"shop_id": customer.shop_id, "channel": channel, "opened_at": at, "last_message_at": at},
        )
        if opened:
            events.record(
                "conversation.opened",
                conversation=conversation,
                customer=customer,
                actor=customer,
                at=at,
                channel=str(channel),
            )
    return conversation


def receive(inbound: Inbound, *, at: datetime) -> talk.Receipt:
    """Save what a shopper said, once and in its place; its answer follows after commit."""
    text = talk.clean(inbound.text)
    if not text and not inbound.files:
        raise talk.Empty
    language = detect(text)
    try:
        with transaction.atomic():
            return talk.Receipt(_save(inbound, text, language=language, at=at))
    except IntegrityError:
        said = _said_before(inbound)
        if said is None:
            raise
        return talk.Receipt(said, repeated=True)


def receive_result(conversation_id: int, *, key: UUID, text: str, opens_turn: bool, at: datetime) -> None:
    """Tell the result of an action in the talk, once; where a flow waits for it, it opens a turn."""
    conversation = talk.lock(conversation_id)
    client_id = f"action:{key}"
    if Message.objects.filter(conversation=conversation, client_id=client_id).exists():
        return
    details = {"action": str(key), "opens_turn": opens_turn}
    message = talk.say(conversation, author=Author.SYSTEM, text=text, at=at, client_id=client_id, details=details)
    if opens_turn and conversation.holder == Holder.BOT:
        conversation.lease += 1
        _open_turn(conversation, at=at, text=text)
    talk.keep(conversation)
    realtime.wake(conversation, message)


def _said_before(inbound: Inbound) -> Message | None:
    found = talk.said_before(inbound.conversation_id, inbound.client_id, author=Author.SHOPPER)
    if found is None and inbound.external_id is not None:
        found = Message.objects.filter(
            conversation_id=inbound.conversation_id, channel=inbound.channel, external_id=inbound.external_id
        ).first()
    return found


def _save(inbound: Inbound, text: str, *, language: str | None, at: datetime) -> Message:
    conversation = talk.lock(inbound.conversation_id)
    conversation.closed_at = None
    languages.hear(conversation, language)
    message = talk.say(
        conversation,
        author=Author.SHOPPER,
        text=text,
        at=at,
        client_id=inbound.client_id,
        channel=inbound.channel,
        external_id=inbound.external_id,
        details={"files": len(inbound.files)} if inbound.files else {},
    )
    if inbound.files:
        attachments.attach(message, inbound.files, by_shopper=True)
    events.record(
        "message.received",
        conversation=conversation,
        message=message,
        customer=conversation.customer,
        actor=conversation.customer,
        shop=conversation.shop_id,
        at=at,
        seq=message.seq,
        length=len(text),
    )
    if not (conversation.holder == Holder.BOT and _is_starving(conversation, at=at)):
        conversation.lease += 1
    if conversation.holder == Holder.BOT:
        if conversation.bot_enabled and conversation.shop.bot_enabled:
            _open_turn(conversation, at=at, text=text)
        else:
            realtime.wake(conversation, message)
            handoff.to_queue(conversation, reason=Handoff.Reason.BOT_OFF, at=at)
            return message
    elif conversation.waiting_since is None:
        conversation.waiting_since = at
    talk.keep(conversation)
    realtime.wake(conversation, message)
    return message


def _is_starving(conversation: Conversation, *, at: datetime) -> bool:
    """She has waited long, or lost two answers to her own typing: now the next answer goes out."""
    if conversation.turn_started_at is None:
        return False
    return conversation.turn_discards >= DISCARDS or at - conversation.turn_started_at >= PATIENCE


def _open_turn(conversation: Conversation, *, at: datetime, text: str) -> None:
    """Owe her an answer, as soon as she seems to have said it all: half a sentence rarely comes alone."""
    is_whole = text.endswith((".", "?", "!", "…"))
    settle = timedelta(milliseconds=settings.TURN_SETTLE_MS if is_whole else settings.TURN_FRAGMENT_MS)
    if conversation.turn_started_at is None:
        conversation.turn_started_at, conversation.turn_attempts, conversation.turn_discards = at, 0, 0
    conversation.turn_due_at = at + settle
    transaction.on_commit(partial(turns.answer_soon, conversation.pk, delay=settle.total_seconds()))


def hold_turn(conversation_id: int, *, at: datetime) -> None:
    """She is still typing: wait a little for the rest of her question, but never beyond our patience."""
    due = at + timedelta(seconds=2)
    waiting = Conversation.objects.filter(
        pk=conversation_id,
        holder=Holder.BOT,
        turn_due_at__isnull=False,
        turn_claimed_until=None,
        turn_started_at__gt=at - PATIENCE / 2,
    )
    if waiting.update(turn_due_at=due):
        turns.answer_soon(conversation_id, delay=2)


@shared_task(name="chat.answer", soft_time_limit=settings.BOT_SECONDS, time_limit=settings.BOT_SECONDS + 10)
def answer(conversation_id: int) -> None:
    """Give the open turn its answer: claim, think, post; a draft that came too late is thought over again."""
    turn = turns.claim(conversation_id, at=timezone.now())
    if turn is not None and outbox.post_reply(turn, _think(turn), at=timezone.now()) is None:
        turns.answer_soon(conversation_id)  # as a task of its own: each draft has all the time a draft may take


@shared_task(name="chat.sweep")
def sweep() -> None:
    """Find the turns that a lost queue or a dead worker dropped."""
    late = timezone.now() - timedelta(seconds=1)
    for pk in Conversation.objects.overdue(late).values_list("pk", flat=True)[:500]:
        turns.answer_soon(pk)


def _think(turn: turns.Turn) -> turns.Reply:
    """Ask the assistant. Whatever goes wrong with it ends with a person, never in silence."""
    if not turn.bot_on:
        return _step_back(Handoff.Reason.BOT_OFF)
    if turn.failures >= settings.TURN_ATTEMPTS:
        return _step_back(Handoff.Reason.TIMEOUT)
    try:
        reply: turns.Reply = _assistant()(turn, draft=partial(realtime.draft, turn))
    except SoftTimeLimitExceeded:
        return _step_back(Handoff.Reason.TIMEOUT)
    except Exception:
        logger.exception("The assistant failed in conversation %s", turn.conversation_id)
        return _step_back(Handoff.Reason.FAILED)
    return reply


def _step_back(reason: str) -> turns.Reply:
    return turns.Reply(text="", step_back=turns.StepBack(reason))


def _assistant() -> Any:
    module, _dot, name = settings.ASSISTANT.rpartition(".")
    return getattr(import_module(module), name)
