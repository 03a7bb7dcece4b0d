"""Two open talks of one shopper about one thing: one goes on in the other, and can be told apart again.

No message moves: each stays where it was said, and the talk that goes on shows those of the other above its own. If she
writes in the one that was joined, it is simply open again; nothing of hers is turned away.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.ledger import events
from chat import handoff, realtime, talk, turns
from chat.desk import drafts
from chat.models import Conversation, Draft, Handoff, Holder, TalkMerge


class CannotJoin(talk.Refused):
    """They are not two talks of one shopper, or somebody else was as quick."""

    def __str__(self) -> str:
        return str(_("These two cannot be joined: they are not of one shopper, or were joined meanwhile. Look again."))


class CannotPart(talk.Refused):
    """It was undone already."""

    def __str__(self) -> str:
        return str(_("These two are apart already."))


@transaction.atomic
def join(source_id: int, target_id: int, *, by: User, at: datetime) -> TalkMerge:
    """Let one go on in the other. Of two colleagues who join them in both directions, exactly one does."""
    source, target = _both(source_id, target_id)
    if source.pk == target.pk or source.customer_id != target.customer_id:
        raise CannotJoin
    if TalkMerge.objects.filter(undone_at=None, source__in=(source, target)).exists():
        raise CannotJoin
    merge = TalkMerge.objects.create(
        source=source, target=target, by=by, at=at, was_closed=source.closed_at is not None
    )
    if target.holder == Holder.BOT:
        _pass_on(source, target, at=at)
    target.waiting_since = min(filter(None, (source.waiting_since, target.waiting_since)), default=None)
    _take_drafts(source, target, at=at)
    if source.closed_at is None:
        handoff.end(source, at=at)
    talk.keep(source)
    talk.keep(target)
    events.record("conversation.joined", conversation=target, other=source, actor=by, at=at)
    realtime.wake(source)
    realtime.wake(target)
    return merge


@transaction.atomic
def part(merge_id: int, *, by: User, at: datetime) -> TalkMerge:
    """Tell them apart again: the one that was joined is open, and a person comes to what waits in it."""
    found = TalkMerge.objects.get(pk=merge_id)
    source, target = _both(found.source_id, found.target_id)
    if not TalkMerge.objects.filter(pk=merge_id, undone_at=None).update(undone_at=at):
        raise CannotPart
    if not found.was_closed:
        source.closed_at = None
        if turns.waits_for_answer(source) and source.holder == Holder.BOT:
            handoff.to_queue(source, reason=Handoff.Reason.ASKED, at=at)
        talk.keep(source)
    events.record("conversation.parted", conversation=target, other=source, actor=by, at=at)
    realtime.wake(source)
    realtime.wake(target)
    return found


def before(conversation: Conversation) -> QuerySet[TalkMerge]:
    """What goes on here, oldest first."""
    joined = TalkMerge.objects.filter(target=conversation, undone_at=None)
    return joined.select_related("source__customer", "by").order_by("source__opened_at", "pk")


def could_join(conversation: Conversation) -> QuerySet[Conversation]:
    """Other talks of hers that could go on in this one."""
    others = Conversation.objects.of(conversation.customer).exclude(pk=conversation.pk)
    joined = TalkMerge.objects.filter(undone_at=None)
    return others.exclude(pk__in=joined.values("source")).newest_first()[:10]


def _both(one: int, other: int) -> tuple[Conversation, Conversation]:
    """Both locked, always in the same order, so that nobody waits for somebody who waits for her."""
    locked = {pk: talk.lock(pk) for pk in sorted({one, other})}
    return locked[one], locked[other]


def _pass_on(source: Conversation, target: Conversation, *, at: datetime) -> None:
    """Who held the one holds the other; where she waits for a person, or for any answer, a person comes."""
    if source.holder == Holder.PERSON and source.person is not None:
        handoff.hold(target, by=source.person, at=at)
    elif source.holder == Holder.QUEUE or turns.waits_for_answer(source):
        handoff.to_queue(target, reason=Handoff.Reason.ASKED, at=source.waiting_since or at)


def _take_drafts(source: Conversation, target: Conversation, *, at: datetime) -> None:
    """What colleagues had begun to write goes along."""
    for draft in Draft.objects.filter(conversation=source).select_related("user"):
        begun = drafts.of(target.pk, by=draft.user)
        drafts.keep(target.pk, by=draft.user, text=f"{begun}\n\n{draft.text}" if begun else draft.text, at=at)
        draft.delete()
