"""Opening a shop, and the very first day of an installation."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import consent, people
from accounts.commerce import rules
from accounts.models import FirstAdminToken, Membership, Role, Shop, User
from analytics.ledger import events


@transaction.atomic
def open_shop(name: str, slug: str, *, at: datetime | None = None, **settings: str) -> Shop:
    """Open a shop, with the texts it needs to ask for consent."""
    shop = Shop(name=name, slug=slug, **settings)
    shop.full_clean()
    shop.save()
    furnish(shop, at=at)
    return shop


@transaction.atomic
def furnish(shop: Shop, *, at: datetime | None = None) -> None:
    """Give a new shop what it needs to ask for consent, and rules for its orders, and note that it is open."""
    consent.prepare(shop)
    rules.prepare(shop)
    events.record("shop.created", shop=shop, at=at)


@transaction.atomic
def new_widget_secret(shop: Shop) -> str:
    """Give the shop's server a new secret to sign with. What the old one signed is worth nothing from now on."""
    shop.widget_secret = secrets.token_urlsafe(32)
    shop.save(update_fields=["widget_secret"])
    return shop.widget_secret


KEY_LIVES = timedelta(hours=24)


class AlreadyOpen(ValueError):
    """This installation has its admin."""

    def __str__(self) -> str:
        return str(_("This installation has its first admin already."))


class WrongKey(ValueError):
    """The key is unknown, used or too old."""


@transaction.atomic
def first_admin_token(*, at: datetime) -> str:
    """A one-time key by which the first admin and shop are made; a new one ends the older."""
    if User.objects.filter(is_superuser=True).exists():
        raise AlreadyOpen
    token = secrets.token_urlsafe(32)
    FirstAdminToken.objects.filter(used_at=None).delete()
    FirstAdminToken.objects.create(digest=_digest(token), expires_at=at + KEY_LIVES)
    return token


def is_first_admin_token(token: str, *, at: datetime) -> bool:
    """Whether the key still opens."""
    fits = FirstAdminToken.objects.filter(digest=_digest(token), used_at=None, expires_at__gt=at)
    return fits.exists() and not User.objects.filter(is_superuser=True).exists()


@transaction.atomic
def welcome_first_admin(
    token: str, *, email: str, password: str, name: str, shop_name: str, shop_slug: str, at: datetime
) -> User:
    """Make the first admin and her shop, and break the key."""
    key = FirstAdminToken.objects.select_for_update().filter(digest=_digest(token)).first()
    if key is None or key.used_at or key.expires_at <= at or User.objects.filter(is_superuser=True).exists():
        raise WrongKey
    key.used_at = at
    key.save(update_fields=["used_at"])
    shop = open_shop(shop_name, shop_slug)
    user: User = User.objects.create_superuser(email, password, name=name)
    people.vouch_for(user)
    Membership.objects.create(user=user, shop=shop, role=Role.ADMIN)
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
