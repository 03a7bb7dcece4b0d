"""Chatwoot: what its interface gives, one object a line or in pages; a conversation becomes a ticket with its talk."""

from collections.abc import Iterator
from typing import Any

from chat.importing.shapes import Person, Record, Said, Text, Work, inside, key, maybe, rows, when, words

LISTS = {
    "contacts": "contact",
    "conversations": "conversation",
    "articles": "article",
    "agents": "agent",
    "payload": "",
}
_KINDS = {"open": "open", "pending": "open", "snoozed": "on_hold", "resolved": "solved"}
_PRIORITIES = {"low": 1, "medium": 2, "high": 3, "urgent": 4}
_INCOMING, _OUTGOING, _TEMPLATE = ("0", "incoming"), ("1", "outgoing"), ("3", "template")
_CHANNELS = {"Channel::Email": "email", "Channel::Whatsapp": "whatsapp", "Channel::Telegram": "telegram"}


def read(kind: str, told: dict[str, Any]) -> Iterator[Record]:
    match kind:
        case "contact" | "agent":
            yield _person(told, is_team=kind == "agent")
        case "conversation":
            yield _conversation(told)
        case "article":
            yield Text(
                id=key(told),
                title=maybe(told, "title"),
                body=maybe(told, "content"),
                is_html=False,
                language=maybe(told, "locale"),
                is_public=maybe(told, "status") in ("1", "published"),
            )


def _person(told: dict[str, Any], *, is_team: bool = False) -> Person:
    prefix = "agent-" if is_team else ""
    return Person(
        id=prefix + key(told),
        email=maybe(told, "email"),
        name=maybe(told, "name"),
        phone=maybe(told, "phone_number"),
        is_team=is_team,
    )


def _conversation(told: dict[str, Any]) -> Work:
    meta, also = inside(told, "meta"), inside(told, "additional_attributes")
    said = [message for one in rows(told, "messages") if (message := _said(one, key(told))) is not None]
    at = when(told, "created_at", "timestamp")
    first = next((one.text for one in said if one.side == "customer" and one.text), "")
    assignee = inside(meta, "assignee")
    return Work(
        id=key(told),
        subject=maybe(also, "mail_subject") or " ".join(first.split())[:80] or f"Chatwoot {key(told)}",
        customer=_person(inside(meta, "sender")) if inside(meta, "sender") else key(told, "contact_id"),
        kind=_KINDS.get(maybe(told, "status"), "open"),
        opened_at=at,
        changed_at=when(told, "last_activity_at", "updated_at", "created_at", "timestamp"),
        priority=_PRIORITIES.get(maybe(told, "priority"), 2),
        assignee=_person(assignee, is_team=True) if assignee else "",
        team=maybe(inside(meta, "team"), "name"),
        tags=words(told.get("labels")),
        channel=_CHANNELS.get(maybe(meta, "channel"), "web"),
        said=said,
    )


def _said(told: dict[str, Any], conversation: str) -> Said | None:
    """What happened by itself (assigned, resolved) was said by nobody."""
    which = maybe(told, "message_type")
    if which not in (*_INCOMING, *_OUTGOING, *_TEMPLATE):
        return None
    sender = inside(told, "sender")
    is_hers = which in _INCOMING
    return Said(
        id=key(told),
        ticket=conversation,
        text=maybe(told, "content"),
        at=when(told, "created_at"),
        side="customer" if is_hers else "team",
        by=_person(sender, is_team=not is_hers) if sender.get("id") is not None else "",
        is_internal=told.get("private") is True,
    )
