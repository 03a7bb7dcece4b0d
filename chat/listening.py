"""The sockets of the inbox: a list hears of what stands on it, and of nothing else."""

import asyncio
from typing import Any
from urllib.parse import parse_qs

from accounts.mfa import owes_second_factor
from accounts.models import User
from chat import lists, pages, pulse, realtime
from chat.consumers import NOT_HERE, SESSION_OVER, Socket, session_key
from chat.desk import views_kept
from chat.lists import Box
from chat.models import Holder
from chat.pulse import in_thread

KEPT_ROWS = 200
AGAIN = 1012  # the page knocks again


class InboxConsumer(Socket):
    """The list of conversations of the shops somebody works for, kept fresh row by row."""

    async def connect(self) -> None:
        realtime.use_loop(asyncio.get_running_loop())
        self.user = self.scope.get("user")
        self.language = pages.language_of(self.scope)
        query = parse_qs(self.scope.get("query_string", b"").decode("latin-1"))
        asked = query.get("list", [""])[0]
        desk: lists.Desk | None = await in_thread(_desk_of, self.user)
        if desk is None:
            await self.close(NOT_HERE)
            return
        self.desk = desk
        self.view = await in_thread(views_kept.named, self.user, asked)
        self.box = self.view.box if self.view else lists.box_of(asked)
        await self.join(*_listens_to(self.box, desk))
        if key := session_key(self.scope):
            await self.join(realtime.session_group(key))
        await self.join(realtime.agent_group(self.user.pk))
        await self.accept()
        pulse.attend(self, self.user.pk)

    async def let_go(self) -> None:
        pulse.depart(self)
        await super().let_go()

    async def recheck(self) -> None:
        """Her shops or teams are others now, or she is none of the team any more: the list begins anew, or ends."""
        desk = await in_thread(_desk_now, self.user.pk)
        if desk != self.desk:
            await self.close(AGAIN if desk else NOT_HERE)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """The page has nothing to say here; a frame is only a sign of life."""

    async def inbox_wake(self, event: dict[str, Any]) -> None:
        gone = not await self.has(event["conversation"], event["now"])
        row = await _drawn(event["stamp"], event["conversation"], gone=gone, language=self.language)
        if row:
            await self.send(row)

    async def has(self, conversation_id: int, now: dict[str, Any]) -> bool:
        """Whether it stands on this list now; only a view of hers has to be asked of the table."""
        if not lists.stands_on(self.box, self.desk, now):
            return False
        return self.view is None or bool(await in_thread(views_kept.holds, self.desk, self.view, conversation_id))

    async def inbox_mine(self, event: dict[str, Any]) -> None:
        """One of hers, or one that was."""
        if self.box == Box.MINE:
            await self.inbox_wake(event)

    async def inbox_called(self, event: dict[str, Any]) -> None:
        """A colleague calls her in a note."""
        if self.box in (Box.MENTIONS, Box.ALL) and self.view is None:
            row = await in_thread(pages.row, event["conversation"], gone=False, language=self.language)
            await self.send(row)

    async def session_over(self, event: dict[str, Any]) -> None:
        await self.close(SESSION_OVER)


def _desk_now(user_id: int) -> lists.Desk | None:
    return _desk_of(User.objects.filter(pk=user_id, is_active=True).first())


def _desk_of(user: Any) -> lists.Desk | None:
    if not isinstance(user, User) or owes_second_factor(user):
        return None
    desk = lists.desk_of(user)
    return desk if desk.shops else None


def _listens_to(box: str, desk: lists.Desk) -> list[str]:
    """The groups in which a list is woken: whoever looks at her own talks hears of no others."""
    held: dict[str, list[str]] = {Box.ALL: list(Holder), Box.WAITING: [Holder.QUEUE], Box.BOT: [Holder.BOT]}
    groups = [realtime.inbox_group(shop, holder) for holder in held.get(box, []) for shop in desk.shops]
    return groups + [realtime.team_group(team) for team in desk.teams if box == Box.TEAM]


_rows: dict[tuple[str, bool, str], asyncio.Task[str]] = {}


async def _drawn(stamp: str, conversation_id: int, *, gone: bool, language: str) -> str:
    """A row as it is now, read and drawn once in a process, however many look at it."""
    key = (stamp, gone, language)
    if key not in _rows:
        while len(_rows) >= KEPT_ROWS:
            del _rows[next(iter(_rows))]
        _rows[key] = asyncio.ensure_future(in_thread(pages.row, conversation_id, gone=gone, language=language))
    return await asyncio.shield(_rows[key])
