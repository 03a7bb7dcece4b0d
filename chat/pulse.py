"""The heartbeat of a web process: one query tells every open socket how far its conversation is."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

from asgiref.sync import ThreadSensitiveContext
from channels.db import database_sync_to_async

from chat import seats
from chat.models import Conversation

logger = logging.getLogger(__name__)

BEAT = 10.0
RECHECK = 6  # every sixth beat asks whether the visitor may still be here


class Listener(Protocol):
    seat: seats.Seat

    async def beat(self, last_seq: int) -> None: ...

    async def leave(self) -> None: ...


_listeners: set[Listener] = set()
_task: asyncio.Task[None] | None = None


async def in_thread(story: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run a story in a thread of its own: without the context all sockets of the process would share one."""
    async with ThreadSensitiveContext():
        return await database_sync_to_async(story)(*args, **kwargs)


def join(listener: Listener) -> None:
    global _task
    _listeners.add(listener)
    if _task is None or _task.done() or _task.get_loop() is not asyncio.get_running_loop():
        _task = asyncio.get_running_loop().create_task(_beat())


def leave(listener: Listener) -> None:
    _listeners.discard(listener)


async def _beat() -> None:
    count = 0
    while _listeners:
        await asyncio.sleep(BEAT)
        count += 1
        try:
            await _tell(recheck=count % RECHECK == 0)
        except Exception as error:  # the database may be away for a moment; the next beat tries again
            logger.warning("A heartbeat was skipped: %s", error)


async def _tell(*, recheck: bool) -> None:
    listeners = list(_listeners)
    last = await in_thread(_last_seqs, {listener.seat.conversation_id for listener in listeners})
    for listener in listeners:
        if recheck and not await in_thread(seats.still_holds, listener.seat):
            await listener.leave()
        else:
            await listener.beat(last.get(listener.seat.conversation_id, 0))


def _last_seqs(conversation_ids: set[int]) -> dict[int, int]:
    return dict(Conversation.objects.filter(pk__in=conversation_ids).values_list("pk", "last_seq"))
