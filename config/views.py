from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language as keep_language

# No token is asked for: the form stands on every page, a token would put a cookie on a visitor who has done nothing
# yet, and all a forged post could do is change the language she reads.
set_language = csrf_exempt(keep_language)


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


def style(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for those who build pages."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    return render(request, "style.html", {"states": STATES, "colours": COLOURS, "icons": ICONS})


STATES = (
    ("new", "new"), ("open", "open"), ("waiting", "waiting"), ("solved", "solved"), ("closed", "closed"), ("urgent", "urgent"),
    ("bot", "bot"), ("person", "person"), ("draft", "draft"), ("sent", "sent"), ("off", "away"),
)
COLOURS = (
    "paper", "raised", "sunken", "ink", "ink-soft", "ink-faint", "line", "edge", "stamp", "stamp-deep", "stamp-wash",
    "warn", "warn-wash", "bad", "bad-wash", "good", "good-wash", "info", "info-wash", "note", "mark",
)
ICONS = (
    "alert", "attach", "bell", "bolt", "book", "bot", "box", "chart", "chat", "check", "checks", "clock", "close", "coin", "copy",
    "down", "download", "eye", "file", "flag", "gear", "globe", "hand", "help", "home", "image", "inbox", "info", "key", "left",
    "link", "lock", "mail", "menu", "more", "note", "pencil", "people", "person", "phone", "plus", "receipt", "return", "right",
    "screen", "search", "send", "shield", "shop", "sign-in", "sign-out", "sparkle", "star", "stop", "sun", "moon", "tag",
    "translate", "trash", "truck", "up-vote", "down-vote",
)
