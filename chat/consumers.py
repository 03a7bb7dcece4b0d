"""Sockets: parse, one story, send. Nothing here is the truth; everything can be read again from the table."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http.request import split_domain_port
from django.utils import timezone

from accounts import limits, people, visitors
from chat import handoff, intake, pages, pulse, realtime, seats, seen, talk, wire
from chat.adapters import web
from chat.models import Conversation
from chat.pulse import in_thread

BATCH = 100
REFUSALS = 200
NOT_HERE, TOO_FAST, SESSION_OVER = 4404, 4429, 4401


class TooFast(Exception):
    """More than anybody types."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after


class Socket(AsyncWebsocketConsumer):
    """A socket that leaves nothing behind, also where the server gives it up in the middle of something."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.joined: list[str] = []
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.let_go()

    async def join(self, *groups: str) -> None:
        for group in groups:
            self.joined.append(group)
            await self.channel_layer.group_add(group, self.channel_name)

    async def let_go(self) -> None:
        for group in self.joined:
            await self.channel_layer.group_discard(group, self.channel_name)


class TalkConsumer(Socket):
    """One place at one conversation, spoken as HTML to browsers and as JSON to programs."""

    is_staff = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alone = asyncio.Lock()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """One at a time, heartbeats too. Channels would visit a thread first, for connections we never open."""
        async with self.alone:
            await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        self.seq: int | None = None
        self.refused = 0
        self.known_state: dict[str, Any] = {}
        self.frames = limits.Own("chat.frame")
        offered = self.scope.get("subprotocols", [])
        self.speaks_json = web.PROTOCOL in offered
        realtime.use_loop(asyncio.get_running_loop())
        seat = await in_thread(_find_seat, self.scope, is_staff=self.is_staff)
        if seat is None:
            await self.close(NOT_HERE)
            return
        self.seat: seats.Seat = seat
        self.language = pages.language_of(self.scope)
        await self.join(realtime.talk_group(seat.conversation_id))
        if not seat.key and (key := session_key(self.scope)):
            await self.join(realtime.session_group(key))
        await self.seated()
        await self.accept(next((name for name in (web.PROTOCOL, web.FRAME_PROTOCOL) if name in offered), None))
        pulse.join(self)
        await self.show_state(await in_thread(_state, seat.conversation_id))

    async def seated(self) -> None:
        """She has her place."""

    async def let_go(self) -> None:
        pulse.leave(self)
        await super().let_go()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        verdict = self.frames.hit()
        if not verdict:
            await self.refuse_speed(verdict.retry_after)
            return
        try:
            frame = web.parse(text_data if bytes_data is None else bytes_data)
            await self.handle(frame)
        except web.BadFrame as bad:
            await self.error(bad.code, str(bad), client_id=bad.client_id)

    async def handle(self, frame: web.Frame) -> None:
        match frame:
            case web.Send():
                await self.say(frame)
            case web.Sync(since):
                await self.catch_up(since)
            case web.Read(seq):
                await in_thread(seen.mark, self.seat.conversation_id, by_shopper=not self.is_staff, read=seq)
            case web.Typing():
                await self.typing()
            case _:
                await self.change_hands(frame)

    # What they say

    async def say(self, frame: web.Send) -> None:
        try:
            ack = await in_thread(self.take_in, frame)
        except TooFast as refusal:
            text = pages.slow_down(refusal.retry_after)
            await self.error("too_fast", text, client_id=frame.client_id, retry_after=refusal.retry_after)
        except talk.Refused as refusal:
            await self.error(code_of(refusal), str(refusal), client_id=frame.client_id)
        else:
            await self.send_frame(ack)

    def take_in(self, frame: web.Send) -> dict[str, Any]:
        verdict = seats.may_say(self.seat)
        if not verdict:
            raise TooFast(verdict.retry_after)
        return wire.ack(self.post(frame))

    def post(self, frame: web.Send) -> talk.Receipt:
        inbound = intake.Inbound(self.seat.conversation_id, frame.client_id, frame.text, frame.files)
        return intake.receive(inbound, at=timezone.now())

    async def typing(self) -> None:
        realtime.typing(self.seat.conversation_id, author="shopper", name=self.seat.name, sender=self.channel_name)
        await in_thread(intake.hold_turn, self.seat.conversation_id, at=timezone.now())

    async def change_hands(self, frame: web.Frame) -> None:
        if isinstance(frame, web.Person):
            await in_thread(handoff.ask_person, self.seat.conversation_id, at=timezone.now())
        else:
            raise web.BadFrame("not_allowed", str(pages.NOT_YOURS))

    # What they hear

    async def catch_up(self, since: int) -> None:
        """Everything newer, however old, in order."""
        messages, state = await in_thread(_newer, self.seat.conversation_id, since)
        self.known_state = {}
        await self.show_all(messages, state)
        if since:
            await in_thread(
                seen.mark,
                self.seat.conversation_id,
                by_shopper=not self.is_staff,
                delivered=min(since, state["last_seq"]),
            )

    async def talk_wake(self, event: dict[str, Any]) -> None:
        said = event["message"]
        if said is not None and self.seq is not None and said["seq"] > self.seq:
            if said["seq"] == self.seq + 1:
                self.seq += 1
                await self.show([said])
            else:
                await self.fill_gap()
        await self.show_state(event["state"])

    async def fill_gap(self) -> None:
        await self.show_all(*await in_thread(_newer, self.seat.conversation_id, self.seq))

    async def beat(self, last_seq: int, lease: int, queue: dict[str, Any] | None) -> None:
        async with self.alone:
            known = self.known_state
            if self.seq is not None and (last_seq > self.seq or lease > known.get("lease", lease)):
                await self.fill_gap()
            elif known and lease == known["lease"] and queue != known["queue"]:
                await self.show_state({**known, "queue": queue})  # the queue has moved
            await self.send_frame({"type": "heartbeat", "seq": last_seq})

    async def leave(self) -> None:
        await self.close(NOT_HERE)

    async def session_over(self, event: dict[str, Any]) -> None:
        await self.close(SESSION_OVER)

    async def talk_typing(self, event: dict[str, Any]) -> None:
        if event["sender"] != self.channel_name:
            await self.send_frame({"type": "typing", "author": event["author"], "name": event["name"]})

    async def talk_draft(self, event: dict[str, Any]) -> None:
        if event["lease"] != self.known_state.get("lease"):
            return
        await self.send_frame({"type": "draft", "lease": event["lease"], "text": event["text"]})

    async def talk_seen(self, event: dict[str, Any]) -> None:
        side = "shopper" if event["by_shopper"] else "staff"
        await self.send_frame({"type": "seen", "side": side, "delivered": event["delivered"], "read": event["read"]})

    # How it looks

    async def show(self, messages: list[dict[str, Any]]) -> None:
        if self.speaks_json:
            for message in messages:
                await self.send_frame({"type": "message", **message})
        else:
            await self.send(
                pages.messages(messages, is_staff=self.is_staff, language=self.language, zone=self.seat.zone)
            )

    async def show_all(self, messages: list[dict[str, Any]], state: dict[str, Any]) -> None:
        for start in range(0, len(messages), BATCH):
            await self.show(messages[start : start + BATCH])
        self.seq = messages[-1]["seq"] if messages else state["last_seq"]
        await self.show_state(state)

    async def show_state(self, state: dict[str, Any]) -> None:
        """Say how things stand, when they stand differently than last said; what is over by now is not said."""
        if self.known_state and _moment(state) < _moment(self.known_state):
            return
        known, self.known_state = self.known_state, state
        if known and {**known, "last_seq": 0} == {**state, "last_seq": 0}:
            return
        if self.speaks_json:
            visible = state if self.is_staff else {name: value for name, value in state.items() if name != "person_id"}
            await self.send_frame({"type": "state", **visible})
        else:
            await self.send(pages.state(state, seat=self.seat, language=self.language))

    async def error(self, code: str, text: str, **more: Any) -> None:
        await self.send_frame(
            {"type": "error", "code": code, "text": text, **{k: v for k, v in more.items() if v is not None}}
        )

    async def refuse_speed(self, retry_after: int) -> None:
        self.refused += 1
        if self.refused > REFUSALS:
            await self.close(TOO_FAST)
        elif self.refused == 1 or self.refused % 20 == 0:
            await self.error("too_fast", str(pages.slow_down(retry_after)), retry_after=retry_after)

    async def send_frame(self, frame: dict[str, Any]) -> None:
        await self.send(json.dumps(frame))


class ShopperConsumer(TalkConsumer):
    """The shopper's own place."""


