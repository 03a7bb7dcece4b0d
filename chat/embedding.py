"""The widget: its script, its frame on a foreign page, and the requests that come from there."""

import hashlib
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from csp.constants import NONE
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import condition, require_POST, require_safe

from accounts import consent, limits, people, visitors
from accounts.models import Shop
from chat import views, widget
from chat.forms import StartForm

DAY = 86_400
DOORS = ("/chat/", "/widget/", "/account/consent/")  # where a frame may go; elsewhere it is a browser like any other


class FrameVisitor:
    """Requests of a frame say whose shop they are for, and show a key instead of cookies, which are looked past."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        slug = request.headers.get("Aftersale-Shop")
        if slug is None or not request.path.startswith(DOORS):
            return self.get_response(request)
        shop = people.shop_at(slug=slug or "-")
        if shop is None:
            raise Http404
        kind, _space, key = request.headers.get("Authorization", "").partition(" ")
        remembered = widget.remembered_by(key if kind.lower() == "bearer" else "")
        cookies = request.session
        _receive(request, shop, remembered)
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # no foreign page can send our headers
        with translation.override(_language(request.headers.get("Accept-Language", ""))):
            answer = self.get_response(request)
        if request.session and request.session != remembered:
            answer["Aftersale-Key"] = widget.key_for(request.session, shop)  # type: ignore[arg-type]
        answer.cookies.clear()
        request.META["CSRF_COOKIE_NEEDS_UPDATE"], request.session = False, cookies
        return answer


def _receive(request: HttpRequest, shop: Shop, remembered: widget.Remembered) -> None:
    """From here on she is who the frame remembers, whoever is signed in here in the same browser."""
    request.widget_shop = shop  # type: ignore[attr-defined]
    request.user = AnonymousUser()
    request.session = widget.Remembered(remembered)  # type: ignore[assignment]


def _language(wanted: str) -> str:
    try:
        return translation.get_supported_language_variant(wanted.lower())
    except LookupError:
        return get_language() or settings.LANGUAGE_CODE


class _Packing(GZipMiddleware):
    max_random_bytes = 0  # nothing in it is a secret, and every byte is the shop's


_packed = decorator_from_middleware(_Packing)


@require_safe
@_packed
@cache_control(public=True, max_age=3600, stale_while_revalidate=DAY, stale_if_error=DAY)
@condition(etag_func=lambda request: _etag())
def script(request: HttpRequest) -> HttpResponse:
    """The launcher, the same for every shop and in every language: it asks for nothing until somebody clicks."""
    answer = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _etag() -> str:
    return f'"{hashlib.sha256(_script()).hexdigest()[:16]}"'


_MARGINS = re.compile(r"^\s+|(?:^|\s+)// .*$", re.MULTILINE)  # of the launcher: what only we read


@cache
def _script() -> bytes:
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code] = [
                _("Ask us"),
                _("Chat"),
                _("New messages"),
                _("One moment"),
                _("The chat cannot be reached just now."),
                _("Try again"),
                _("Close the chat"),
            ]
    source = _MARGINS.sub("", Path(finders.find("js/widget.js") or "").read_text())
    return source.replace("__WORDS__", json.dumps(words, ensure_ascii=False, separators=(",", ":"))).encode()


@never_cache
@require_safe
def frame(request: HttpRequest, shop: str) -> HttpResponse:
    """The pane for a page of the shop's, with a guest's first question in it: that page will say who she is."""
    here = people.shop_for(request)
    _receive(request, here, widget.Remembered())
    origin, theme = request.GET.get("origin", ""), request.GET.get("theme", "")
    if origin in here.widget_origins:
        with translation.override(_language(request.GET.get("lang", ""))):
            context = views.start_context(request, here, StartForm(), floating=True)
            context |= {"origin": origin, "theme": theme if theme in {"light", "dark"} else ""}
            answer = render(request, "widget.html", context)
    else:
        text = _("This site does not show the chat of this shop.")
        answer = HttpResponse(text, content_type="text/plain; charset=utf-8", status=403)
    answer.xframe_options_exempt = True
    answer._csp_replace = {"frame-ancestors": here.widget_origins or [NONE]}  # type: ignore[attr-defined]
    return answer


@never_cache
@require_POST
@limits.limited("widget")
def session(request: HttpRequest, shop: str) -> HttpResponse:
    """A token for a key: the pane of who the shop's server says she is."""
    here = people.shop_for(request)
    if request.POST.get("origin") not in here.widget_origins or not isinstance(request.session, widget.Remembered):
        return JsonResponse({"code": "origin"}, status=403)
    try:
        vouched = widget.admit(here, request.POST.get("token", ""), guest=request.session, at=timezone.now())
    except widget.Refused as refusal:
        return JsonResponse({"code": type(refusal).__name__.lower(), "text": str(refusal)}, status=403)
    request.session = vouched  # type: ignore[assignment]
    return views.where_she_left_off(request)


@never_cache
@require_safe
def consent_face(request: HttpRequest, shop: str) -> HttpResponse:
    """What she allows, inside the pane: a page of its own would not know who she is."""
    here = people.shop_for(request)
    customer = visitors.known(request.user, request.session, here)
    context = {
        "shop": here,
        "floating": True,
        "choices": consent.choices_of(customer, here, get_language() or here.language),
        "history": list(consent.history(customer)) if customer else [],
    }
    return render(request, "chat/_consent.html", context)
