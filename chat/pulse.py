"""The heartbeat of a web process: one query tells every open socket how far its conversation is.

It also says who of the team is still there: whoever has a talk or the inbox open, by the server's clock, in however
many windows.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

from django.db import close_old_connections
from django.utils import timezone

from accounts import presence
from chat import availability, seats
from chat.models import Conversation, Holder

logger = logging.getLogger(__name__)

BEAT = 10.0
THREADS = 10
RECHECK = 6  # every sixth beat asks whether the visitor may still be here
ALIVE = 3  # every third says for agents that they are there


class Listener(Protocol):
    seat: seats.Seat

    async def beat(self, last_seq: int, lease: int, queue: dict[str, Any] | None) -> None: ...

    async def leave(self) -> None: ...


class Inbox(Protocol):
    async def recheck(self) -> None: ...


_listeners: set[Listener] = set()
_inboxes: dict[Inbox, int] = {}  # an open list of conversations, and whose it is
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
    _listeners.add(listener)
    _start()


def leave(listener: Listener) -> None:
    _listeners.discard(listener)


def attend(inbox: Inbox, user_id: int) -> None:
    _inboxes[inbox] = user_id
    _start()


def depart(inbox: Inbox) -> None:
    _inboxes.pop(inbox, None)


def _start() -> None:
    global _task
    if _task is None or _task.done() or _task.get_loop() is not asyncio.get_running_loop():
        _task = asyncio.get_running_loop().create_task(_beat())


async def _beat() -> None:
    count = 0
    while _listeners or _inboxes:
        await asyncio.sleep(BEAT)
        count += 1
        try:
            if count % ALIVE == 1 and (there := _there()):
                await in_thread(presence.alive, there, at=timezone.now())
            await _tell(recheck=count % RECHECK == 0)
        except Exception as error:  # the database may be away for a moment; the next beat tries again
            logger.warning("A heartbeat was skipped: %s", error)


async def _tell(*, recheck: bool) -> None:
    listeners = list(_listeners)
    now = await in_thread(_standings, {listener.seat.conversation_id for listener in listeners})
    gone = await in_thread(_gone, listeners) if recheck else set()
    beats = (
        listener.leave() if listener in gone else listener.beat(*now.get(listener.seat.conversation_id, (0, 0, None)))
        for listener in listeners
    )
    inboxes = [inbox.recheck() for inbox in list(_inboxes)] if recheck else []
    for failure in await asyncio.gather(*beats, *inboxes, return_exceptions=True):
        if isinstance(failure, Exception):
            logger.warning("A socket missed a heartbeat: %s", failure)


def _there() -> set[int]:
    """Those of the team who have a window open."""
    hers = {one.seat.user_id for one in _listeners if one.seat.is_staff and one.seat.user_id is not None}
    return hers | set(_inboxes.values())


def _gone(listeners: list[Listener]) -> set[Listener]:
    """Who has lost her seat since she took it."""
    return {listener for listener in listeners if not seats.still_holds(listener.seat)}


def _standings(conversation_ids: set[int]) -> dict[int, tuple[int, int, dict[str, Any] | None]]:
    """How far each conversation is, under which lease, and what she may expect where she waits."""
    found = Conversation.objects.filter(pk__in=conversation_ids).values_list("pk", "last_seq", "lease", "holder")
    rows = list(found)
    waiting = [pk for pk, _seq, _lease, holder in rows if holder == Holder.QUEUE]
    expects = availability.prospects(waiting, at=timezone.now()) if waiting else {}
    return {
        pk: (last_seq, lease, expects[pk].told() if pk in expects else None) for pk, last_seq, lease, _holder in rows
    }