def _find_seat(scope: dict[str, Any], *, is_staff: bool) -> seats.Seat | None:
    visitor = _visitor(scope)
    if visitor is None:
        return None
    public_id: UUID | None = scope["url_route"]["kwargs"].get("public_id")
    if public_id is None:
        return _newest_seat(visitor, scope)
    return seats.staff_seat(visitor, public_id) if is_staff else seats.shopper_seat(visitor, public_id)


def _newest_seat(visitor: seats.Visitor, scope: dict[str, Any]) -> seats.Seat | None:
    """Where she left off, or a new conversation: only for somebody we know."""
    host = dict(scope.get("headers", [])).get(b"host", b"").decode("latin-1")
    shop = people.shop_at(host=split_domain_port(host)[0])
    customer = visitors.known(visitor.user, visitor.session, shop) if shop else None
    if customer is None:
        return None
    newest = seats.newest_open(visitor, customer.shop)
    conversation = newest or intake.open_conversation(customer, opening_id=f"socket-{uuid4()}", at=timezone.now())
    return seats.shopper_seat(visitor, conversation.public_id)


def _visitor(scope: dict[str, Any]) -> seats.Visitor | None:
    headers = dict(scope.get("headers", []))
    authorization = headers.get(b"authorization", b"").decode("latin-1")
    if authorization.lower().startswith("bearer "):
        return seats.visitor_by_token(authorization[7:].strip())
    if web.FRAME_PROTOCOL in (offered := scope.get("subprotocols", [])):
        return seats.visitor_by_key(web.key_among(offered))
    return seats.Visitor(scope["user"], scope["session"])


def session_key(scope: dict[str, Any]) -> str:
    return getattr(scope.get("session"), "session_key", None) or ""


def _state(conversation_id: int) -> dict[str, Any]:
    return wire.state(Conversation.objects.select_related("person").get(pk=conversation_id))


def _newer(conversation_id: int, since: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    conversation = Conversation.objects.select_related("person", "customer").get(pk=conversation_id)
    return wire.newer(conversation, since), wire.state(conversation)


def _moment(state: dict[str, Any]) -> tuple[int, int]:
    """Wake-ups of several processes overtake each other; every change raises one of these two."""
    return state["lease"], state["last_seq"]


def code_of(refusal: Exception) -> str:
    """HeldByAnother becomes held_by_another: the name of what happened is its code."""
    name = type(refusal).__name__
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
