"""Sockets for tests: the whole application behind them, real tables under them, and no server between."""

import asyncio
import json
from contextlib import asynccontextmanager

from asgiref.testing import ApplicationCommunicator
from channels.testing import WebsocketCommunicator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.adapter import AccountAdapter  # noqa: F401  (the application needs the apps loaded first)


def session_of(user=None, **remembered):
    """The key of a new session, signed in or a guest's."""
    session = SessionStore()
    session.update(remembered)
    if user is not None:
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


class Communicator(WebsocketCommunicator):
    """As Channels has it, but connections of the database are closed after use, as they are in life."""

    send_input = ApplicationCommunicator.send_input
    receive_output = ApplicationCommunicator.receive_output


class Socket:
    def __init__(self, communicator):
        self.communicator, self.heard, self.closed = communicator, [], None

    async def send(self, frame):
        """Send a frame: a dict as JSON, a text as it is, bytes as a binary frame."""
        if isinstance(frame, bytes):
            await self.communicator.send_to(bytes_data=frame)
        else:
            await self.communicator.send_to(text_data=frame if isinstance(frame, str) else json.dumps(frame))

    async def next(self, *kinds, within=5):
        """The next frame of one of these kinds, or None when none comes; whatever came is remembered."""
        try:
            async with asyncio.timeout(within):
                while True:
                    told = await self.communicator.output_queue.get()
                    if told["type"] == "websocket.close":
                        self.closed = told.get("code")
                        return None
                    frame = json.loads(told["text"])
                    self.heard.append(frame)
                    if not kinds or frame["type"] in kinds:
                        return frame
        except TimeoutError:
            return None


@asynccontextmanager
async def opened(path, *, session):
    """The socket of this session, or None when the door stays shut."""
    from config.asgi import application

    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", f"session={session}".encode())]
    communicator = Communicator(application, path, headers=headers, subprotocols=["aftersale.v1"])
    welcome, _ = await communicator.connect(timeout=10)
    try:
        yield Socket(communicator) if welcome else None
    finally:
        if welcome:
            await communicator.disconnect(timeout=10)
