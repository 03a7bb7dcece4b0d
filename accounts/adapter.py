"""Where allauth asks us: what to keep at sign-up, and how to keep the secret of a second factor."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from accounts import sealing
from accounts.models import Shop, User

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody before the first admin: an empty installation belongs to who holds its key."""
        return bool(settings.OPEN_FOR_SIGNUP) and Shop.objects.exists()

    def save_user(self, request: HttpRequest, user: AbstractBaseUser, form: Any, commit: bool = True) -> User:
        user = super().save_user(request, user, form, commit=False)
        assert isinstance(user, User)
        user.name = form.cleaned_data.get("name", "")
        user.language = getattr(request, "LANGUAGE_CODE", "")
        if commit:
            user.save()
        return user


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret, or one that fits no code where the key it was sealed under is gone."""
        try:
            return sealing.unseal(encrypted_text)
        except sealing.CannotOpen:
            log.error("A second factor was sealed under another SECRET_KEY; `manage.py doctor` says what to do")
            return generate_totp_secret()
