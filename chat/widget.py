"""Who she is in the widget of a shop's own page: a guest, or somebody the shop's server vouches for by a signed token.

A frame on a foreign page gets no cookies. What it remembers of her is in a key that it keeps itself and shows with
every request (docs/decisions/0004-who-she-is-in-a-frame.md).
"""

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import jwt
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import merging, people, visitors
from accounts.models import Shop

LONGEST_TOKEN = timedelta(hours=1)
CLOCKS_DIFFER = timedelta(seconds=30)
VOUCHED_LASTS = timedelta(hours=12)
SALT = "chat.widget"


class Refused(ValueError):
    """The token proves nothing; whoever brought it is a guest."""

    text = _("This sign-in could not be confirmed.")

    def __str__(self) -> str:
        return str(self.text)


class Forged(Refused):
    """Not signed with the secret of this shop, or not a token at all."""


class Expired(Refused):
    text = _("This sign-in has expired.")


class TooLong(Refused):
    """It lives longer than anybody may be trusted to keep it to herself."""


class NoAddress(Refused):
    """It does not say who she is."""


class Remembered(dict[str, Any]):
    """What a frame remembers of her: a session without a cookie."""

    @property
    def session_key(self) -> str | None:
        """The same for the same person, however often she gets a new key."""
        return "-".join(f"{name}:{value}" for name, value in sorted(self.items())) or None


class Claims(NamedTuple):
    email: str
    name: str
    language: str


def allow(shop: Shop, origin: str) -> None:
    """Let a site show this shop's chat."""
    if origin not in shop.widget_origins:
        shop.widget_origins.append(origin)
        shop.save(update_fields=["widget_origins"])


@transaction.atomic
def admit(shop: Shop, token: str, *, guest: Remembered, at: datetime) -> Remembered:
    """Let in who the shop's server says she is. What she began as a guest in this frame is hers."""
    said = read(shop, token, at=at)
    try:
        customer = people.known_by(shop, said.email, name=said.name, language=said.language)
    except ValidationError:
        raise NoAddress from None
    visitor = None if visitors.is_vouched(guest) else visitors.known(AnonymousUser(), guest, shop)
    if visitor is not None and not visitor.email_verified:
        with suppress(merging.NotTheSame):
            customer = merging.merge(visitor, customer)
    return Remembered(visitors.vouched_for(customer))


def read(shop: Shop, token: str, *, at: datetime) -> Claims:
    """What a token says: a JSON Web Token, signed by HS256 with this shop's secret, for an hour at most."""
    if not shop.widget_secret:
        raise Forged
    try:
        # Its times are compared with the caller's clock, below.
        told = jwt.decode(token, shop.widget_secret, algorithms=["HS256"], options=_SIGNATURE_ONLY)
        expires_at = datetime.fromtimestamp(told["exp"], at.tzinfo)
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError, OSError):
        raise Forged from None
    if expires_at + CLOCKS_DIFFER <= at:
        raise Expired
    if expires_at - CLOCKS_DIFFER > at + LONGEST_TOKEN:
        raise TooLong
    email, name, language = (str(told.get(claim) or "") for claim in Claims._fields)
    return Claims(email, name.replace("\x00", "")[:200], language if language in dict(settings.LANGUAGES) else "")


def key_for(remembered: Remembered, shop: Shop) -> str:
    """What the frame keeps: all that is remembered of her, signed."""
    return signing.dumps({"shop": shop.pk, "secret": _mark(shop), "kept": remembered}, salt=SALT)


def remembered_by(key: str) -> Remembered:
    """What a key says. A guest's lasts like a cookie; the shop's word for half a day, and no longer than its secret."""
    told = _opened(key, timedelta(seconds=settings.SESSION_COOKIE_AGE))
    remembered = Remembered(told.get("kept", {}))
    if visitors.is_vouched(remembered):
        shop = Shop.objects.filter(pk=told["shop"]).first()
        if shop is None or told["secret"] != _mark(shop) or not _opened(key, VOUCHED_LASTS):
            return Remembered()
    return remembered


def _opened(key: str, lasts: timedelta) -> dict[str, Any]:
    try:
        return signing.loads(key, salt=SALT, max_age=lasts)  # type: ignore[no-any-return]
    except signing.BadSignature:
        return {}


def _mark(shop: Shop) -> str:
    return hashlib.sha256(shop.widget_secret.encode()).hexdigest()[:16]


_SIGNATURE_ONLY: Any = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
