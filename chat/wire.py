"""How messages and states look on their way to a client, as plain dictionaries."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import availability, opinions
from chat.models import Attachment, Author, Conversation, Holder, Message
from chat.talk import Receipt


def message(said: Message, conversation: Conversation) -> dict[str, Any]:
    """One message, as both sides may see it."""
    files = [file(kept) for kept in said.attachments.all()] if said.details.get("files") else []
    return {
        "id": str(said.public_id),
        "seq": said.seq,
        "author": said.author,
        "name": _name(said, conversation),
        "text": said.text,
        "markdown": bool(said.details.get("markdown")),
        "at": _moment(said),
        "client_id": said.client_id,
        "sources": said.details.get("sources", []),
        "suggestions": said.details.get("suggestions", []),
        "cards": said.details.get("cards", []),
        "helped": _helped(said),
        **_asks_how_it_was(said, conversation),
        "files": files,
    }


def ack(receipt: Receipt) -> dict[str, Any]:
    """Committed, at this place."""
    said = receipt.message
    return {
        "type": "ack",
        "client_id": said.client_id,
        "seq": said.seq,
        "id": str(said.public_id),
        "at": _moment(said),
        "repeated": receipt.repeated,
    }


def file(attachment: Attachment) -> dict[str, Any]:
    url = reverse("chat:file", args=[attachment.public_id])
    return {
        "id": str(attachment.public_id),
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "url": url,
        "preview": f"{url}?preview=1" if attachment.preview else "",
    }


def newer(conversation: Conversation, since: int, limit: int | None = None) -> list[dict[str, Any]]:
    """Everything after a seq, in order."""
    found: Iterable[Message] = (
        conversation.messages.after(since)
        .in_order()
        .select_related("person", "verdict")
        .prefetch_related("attachments")
    )
    return [message(said, conversation) for said in (found[:limit] if limit else found)]  # type: ignore[index]


def state(conversation: Conversation) -> dict[str, Any]:
    """Who holds the conversation, and how far everybody is."""
    return {
        "conversation": str(conversation.public_id),
        "holder": conversation.holder,
        "person": conversation.person.get_short_name() if conversation.person else "",
        "person_id": conversation.person_id,
        "lease": conversation.lease,
        "last_seq": conversation.last_seq,
        "open": conversation.is_open,
        "bot_enabled": conversation.bot_enabled,
        "queue": availability.of(conversation),
        "answering": conversation.holder == Holder.BOT and conversation.turn_due_at is not None,
        "shopper": {"delivered": conversation.shopper_delivered_seq, "read": conversation.shopper_read_seq},
        "staff": {"delivered": conversation.staff_delivered_seq, "read": conversation.staff_read_seq},
    }


def _asks_how_it_was(said: Message, conversation: Conversation) -> dict[str, Any]:
    """Whom she is asked to rate and has not yet, and where."""
    rates = opinions.unrated(conversation, said.details["rates"]) if "rates" in said.details else []
    return {"rates": rates, "rate_url": reverse("chat:rate", args=[conversation.public_id])} if rates else {}


def _helped(said: Message) -> bool | None:
    """What she thinks of an answer, where it was read along; what was said just now nobody has judged."""
    verdict = said._state.fields_cache.get("verdict")
    return verdict.helped if verdict else None


def _moment(said: Message) -> str:
    return said.at.astimezone(timezone.get_default_timezone()).isoformat(timespec="milliseconds")


def _name(said: Message, conversation: Conversation) -> str:
    if said.author == Author.PERSON and said.person:
        return str(said.person.get_short_name())
    if said.author == Author.BOT:
        return str(_("Assistant"))
    if said.author == Author.SHOPPER:
        return str(conversation.customer)
    return ""
