"""Zendesk: the account's JSON export (one object a line), or pages of its interface."""

from collections.abc import Iterator
from typing import Any

from chat.importing.shapes import Person, Record, Said, Text, Work, inside, key, maybe, plain, rows, when, words

LISTS = {"users": "user", "tickets": "ticket", "articles": "article", "comments": "comment"}
_KINDS = {"new": "new", "open": "open", "pending": "waiting", "hold": "on_hold", "solved": "solved", "closed": "closed"}
_PRIORITIES = {"low": 1, "normal": 2, "high": 3, "urgent": 4}
_TYPES = {"problem": "problem", "incident": "problem", "task": "task"}


def read(kind: str, told: dict[str, Any]) -> Iterator[Record]:
    match kind:
        case "user":
            yield _person(told)
        case "ticket":
            yield _ticket(told)
        case "comment":
            yield _said(told, key(told, "ticket_id"), requester="")
        case "article":
            yield Text(
                id=key(told),
                title=maybe(told, "title"),
                body=maybe(told, "body"),
                is_html=True,
                language=maybe(told, "locale"),
                is_public=not told.get("draft"),
            )


def _person(told: dict[str, Any]) -> Person:
    return Person(
        id=key(told),
        email=maybe(told, "email"),
        name=maybe(told, "name"),
        phone=maybe(told, "phone"),
        language=maybe(told, "locale"),
        is_team=maybe(told, "role") in ("agent", "admin"),
    )


def _ticket(told: dict[str, Any]) -> Work:
    who = inside(told, "requester")
    requester = _person(who) if who else key(told, "requester_id")
    by = requester.id if isinstance(requester, Person) else requester
    said = [_said(one, key(told), requester=by) for one in rows(told, "comments")]
    if not said and maybe(told, "description"):
        at = when(told, "created_at")
        said = [Said(f"{key(told)}-begin", key(told), maybe(told, "description"), at, "customer", by)]
    channel = maybe(inside(told, "via"), "channel")
    return Work(
        id=key(told),
        subject=maybe(told, "subject") or maybe(told, "raw_subject"),
        customer=requester,
        kind=_KINDS.get(maybe(told, "status"), "open"),
        opened_at=when(told, "created_at"),
        changed_at=when(told, "updated_at", "created_at"),
        priority=_PRIORITIES.get(maybe(told, "priority"), 2),
        type=_TYPES.get(maybe(told, "type"), "question"),
        assignee=_person(inside(told, "assignee")) if inside(told, "assignee") else maybe(told, "assignee_id"),
        team=maybe(inside(told, "group"), "name"),
        tags=words(told.get("tags")),
        channel="email" if channel == "email" else "web",
        said=said,
    )


def _said(told: dict[str, Any], ticket: str, *, requester: str) -> Said:
    author = maybe(told, "author_id")
    return Said(
        id=key(told),
        ticket=ticket,
        text=maybe(told, "plain_body") or maybe(told, "body") or plain(maybe(told, "html_body")),
        at=when(told, "created_at"),
        side="customer" if author == requester else "",
        by=author,
        is_internal=told.get("public") is False,
    )
