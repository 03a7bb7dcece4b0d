"""The wire of the web chat: frames in. docs/protocol.md describes both directions."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

PROTOCOL = "aftersale.v1"
# A browser's socket takes no headers, so a widget's frame shows its key among the protocols it offers.
FRAME_PROTOCOL, KEY_PREFIX = "aftersale.frame", "aftersale.key."
FILES = 5


def key_among(protocols: list[str]) -> str:
    """The key of a widget's frame; a protocol may not hold a colon, so it is written as a tilde."""
    offered = next((name for name in protocols if name.startswith(KEY_PREFIX)), "")
    return offered.removeprefix(KEY_PREFIX).replace("~", ":")


class BadFrame(ValueError):
    """A frame that is refused: with a code for programs and a text for people."""

    def __init__(self, code: str, text: str, client_id: str | None = None) -> None:
        super().__init__(text)
        self.code, self.client_id = code, client_id


@dataclass(frozen=True)
class Send:
    client_id: str
    text: str
    files: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Typing:
    pass


@dataclass(frozen=True)
class Read:
    seq: int


@dataclass(frozen=True)
class Sync:
    since: int


@dataclass(frozen=True)
class Person:
    """The shopper asks for a person."""


@dataclass(frozen=True)
class Take:
    pass


@dataclass(frozen=True)
class GiveBack:
    pass


Frame = Send | Typing | Read | Sync | Person | Take | GiveBack
BIGGEST_SEQ = 2**62


def parse(raw: str | bytes | None) -> Frame:
    """Read one frame, or say what is wrong with it."""
    if raw is None or isinstance(raw, bytes):
        raise BadFrame("not_text", _("Frames are text."))
    if len(raw) > settings.CHAT_FRAME_LIMIT:
        raise BadFrame("too_long", _("This frame is too long."))
    try:
        frame = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadFrame("not_json", _("Frames are JSON objects.")) from None
    if not isinstance(frame, dict):
        raise BadFrame("not_json", _("Frames are JSON objects."))
    match frame.get("type"):
        case "send":
            return _send(frame)
        case "typing":
            return Typing()
        case "read":
            return Read(_seq(frame, "seq"))
        case "sync":
            return Sync(_seq(frame, "since"))
        case "person":
            return Person()
        case "take":
            return Take()
        case "give_back":
            return GiveBack()
    raise BadFrame("unknown_type", _("This type of frame is unknown."))


def client_id(value: Any) -> str:
    """The id a client gave its message: letters, digits and dashes, so that it can be shown and stored anywhere."""
    if not isinstance(value, str) or not 8 <= len(value) <= 64 or not value.replace("-", "").replace("_", "").isalnum():
        raise BadFrame("bad_client_id", _("A message needs a client_id of 8 to 64 letters, digits or dashes."))
    if not value.isascii():
        raise BadFrame("bad_client_id", _("A message needs a client_id of 8 to 64 letters, digits or dashes."))
    return value


def file_ids(values: Any, said_by: str) -> tuple[UUID, ...]:
    if not isinstance(values, list) or len(values) > FILES:
        raise BadFrame("bad_files", _("Files are a list of at most five ids."), said_by)
    try:
        return tuple(UUID(value) for value in values)
    except (ValueError, AttributeError, TypeError):
        raise BadFrame("bad_files", _("Files are a list of at most five ids."), said_by) from None


def _send(frame: dict[str, Any]) -> Send:
    said_by = client_id(frame.get("client_id"))
    text = frame.get("text", "")
    if not isinstance(text, str):
        raise BadFrame("bad_text", _("The text of a message is a string."), said_by)
    return Send(said_by, text, file_ids(frame.get("files", []), said_by))


def _seq(frame: dict[str, Any], name: str) -> int:
    value = frame.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < BIGGEST_SEQ:
        raise BadFrame("bad_seq", _("A place in the conversation is a whole number."))
    return value
