"""Every kind of thing that can happen, and what may be said about it: one table, closed."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf.locale import LANG_INFO

FactType = Callable[[Any], Any]


class NotAFact(ValueError):
    """Only numbers, yes or no, lengths of time and closed choices are facts."""


def number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        raise NotAFact("a number")
    return value if isinstance(value, int | float) else float(value)


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotAFact("True or False")
    return value


def seconds(value: Any) -> float:
    if isinstance(value, timedelta):
        return value.total_seconds()
    try:
        return float(number(value))
    except NotAFact:
        raise NotAFact("a length of time") from None


def one_of(*choices: str) -> FactType:
    def choice(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise NotAFact(f"one of {', '.join(choices)}")
        return choices[choices.index(value)]

    return choice


def language(value: Any) -> str:
    if not isinstance(value, str) or (value != "und" and value.lower() not in LANG_INFO):
        raise NotAFact("a language code")
    return str(value).lower()


@dataclass(frozen=True)
class Kind:
    """What may be said about one kind of event: whom it happens to, what else it concerns, and its facts."""

    name: str
    subject: str
    refs: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, FactType] = field(default_factory=dict)


def _kind(name: str, subject: str, also: str = "", **facts: FactType) -> Kind:
    """`also` names the rows it may concern: "message", or "other:customer" where the role is not the model's name."""
    roles = (word.partition(":") for word in also.split())
    return Kind(name, subject, {role: model or role for role, _, model in roles}, facts)


PURPOSES = one_of("necessary", "personalisation", "learning", "statistics", "news")
HOW = one_of("chat", "page", "team", "api", "merge")
CHANNEL = one_of("web", "email", "telegram", "whatsapp", "api")
HOLDER = one_of("bot", "queue", "person")
ORDER_ACTION = one_of("cancel", "address", "payment", "items", "return", "exchange", "refund")
WHY = one_of("asked", "unsure", "rule", "failed", "timeout", "bot_off", "moved", "left")
TICKET = one_of("new", "open", "waiting", "on_hold", "solved", "closed")
TICKET_PART = one_of("subject", "priority", "type", "tags", "followers", "orders", "field")
PROMISE = one_of("first", "next", "resolution")

# One line a kind:  name, subject, also concerned, facts. Anybody may add a line, none is taken away: rows remain.
_TABLE = [
    # shops and people
    _kind("shop.created", "shop"),
    _kind("user.signed_up", "user", by=one_of("password", "social", "link")),
    _kind("user.signed_in", "user", by=one_of("password", "social", "link", "passkey")),
    _kind("customer.created", "customer", is_guest=flag, channel=CHANNEL),
    _kind("customer.merged", "customer", "other:customer"),
    _kind("customer.parted", "customer", "other:customer"),
    _kind("customer.noted", "customer", "note:customernote"),
    _kind("customer.note_removed", "customer", "note:customernote"),
    _kind("customer.tagged", "customer", "tag:customertag"),
    _kind("customer.untagged", "customer", "tag:customertag"),
    _kind("customer.erased", "customer", rows=number, seconds=seconds),
    _kind("consent.granted", "customer", "text:consenttext", purpose=PURPOSES, how=HOW, version=number),
    _kind("consent.withdrawn", "customer", "text:consenttext", purpose=PURPOSES, how=HOW, version=number),
    _kind("presence.changed", "user", state=one_of("online", "away", "offline"), capacity=number),
    _kind("order.changed", "order", action=ORDER_ACTION, side=one_of("shopper", "team")),
    # the talk
    _kind("conversation.opened", "conversation", "customer", channel=CHANNEL, language=language),
    _kind("message.received", "conversation", "message customer", seq=number, channel=CHANNEL, length=number),
    _kind(
        "message.answered", "conversation", "message", seq=number, seconds=seconds, confidence=number, citations=number
    ),
    _kind("message.posted", "conversation", "message", seq=number, seconds=seconds, length=number),
    _kind("message.discarded", "conversation", "message", why=one_of("taken", "newer", "closed", "expired")),
    _kind("conversation.taken", "conversation", "message", holder=HOLDER, lease=number, seconds=seconds),
    _kind("conversation.given_back", "conversation", holder=HOLDER, lease=number),
    _kind("conversation.queued", "conversation", lease=number, waiting=number),
    _kind("conversation.handed_over", "conversation", "ticket message", why=WHY, lease=number),
    _kind("conversation.assigned", "conversation", "to:user", lease=number, waiting=seconds),
    _kind("conversation.passed_on", "conversation", "to:user team", lease=number),
    _kind("conversation.noted", "conversation", "note", mentions=number),
    _kind("conversation.closed", "conversation", seconds=seconds, messages=number),
    _kind("conversation.switched", "conversation", is_on=flag),
    _kind("bot.switched", "shop", is_on=flag, version=number),
    _kind("bot.promoted", "shop", "version:botversion"),
    _kind("action.requested", "conversation", "action message order"),
    _kind("action.done", "conversation", "action message order", seconds=seconds, attempts=number),
    _kind("action.failed", "conversation", "action message order", seconds=seconds, attempts=number),
    _kind("attachment.added", "conversation", "message attachment", bytes=number),
    _kind("answer.abstained", "conversation", "message gap", confidence=number, passages=number),
    _kind("answer.judged", "conversation", "message", helped=flag),
    _kind("conversation.joined", "conversation", "other:conversation"),
    _kind("conversation.language_chosen", "conversation", to=language),
    _kind("conversation.parted", "conversation", "other:conversation"),
    _kind("conversation.rated", "conversation", about=one_of("bot", "person"), score=number),
    # what the shop knows
    _kind("article.published", "article", "revision", revision_number=number, language=language),
    _kind("article.unpublished", "article", "revision", language=language),
    _kind("article.voted", "article", helped=flag),
    _kind("retrieval.degraded", "shop", part=one_of("vector", "words", "both"), seconds=seconds),
    _kind("gap.recorded", "gap", "conversation message", confidence=number, language=language),
    # the work
    _kind("ticket.opened", "ticket", "conversation customer team", channel=CHANNEL, priority=number),
    _kind("ticket.imported", "ticket", "customer"),
    _kind("ticket.resolved", "ticket", "conversation customer team", seconds=seconds),
    _kind("ticket.moved", "ticket", was=TICKET, now=TICKET),
    _kind("ticket.changed", "ticket", what=TICKET_PART),
    _kind("ticket.assigned", "ticket", "to:user team"),
    _kind("ticket.noted", "ticket", "note:ticketnote"),
    _kind("ticket.followed", "ticket", "other:ticket"),
    _kind("ticket.split", "ticket", "other:ticket"),
    _kind("ticket.merged", "ticket", "other:ticket"),
    _kind("ticket.unmerged", "ticket", "other:ticket"),
    _kind("ticket.warned", "ticket", promise=PROMISE),
    _kind("ticket.broken", "ticket", promise=PROMISE),
    _kind("ticket.rated", "ticket", score=number),
]

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _TABLE}
