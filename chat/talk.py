"""How a message takes its place: under the conversation's row lock, with the next seq."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import Customer, Shop, User
from chat.models import Author, Conversation, Message
from knowledge import markdown

LAST_WORDS = 160  # characters of the newest message that the list of conversations shows


class Refused(ValueError):
    """What was said cannot be taken; the text says why."""


class TooLong(Refused):
    """The text is longer than anybody would read."""

    def __str__(self) -> str:
        return str(
            _("This message is too long. Please keep it under %(limit)s characters.")
            % {"limit": settings.CHAT_TEXT_LIMIT}
        )


class Empty(Refused):
    """There is nothing in the message."""

    def __str__(self) -> str:
        return str(_("Please write something first."))


class BadClientId(Refused):
    """Somebody else in this conversation has used this id."""

    def __str__(self) -> str:
        return str(_("A message needs an id of its own."))


@dataclass(frozen=True)
class Receipt:
    """What was said, and whether it had been said before."""

    message: Message
    repeated: bool = False


def said_before(conversation_id: int, client_id: str, *, author: str, person_id: int | None = None) -> Message | None:
    """The message this person sent under this id already; an id of somebody else's is no place to lose words in."""
    found = Message.objects.select_related("conversation__customer", "person")
    said = found.filter(conversation_id=conversation_id, client_id=client_id).first()
    if said is not None and (said.author, said.person_id) != (author, person_id):
        raise BadClientId
    return said


def lock(conversation_id: int) -> Conversation:
    """The conversation with its shop, customer and person, ours alone until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [conversation_id])
        row = cursor.fetchone()
    if row is None:
        raise Conversation.DoesNotExist
    read: dict[type[Model], Any] = {}
    for model, fields in _READ.items():
        values, row = row[: len(fields)], row[len(fields) :]
        read[model] = model.from_db("default", [field.attname for field in fields], values)
    conversation: Conversation = read[Conversation]
    for name, model in (("shop", Shop), ("customer", Customer), ("person", User)):
        # A lock that had to wait gets the newest conversation beside the people of before.
        if read[model].pk is not None and read[model].pk == getattr(conversation, f"{name}_id"):
            setattr(conversation, name, read[model])
    return conversation


def say(conversation: Conversation, *, author: str, text: str, at: datetime, **fields: Any) -> Message:
    """Put a message at the end of a locked conversation."""
    conversation.last_seq += 1
    conversation.last_message_at = at
    if text and author != Author.SYSTEM:
        spoken = markdown.plain(text[:800]) if fields.get("details", {}).get("markdown") else text[:800]
        shown = Truncator(" ".join(spoken.split())).chars(LAST_WORDS)
        conversation.last_words = shown[:LAST_WORDS]  # accents that stand alone are not counted by Django
    message = Message(conversation=conversation, seq=conversation.last_seq, author=author, text=text, at=at, **fields)
    with connection.cursor() as cursor:
        cursor.execute(_SAY, [_stored(message, field) for field in _SAID])
        (message.pk,) = cursor.fetchone()
    message._state.adding, message._state.db = False, "default"
    return message


def keep(conversation: Conversation) -> None:
    """Write down what has changed in a locked conversation."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [*(_stored(conversation, field) for field in _KEPT), conversation.pk])


def clean(text: str) -> str:
    """The text without what no database and no reader wants in it."""
    if len(text) > settings.CHAT_TEXT_LIMIT:
        raise TooLong
    return text.replace("\x00", "").encode("utf-8", "replace").decode().strip()


def end_turn(conversation: Conversation) -> None:
    conversation.turn_started_at = conversation.turn_due_at = conversation.turn_claimed_until = None
    conversation.turn_discards = conversation.turn_attempts = 0


# Every message passes the three statements below. They are written once, because building them anew from querysets
# costs three times as much as all the rest of taking a message in (docs/decisions/0003-the-hot-path.md).


def _fields(model: type[Model]) -> list[Any]:
    return list(model._meta.concrete_fields)


def _stored(row: Model, field: Any) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)


_READ: dict[type[Model], list[Any]] = {model: _fields(model) for model in (Conversation, Shop, Customer, User)}
_LOCK = """
    SELECT {columns} FROM chat_conversation
    JOIN accounts_shop ON accounts_shop.id = chat_conversation.shop_id
    JOIN accounts_customer ON accounts_customer.id = chat_conversation.customer_id
    LEFT JOIN accounts_user ON accounts_user.id = chat_conversation.person_id
    WHERE chat_conversation.id = %s FOR NO KEY UPDATE OF chat_conversation
""".format(  # noqa: S608  (our own columns)
    columns=", ".join(f"{model._meta.db_table}.{field.column}" for model, fields in _READ.items() for field in fields)
)
_SAID = [field for field in _fields(Message) if not field.primary_key]
_SAY = "INSERT INTO chat_message ({columns}) VALUES ({places}) RETURNING id".format(  # noqa: S608
    columns=", ".join(field.column for field in _SAID), places=", ".join(["%s"] * len(_SAID))
)
_UNCHANGING = {"id", "public_id", "shop", "customer", "channel", "opening_id", "opened_at"}
_SEEN_BY_HER = {"shopper_delivered_seq", "shopper_read_seq"}
_KEPT = [field for field in _fields(Conversation) if field.name not in _UNCHANGING | _SEEN_BY_HER]
_KEEP = "UPDATE chat_conversation SET {changes} WHERE id = %s".format(  # noqa: S608
    changes=", ".join(f"{field.column} = %s" for field in _KEPT)
)
