"""The heartbeat of a web process: one query tells every open socket how far its conversation is."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

from django.db import close_old_connections

from chat import seats
from chat.models import Conversation

logger = logging.getLogger(__name__)

BEAT = 10.0
THREADS = 10
RECHECK = 6  # every sixth beat asks whether the visitor may still be here


class Listener(Protocol):
    seat: seats.Seat

    async def beat(self, last_seq: int, lease: int) -> None: ...

    async def leave(self) -> None: ...


_listeners: set[Listener] = set()
_task: asyncio.Task[None] | None = None
# Channels would run the stories of all sockets in one thread, or start a new one for each (docs/decisions/0003).
_threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="story")


async def in_thread(story: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run a story in one of our threads, on a connection that goes back to its pool."""
    return await asyncio.get_running_loop().run_in_executor(_threads, partial(_run, story, *args, **kwargs))


def _run(story: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return story(*args, **kwargs)
    finally:
        close_old_connections()


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
    now = await in_thread(_standings, {listener.seat.conversation_id for listener in listeners})
    gone = await in_thread(_gone, listeners) if recheck else set()
    beats = (
        listener.leave() if listener in gone else listener.beat(*now.get(listener.seat.conversation_id, (0, 0)))
        for listener in listeners
    )
    for failure in await asyncio.gather(*beats, return_exceptions=True):
        if isinstance(failure, Exception):
            logger.warning("A socket missed a heartbeat: %s", failure)


def _gone(listeners: list[Listener]) -> set[Listener]:
    """Who has lost her seat since she took it."""
    return {listener for listener in listeners if not seats.still_holds(listener.seat)}


def _standings(conversation_ids: set[int]) -> dict[int, tuple[int, int]]:
    """How far each conversation is, and under which lease."""
    found = Conversation.objects.filter(pk__in=conversation_ids).values_list("pk", "last_seq", "lease")
    return {pk: (last_seq, lease) for pk, last_seq, lease in found}
