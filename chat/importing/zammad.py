"""Zammad: users, tickets and their articles, as its interface gives them; and answers of its knowledge base."""

from collections.abc import Iterator
from typing import Any

from chat.importing.shapes import Person, Record, Said, Text, Work, inside, key, maybe, plain, rows, when, words

LISTS = {"users": "user", "tickets": "ticket", "ticket_articles": "ticket_article", "answers": "answer"}
_STATES = {
    "new": "new", "open": "open", "pending reminder": "on_hold", "pending close": "waiting", "closed": "closed",
    "merged": "closed", "removed": "closed",
    "1": "new", "2": "open", "3": "on_hold", "4": "closed", "5": "closed", "6": "closed", "7": "waiting",
}  # fmt: skip
_PRIORITIES = {"1 low": 1, "2 normal": 2, "3 high": 3, "1": 1, "2": 2, "3": 3}
_CUSTOMER = ("Customer", "2")
_NOBODY = "1"  # the owner of what nobody has


def read(kind: str, told: dict[str, Any]) -> Iterator[Record]:
    match kind:
        case "user":
            yield _person(told)
        case "ticket":
            yield _ticket(told)
        case "ticket_article":
            yield _said(told, key(told, "ticket_id"))
        case "answer":
            yield from _answer(told)


def _person(told: dict[str, Any]) -> Person:
    roles = words(told.get("roles")) or [str(one) for one in told.get("role_ids") or []]
    return Person(
        id=key(told),
        email=maybe(told, "email"),
        name=" ".join(filter(None, (maybe(told, "firstname"), maybe(told, "lastname")))),
        phone=maybe(told, "phone"),
        is_team=any(role in ("Agent", "Admin", "1", "2") for role in roles),
    )


def _ticket(told: dict[str, Any]) -> Work:
    owner = maybe(told, "owner_id")
    return Work(
        id=key(told),
        subject=maybe(told, "title"),
        customer=key(told, "customer_id"),
        kind=_STATES.get(maybe(told, "state") or maybe(told, "state_id"), "open"),
        opened_at=when(told, "created_at"),
        changed_at=when(told, "updated_at", "created_at"),
        priority=_PRIORITIES.get(maybe(told, "priority") or maybe(told, "priority_id"), 2),
        assignee="" if owner == _NOBODY else owner,
        team=maybe(told, "group"),
        tags=words(told.get("tags")),
        said=[_said(one, key(told)) for one in rows(told, "articles")],
    )


def _said(told: dict[str, Any], ticket: str) -> Said:
    body = maybe(told, "body")
    sender = maybe(told, "sender") or maybe(told, "sender_id")
    return Said(
        id=key(told),
        ticket=ticket,
        text=plain(body) if "html" in maybe(told, "content_type") else body,
        at=when(told, "created_at"),
        side="customer" if sender in _CUSTOMER else "team",
        by=maybe(told, "origin_by_id") or maybe(told, "created_by_id"),
        is_internal=told.get("internal") is True,
    )


def _answer(told: dict[str, Any]) -> Iterator[Text]:
    """Each translation is an article of its own."""
    for one in rows(told, "translations"):
        yield Text(
            id=f"{key(told)}-{maybe(one, 'locale') or 'en'}",
            title=maybe(one, "title"),
            body=maybe(inside(one, "content"), "body"),
            is_html=True,
            language=maybe(one, "locale"),
            is_public=told.get("published_at") is not None,
        )
