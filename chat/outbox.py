"""Every reply leaves by here, the assistant's and a person's alike."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.ledger import events
from chat import actions, attachments, handoff, letters, realtime, sources, switch, talk, turns
from chat.desk import drafts
from chat.flows import lock
from chat.models import Author, Conversation, Holder, Message
from chat.turns import Reply, Turn, Unsure
from knowledge import answers
from tickets import opening


class HeldByAnother(talk.Refused):
    """Somebody else holds this conversation."""

    def __init__(self, person: User | None) -> None:
        self.person = person

    def __str__(self) -> str:
        return str(_("%(name)s is in this conversation. Take it over first.") % {"name": self.person})


def post_reply(turn: Turn, reply: Reply, *, at: datetime) -> Message | None:
    """Commit what the assistant decided, if nothing changed since it was asked; otherwise nothing happened."""
    with transaction.atomic():
        bot_on = switch.is_on(turn.shop_id)
        conversation = talk.lock(turn.conversation_id)
        if conversation.turn_attempts != turn.attempt:
            return None  # somebody else has claimed this turn since
        if not _is_current(conversation, turn) or not (bot_on or reply.step_back) or not _is_true(reply):
            _discard(conversation, turn, at=at)
            return None
        if reply.unsure:
            _tell_unsure(conversation, turn, reply.unsure, at=at)
        message = None
        reply = lock.kept(reply, language=turn.language, zone=turn.zone)
        if reply.text:
            message = _say(conversation, turn, reply, at=at)
            for wanted in reply.actions:
                actions.request(message, wanted, at=at)
        if reply.step_back:
            notice = handoff.to_queue(
                conversation,
                reason=reply.step_back.reason,
                summary=reply.step_back.summary,
                at=at,
                in_reply_to_id=None if message else turn.newest_id,
                details={} if message or not reply.reasoning else {"reasoning": reply.reasoning},
            )
            if reply.step_back.ticket:
                _open_ticket(conversation, reply.step_back.ticket, at=at)
            return message or notice
        _close_turn(conversation, turn, at=at)
        talk.keep(conversation)
        assert message is not None, "a reply says something or steps back"
        realtime.wake(conversation, message)
        return message


def post_person(
    conversation_id: int, *, by: User, text: str, client_id: str, at: datetime, files: tuple[UUID, ...] = ()
) -> talk.Receipt:
    """Say something as a person. Writing to a conversation that nobody holds takes it over."""
    text = talk.clean(text)
    if not text and not files:
        raise talk.Empty
    try:
        with transaction.atomic():
            conversation = talk.lock(conversation_id)
            said = talk.said_before(conversation_id, client_id, author=Author.PERSON, person_id=by.pk)
            if said is not None:
                return talk.Receipt(said, repeated=True)
            if conversation.holder == Holder.PERSON and conversation.person_id != by.pk:
                raise HeldByAnother(conversation.person)
            if conversation.holder != Holder.PERSON:
                handoff.hold(conversation, by=by, at=at)
            message = talk.say(
                conversation,
                author=Author.PERSON,
                person=by,
                text=text,
                at=at,
                client_id=client_id,
                details={"files": len(files)} if files else {},
            )
            if files:
                attachments.attach(message, files, by_shopper=False)
            drafts.forget(conversation_id, by=by)
            conversation.waiting_since = None
            conversation.staff_read_seq = conversation.last_seq
            events.record(
                "message.posted",
                conversation=conversation,
                message=message,
                actor=by,
                at=at,
                seq=message.seq,
                length=len(text),
            )
            talk.keep(conversation)
            letters.expect(conversation, at=at)
            realtime.wake(conversation, message)
            return talk.Receipt(message)
    except IntegrityError:
        said = talk.said_before(conversation_id, client_id, author=Author.PERSON, person_id=by.pk)
        if said is None:
            raise
        return talk.Receipt(said, repeated=True)


def _open_ticket(conversation: Conversation, subject: str, *, at: datetime) -> None:
    """What a flow collected is owed an answer, also when the talk is over."""
    opening.from_talk(
        conversation.customer,
        talk=conversation.pk,
        subject=subject,
        by=None,
        at=at,
        channel=conversation.channel,
        team_id=conversation.team_id,
    )


def _is_current(conversation: Conversation, turn: Turn) -> bool:
    return (
        conversation.holder == Holder.BOT and conversation.lease == turn.lease and conversation.turn_due_at is not None
    )


def _is_true(reply: Reply) -> bool:
    """Whether every word it cites still stands; if an article has changed since, the turn is thought over again."""
    return not reply.citations or answers.stand(reply.citations)


def _tell_unsure(conversation: Conversation, turn: Turn, unsure: Unsure, *, at: datetime) -> None:
    events.record(
        "answer.abstained",
        conversation=conversation,
        message=Message(pk=turn.newest_id),
        actor="bot",
        at=at,
        confidence=unsure.confidence,
        passages=unsure.passages,
    )


def _say(conversation: Conversation, turn: Turn, reply: Reply, *, at: datetime) -> Message:
    details = {
        name: value
        for name, value in (
            ("markdown", reply.is_markdown),
            ("sources", sources.of(reply.citations)),
            ("suggestions", list(reply.suggestions)),
            ("cards", list(reply.cards)),
            ("asks", reply.asks),
            ("reasoning", reply.reasoning),
        )
        if value
    }
    message = talk.say(
        conversation,
        author=Author.BOT,
        text=reply.text,
        at=at,
        in_reply_to_id=turn.newest_id,
        version_id=turn.version_id,
        details=details,
    )
    conversation.staff_delivered_seq = max(conversation.staff_delivered_seq, turn.upto_seq)
    conversation.staff_read_seq = max(conversation.staff_read_seq, turn.upto_seq)
    waited = (at - conversation.turn_started_at).total_seconds() if conversation.turn_started_at else 0
    events.record(
        "message.answered",
        conversation=conversation,
        message=message,
        actor="bot",
        at=at,
        seq=message.seq,
        seconds=waited,
        confidence=reply.reasoning.get("confidence"),
        citations=len(reply.citations),
    )
    return message


def _close_turn(conversation: Conversation, turn: Turn, *, at: datetime) -> None:
    """The turn is answered; what she said meanwhile is the next one, due at once."""
    newer = Message.objects.filter(conversation=conversation, author=Author.SHOPPER, seq__gt=turn.upto_seq)
    oldest = newer.in_order().first()
    talk.end_turn(conversation)
    if oldest is not None:
        conversation.lease += 1
        conversation.turn_started_at, conversation.turn_due_at = oldest.at, at
        transaction.on_commit(partial(turns.answer_soon, conversation.pk))


def _discard(conversation: Conversation, turn: Turn, *, at: datetime) -> None:
    """A draft that came too late: the claim is free again, and nothing was said."""
    why = "newer" if conversation.holder == Holder.BOT else "taken"
    events.record("message.discarded", conversation=conversation, actor="bot", at=at, why=why)
    if conversation.turn_due_at is not None:
        conversation.turn_discards += 1
        conversation.turn_claimed_until = None
        talk.keep(conversation)
