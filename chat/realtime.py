"""Waking up whoever looks at a conversation. The only module that knows group names; never the truth, only a hint."""

import asyncio
import hashlib
import logging
import os
import threading
from collections.abc import Coroutine
from functools import partial
from typing import Any
from uuid import uuid4

from channels.layers import get_channel_layer
from django.db import transaction

from chat import wire
from chat.models import Conversation, Message

logger = logging.getLogger(__name__)


def talk_group(conversation_id: int) -> str:
    return f"talk.{conversation_id}"


def staff_group(conversation_id: int) -> str:
    """Those of the team who look at a conversation."""
    return f"staff.{conversation_id}"


def agent_group(user_id: int) -> str:
    """Whatever one agent has open."""
    return f"agent.{user_id}"


def team_group(team_id: int) -> str:
    return f"team.{team_id}"


def inbox_group(shop_id: int, holder: str) -> str:
    """Those who look at what is held by the assistant, the queue or people."""
    return f"inbox.{shop_id}.{holder}"


def session_group(session_key: str) -> str:
    """One browser's sockets; the key itself is a secret and stays out of Redis."""
    return f"session.{hashlib.sha256(session_key.encode()).hexdigest()[:32]}"


def wake(conversation: Conversation, message: Message | None = None) -> None:
    """After commit: tell everybody who looks at it that there is something newer."""
    transaction.on_commit(partial(_wake, conversation, message))


def _wake(conversation: Conversation, message: Message | None) -> None:
    state = wire.state(conversation)
    said = wire.message(message, conversation) if message is not None else None
    _send(talk_group(conversation.pk), {"type": "talk.wake", "message": said, "state": state})
    now = {"holder": conversation.holder, "person": conversation.person_id, "team": conversation.team_id}
    stamp = uuid4().hex
    for group, kind in _concerned(conversation).items():
        _send(group, {"type": kind, "conversation": conversation.pk, "now": now, "stamp": stamp})


def _concerned(conversation: Conversation) -> dict[str, str]:
    """Whoever has it on her list, and whoever had it there a moment ago. Nobody else is woken."""
    hands = [*conversation.left, (conversation.holder, conversation.person_id, conversation.team_id)]
    groups = {inbox_group(conversation.shop_id, holder): "inbox.wake" for holder, _person, _team in hands}
    groups |= {agent_group(person): "inbox.mine" for _holder, person, _team in hands if person is not None}
    return groups | {team_group(team): "inbox.wake" for _holder, _person, team in hands if team is not None}


def noted(conversation: Conversation, *, called: list[int]) -> None:
    """After commit: a note was written. Only the team's own places hear of it."""
    transaction.on_commit(partial(_noted, conversation.pk, called))


def _noted(conversation_id: int, called: list[int]) -> None:
    _send(staff_group(conversation_id), {"type": "talk.noted"})
    for user_id in called:
        _send(agent_group(user_id), {"type": "inbox.called", "conversation": conversation_id})


def seen(conversation_id: int, *, by_shopper: bool, delivered: int, read: int) -> None:
    """Somebody has got or read up to there."""
    _send(
        talk_group(conversation_id),
        {"type": "talk.seen", "by_shopper": by_shopper, "delivered": delivered, "read": read},
    )


def typing(conversation_id: int, *, author: str, name: str, sender: str) -> None:
    _send(talk_group(conversation_id), {"type": "talk.typing", "author": author, "name": name, "sender": sender})


def draft(turn: Any, text: str) -> None:
    """A finished, verified sentence of an answer to come; void as soon as the lease changes."""
    _send(talk_group(turn.conversation_id), {"type": "talk.draft", "lease": turn.lease, "text": text})


def leave(session_key: str) -> None:
    """A session ended: whatever it had open closes."""
    _send(session_group(session_key), {"type": "session.over"})


def _send(group: str, event: dict[str, Any]) -> None:
    layer = get_channel_layer()
    assert layer is not None
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        running = None
    if running is not None:
        task = running.create_task(_quietly(layer.group_send(group, event)))
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)
        return
    asyncio.run_coroutine_threadsafe(_quietly(layer.group_send(group, event)), _loop())


_tasks: set[asyncio.Task[None]] = set()
_loops: dict[int, asyncio.AbstractEventLoop] = {}
_starting = threading.Lock()


def use_loop(loop: asyncio.AbstractEventLoop) -> None:
    """The web process sends through the loop that serves its sockets."""
    _loops[os.getpid()] = loop


def _loop() -> asyncio.AbstractEventLoop:
    """Elsewhere one background loop a process keeps its connection open, for a wake-up must cost next to nothing."""
    pid = os.getpid()
    loop = _loops.get(pid)
    if loop is not None and loop.is_running():
        return loop
    with _starting:
        loop = _loops.get(pid)
        if loop is None or not loop.is_running():
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="realtime", daemon=True).start()
            _loops[pid] = loop
    return loop


async def _quietly(sending: Coroutine[Any, Any, None]) -> None:
    try:
        await sending
    except Exception as error:
        logger.warning("A wake-up was lost (%s); the next heartbeat heals it", error)
