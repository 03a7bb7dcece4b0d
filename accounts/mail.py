"""Mail that leaves: plain words and the same in our look, in its thread, with a signed address to reply to."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Shop

_SALT = "accounts.mail.reply"


@dataclass(frozen=True)
class Thread:
    """What belongs together in a mailbox: a talk or a ticket, by a name like talk-12."""

    name: str
    own: str = ""  # names this mail; one that is sent again has the same, so that nobody gets it twice
    before: tuple[str, ...] = ()  # what names those that were sent before, oldest first


def compose(
    subject: str, body: str, *, to: str, shop: Shop, thread: Thread | None = None, can_reply: bool = False
) -> EmailMultiAlternatives:
    """A mail of a shop; its HTML says what its text says."""
    headers: dict[str, Any] = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    headers["Message-ID"] = (
        _message_id(thread.name, thread.own) if thread else _message_id("mail", secrets.token_hex(12))
    )
    if thread is not None:
        past = [_message_id(thread.name, "begin"), *(_message_id(thread.name, one) for one in thread.before[-10:])]
        headers["In-Reply-To"], headers["References"] = past[-1], " ".join(past)
    sender = formataddr((_plain(shop.name), _address()))
    replies = [reply_address(thread.name)] if thread is not None and can_reply else None
    letter = EmailMultiAlternatives(_plain(subject), body, sender, [to], headers=headers, reply_to=replies)
    body = "".join(body)  # words that a template made count as safe HTML, and are none
    letter.attach_alternative(
        render_to_string("email/letter.html", {"shop": shop, "subject": subject, "body": body}), "text/html"
    )
    return letter


def reply_address(thread: str) -> str:
    """Where a reply to this thread goes; nobody can make up one for another's."""
    name, _at, domain = _address().rpartition("@")
    return f"{name}+{thread}-{_signature(thread)}@{domain}"


def thread_of(addresses: Iterable[str]) -> str | None:
    """The thread one of these addresses is signed for."""
    for address in addresses:
        named = parseaddr(address)[1].rpartition("@")[0].partition("+")[2]
        thread, _dash, signature = named.rpartition("-")
        if thread and constant_time_compare(signature.lower(), _signature(thread.lower())):
            return thread.lower()
    return None


def address(shop: Shop, path: str) -> str:
    """Where a page of this shop is from outside."""
    scheme = "https" if settings.HTTPS else "http"
    return f"{scheme}://{shop.host}{path}" if shop.host else f"{settings.SITE_URL}{path}"


def _signature(thread: str) -> str:
    return salted_hmac(_SALT, thread, algorithm="sha256").hexdigest()[:20]


def _message_id(thread: str, own: str) -> str:
    return f"<{thread}.{own}@{_address().rpartition('@')[2]}>"


def _address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or "shop@localhost"


def _plain(text: str) -> str:
    """On one line, whatever a shop or a subject is called."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
