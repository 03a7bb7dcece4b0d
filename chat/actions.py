"""What the assistant wants done outside the talk: a row first, then executed once, then told."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from celery import current_app, shared_task
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from analytics.ledger import events
from chat.models import Action, Message
from chat.turns import Wanted

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What came of an action, in words for the shopper."""

    text: str
    ok: bool = True
    result: dict[str, Any] | None = None
    opens_turn: bool = False
    is_quiet: bool = False  # nothing is told of it


class TryAgain(Exception):
    """The other side could not be reached; the same key may be tried again."""


@dataclass(frozen=True)
class _Kind:
    run: Callable[[Action], Outcome]
    ours: bool


_KINDS: dict[str, _Kind] = {}


def register(kind: str, run: Callable[[Action], Outcome], *, ours: bool) -> None:
    """Say who carries out a kind of action.

    `ours`: it changes our own tables only and runs in the transaction that marks it done, so it happens once whatever
    dies. Otherwise it talks to another system, which must honour `action.key` as its idempotency key: it is sent again
    after a crash, and the other side does it once.
    """
    _KINDS[kind] = _Kind(run, ours)


def request(message: Message, wanted: Wanted, *, at: datetime, key: UUID | None = None) -> Action:
    """Store a wanted action in the transaction of the message that promises it."""
    action = Action.objects.create(
        key=key or uuid4(),
        conversation_id=message.conversation_id,
        message=message,
        kind=wanted.kind,
        arguments=wanted.arguments,
        requested_at=at,
        due_at=at,
    )
    events.record("action.requested", conversation=message.conversation, action=action, message=message, at=at)
    transaction.on_commit(partial(_execute_soon, action.pk))
    return action


def _execute_soon(action_id: int) -> None:
    try:
        current_app.send_task("chat.execute", (action_id,), ignore_result=True, retry=False)
    except Exception:  # a broker that is away costs time, never the action: the sweep finds it
        logger.warning("The queue is away; the sweep will execute action %s", action_id)


@shared_task(name="chat.execute")
def execute(action_id: int) -> None:
    """Carry out an action, once."""
    if _claim(action_id, at=timezone.now()):
        carry_out(action_id)


@shared_task(name="chat.sweep_actions")
def sweep() -> None:
    """Find actions that a lost queue or a dead worker dropped."""
    for pk in Action.objects.due(timezone.now() - timedelta(seconds=1)).values_list("pk", flat=True)[:500]:
        _execute_soon(pk)


def _claim(action_id: int, *, at: datetime) -> bool:
    until = at + timedelta(seconds=settings.ACTION_CLAIM_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE chat_action SET claimed_until = %s, attempts = attempts + 1
               WHERE id = %s AND status = 'requested' AND due_at <= %s
                 AND (claimed_until IS NULL OR claimed_until < %s)""",
            [until, action_id, at, at],
        )
        return bool(cursor.rowcount)


def carry_out(action_id: int) -> None:
    """Run a claimed action and tell its outcome; both are one commit where the effect is ours."""
    action = Action.objects.select_related("conversation").get(pk=action_id)
    kind = _KINDS.get(action.kind)
    if kind is None:
        _finish(action, Outcome(text="", ok=False, result={"error": "unknown kind"}))
        return
    if kind.ours:
        with transaction.atomic():
            if not Action.objects.select_for_update(no_key=True).filter(pk=action.pk, status="requested").exists():
                return
            outcome = _attempt(kind, action)
            if outcome is not None:
                _finish(action, outcome)
        return
    outcome = _attempt(kind, action)
    if outcome is not None:
        _finish(action, outcome)


def _attempt(kind: _Kind, action: Action) -> Outcome | None:
    try:
        if kind.ours:
            with transaction.atomic():
                return kind.run(action)
        return kind.run(action)  # it talks to somebody else, so no transaction is held open meanwhile
    except TryAgain:
        if action.attempts < settings.ACTION_ATTEMPTS:
            later = timezone.now() + timedelta(seconds=min(2**action.attempts, 300))
            Action.objects.filter(pk=action.pk).update(claimed_until=None, due_at=later)
            return None
        return Outcome(text=str(settings.ACTION_FAILED_TEXT), ok=False, result={"error": "unreachable"})
    except Exception:
        logger.exception("Action %s failed", action.key)
        return Outcome(text=str(settings.ACTION_FAILED_TEXT), ok=False, result={"error": "failed"})


@transaction.atomic
def _finish(action: Action, outcome: Outcome) -> None:
    """Mark the action finished and say so in the talk, together and once."""
    from chat import intake

    at = timezone.now()
    status = Action.Status.DONE if outcome.ok else Action.Status.FAILED
    changed = Action.objects.filter(pk=action.pk, status=Action.Status.REQUESTED).update(
        status=status, result=outcome.result or {}, finished_at=at, claimed_until=None
    )
    if not changed:
        return
    kind = "action.done" if outcome.ok else "action.failed"
    events.record(kind, conversation=action.conversation, action=action, at=at, attempts=action.attempts)
    if outcome.is_quiet:
        return
    text = outcome.text or str(settings.ACTION_FAILED_TEXT)
    intake.receive_result(action.conversation_id, key=action.key, text=text, opens_turn=outcome.opens_turn, at=at)
