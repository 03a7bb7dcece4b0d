"""Secrets we must be able to read again, kept so that a copy of the database alone does not tell them."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class CannotOpen(Exception):
    """It was sealed under a SECRET_KEY that is not known here."""


def seal(text: str) -> str:
    """Lock a secret with the installation's key."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Read it again, also if a key of before sealed it."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise CannotOpen from error


def opens(sealed: str) -> bool:
    try:
        return unseal(sealed) is not None
    except CannotOpen:
        return False


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    digest = salted_hmac("accounts.sealing", "", secret=secret, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))
