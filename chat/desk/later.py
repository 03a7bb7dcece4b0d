"""Replies for later: each is sent once at its time, or taken back before, never both."""

from contextlib import suppress
from datetime import datetime

from celery import current_app, shared_task
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from chat import outbox, talk
from chat.desk import drafts
from chat.models import Conversation, Later


class TooLate(talk.Refused):
    """It was sent in the meantime, or taken back already."""

    def __str__(self) -> str:
        return str(_("This reply is no longer waiting."))


@transaction.atomic
def keep(conversation_id: int, *, by: User, text: str, client_id: str, due_at: datetime, at: datetime) -> Later:
    """Keep a reply for its time. The same id again changes nothing."""
    text = talk.clean(text)
    if not text:
        raise talk.Empty
    later, is_new = Later.objects.get_or_create(
        conversation_id=conversation_id,
        client_id=client_id,
        defaults={"user": by, "text": text, "due_at": max(due_at, at)},
    )
    if later.user_id != by.pk:
        raise talk.BadClientId
    if is_new:
        drafts.forget(conversation_id, by=by)
        transaction.on_commit(lambda: _send_then(later))
    return later


@transaction.atomic
def take_back(later_id: int, *, by: User, at: datetime) -> Later:
    """Before its time only; the words are hers again, as a draft."""
    later = Later.objects.select_for_update().filter(pk=later_id, user=by).waiting().first()
    if later is None:
        raise TooLate
    _end(later, at=at)
    _give_back(later, at=at)
    return later


def of(conversation: Conversation, *, by: User) -> QuerySet[Later]:
    return Later.objects.waiting().filter(conversation=conversation, user=by).order_by("due_at", "pk")


@shared_task(name="chat.send_later")
def send(later_id: int) -> None:
    """Send it, if it still waits and its time has come."""
    at = timezone.now()
    with transaction.atomic():
        later = Later.objects.select_for_update(of=("self",)).due(at).filter(pk=later_id).select_related("user").first()
        if later is None:
            return
        _end(later, at=at)
        try:
            with transaction.atomic():
                outbox.post_person(
                    later.conversation_id, by=later.user, text=later.text, client_id=later.client_id, at=at
                )
        except talk.Refused:  # a colleague holds it by now: nobody speaks over her, and no word is lost
            _give_back(later, at=at)


@shared_task(name="chat.sweep_later")
def sweep() -> None:
    """Find what is due and was dropped on the way."""
    for pk in Later.objects.due(timezone.now()).values_list("pk", flat=True)[:500]:
        send(pk)


def _end(later: Later, *, at: datetime) -> None:
    Later.objects.filter(pk=later.pk).update(done_at=at)


def _give_back(later: Later, *, at: datetime) -> None:
    begun = drafts.of(later.conversation_id, by=later.user)
    text = f"{later.text}\n\n{begun}" if begun and begun != later.text else later.text
    drafts.keep(later.conversation_id, by=later.user, text=text, at=at)


def _send_then(later: Later) -> None:
    """Ask a worker to send it in time; the sweep finds it where nobody hears."""
    with suppress(Exception):  # a broker that is away costs seconds, never the reply
        current_app.send_task("chat.send_later", (later.pk,), eta=later.due_at, ignore_result=True, retry=False)
