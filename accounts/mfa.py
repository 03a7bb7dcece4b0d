"""A second factor for those who work here, where the settings ask for one."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import sealing
from accounts.models import User

SEALED = ("secret", "seed")  # of an authenticator app, and of recovery codes


def owes_second_factor(user: User | AnonymousUser) -> bool:
    """She works for a shop, a second factor is asked of the team, and she has none. Sockets ask this too."""
    return bool(settings.REQUIRE_STAFF_MFA) and isinstance(user, User) and user.is_team and not is_mfa_enabled(user)


class StaffSecondFactor:
    """Until she has set one up, the team's pages lead to the page where she can."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _is_open(request.path) or not owes_second_factor(request.user):
            return self.get_response(request)
        there = reverse("mfa_index")
        if getattr(request, "htmx", False):
            return HttpResponse(status=204, headers={"HX-Redirect": there})
        if not request.accepts("text/html"):
            return JsonResponse({"detail": _("Set up a second factor for your account first.")}, status=403)
        return HttpResponseRedirect(there)


def unreadable() -> int:
    """How many second factors were sealed under a key we do not have: their codes open nothing any more."""
    kept = [
        data[name] for data in Authenticator.objects.values_list("data", flat=True) for name in SEALED if name in data
    ]
    return sum(not sealing.opens(sealed) for sealed in kept)


def _is_open(path: str) -> bool:
    """Her own account (where the factor is set up), and what everybody may fetch."""
    return path.startswith((reverse("accounts:home"), settings.STATIC_URL)) or path == "/healthz"
