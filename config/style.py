"""The style page: every component in every state, for those who build pages."""

import re

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

STATES = ["new", "open", "waiting", "solved", "closed", "urgent", "bot", "person", "draft", "sent", "off"]
TONES = ["good", "bad", "warn", "info"]


def style(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or _builds(request)):
        raise Http404
    context = {"states": STATES + TONES, "colours": _named(r"--([\w-]+): light-dark", "css/tokens.css")}
    return render(request, "style.html", context | {"icons": _named(r'id="([\w-]+)"', "img/icons.svg")})


def _builds(request: HttpRequest) -> bool:
    return not isinstance(request.user, AnonymousUser) and request.user.is_staff


def _named(pattern: str, path: str) -> list[str]:
    """What a style file defines, read from the file itself so that the page cannot forget any."""
    return re.findall(pattern, (settings.BASE_DIR / "static" / path).read_text())
