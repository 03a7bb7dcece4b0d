"""Where allauth asks us: what to keep at sign-up, and where to go afterwards."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from accounts.models import Shop, User


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
