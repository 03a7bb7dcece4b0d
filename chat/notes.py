"""What colleagues say to each other beside a talk. It never goes where a shopper listens."""

import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from analytics.ledger import events
from chat import realtime, talk
from chat.models import Conversation, Mention, Note

_CALL = re.compile(r"(?<![\w@])@([\w.-]+(?: [\w-]+)?)")


def write(conversation_id: int, *, by: User, text: str, client_id: str, at: datetime) -> Note:
    """Keep a note, once, and call the colleagues it names with an @."""
    text = talk.clean(text)
    if not text:
        raise talk.Empty
    try:
        with transaction.atomic():
            conversation = Conversation.objects.select_related("shop").get(pk=conversation_id)
            note = Note.objects.create(
                conversation=conversation,
                author=by,
                text=text,
                after_seq=conversation.last_seq,
                client_id=client_id,
                at=at,
            )
            called = named_in(text, User.objects.team_of(conversation.shop).exclude(pk=by.pk))
            Mention.objects.bulk_create(Mention(note=note, user=one) for one in called)
            events.record(
                "conversation.noted", conversation=conversation, note=note, actor=by, at=at, mentions=len(called)
            )
            realtime.noted(conversation, called=[one.pk for one in called])
            return note
    except IntegrityError:
        said = Note.objects.filter(conversation=conversation_id, client_id=client_id).first()
        if said is None:
            raise
        if said.author_id != by.pk:
            raise talk.BadClientId from None
        return said


def named_in(text: str, team: QuerySet[User]) -> list[User]:
    """Colleagues called by first name, whole name, or what stands before the @ of their address."""
    calls = [call.lower().rstrip(".") for call in _CALL.findall(text)]
    if not calls:
        return []
    words = {*calls, *(call.split(" ")[0] for call in calls)}
    return [one for one in team.order_by("name", "pk") if words & _names(one)]


def of(conversation: Conversation) -> list[Note]:
    """The notes of a talk, oldest first."""
    return list(Note.objects.filter(conversation=conversation).select_related("author").order_by("at", "pk"))


def seen(conversation_id: int, *, by: User, at: datetime) -> int:
    """She looks at the talk: what called her there has reached her."""
    unseen = Mention.objects.filter(note__conversation=conversation_id, user=by, seen_at=None)
    return int(unseen.update(seen_at=at))


def _names(user: User) -> set[str]:
    parts: list[Any] = [user.get_short_name(), user.name, user.email.split("@")[0]]
    return {part.lower() for part in parts if part}
