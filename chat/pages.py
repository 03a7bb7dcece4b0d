"""Pieces of chat pages, rendered the same for a page, a fragment and a socket."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts import clock
from chat import notes as talk_notes
from chat import wire
from chat.models import Author, Conversation
from chat.seats import Seat

LIMITS = {"limit": settings.CHAT_TEXT_LIMIT, "file_limit": settings.ATTACHMENT_BYTES}
NOT_YOURS = _("This cannot be done from here.")


def slow_down(seconds: int) -> str:
    return ngettext(
        "That was a lot at once. Please wait %(seconds)s second.",
        "That was a lot at once. Please wait %(seconds)s seconds.",
        seconds,
    ) % {"seconds": seconds}


def language_of(scope: Mapping[str, Any]) -> str:
    """The language of a socket's words: the one its page was drawn in, by her choice, else by her browser's."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]  # by a widget's frame
    chosen = asked or (scope.get("cookies") or {}).get(settings.LANGUAGE_COOKIE_NAME, "")
    header = dict(scope.get("headers", [])).get(b"accept-language", b"").decode("latin-1")
    for code in (chosen, *(code for code, _weight in parse_accept_lang_header(header.lower()[:500]))):
        with suppress(LookupError):
            return translation.get_supported_language_variant(code)
    return settings.LANGUAGE_CODE


def arranged(messages: Iterable[dict[str, Any]], *, is_staff: bool) -> list[dict[str, Any]]:
    """Whose side each message is on, and which follow their neighbour closely enough to go without a name."""
    own = {Author.PERSON, Author.BOT} if is_staff else {Author.SHOPPER}
    shown, before = [], None
    for said in messages:
        speaker = (said["author"], said["name"], said["at"][:16])
        shown.append({**said, "own": said["author"] in own, "joined": speaker == before})
        before = speaker
    return shown


def messages(found: list[dict[str, Any]], *, is_staff: bool, language: str, zone: str = "UTC") -> str:
    with clock.reading(language, zone):
        return render_to_string(
            "chat/_messages.html", {"thread": arranged(found, is_staff=is_staff), "is_staff": is_staff}
        )


def state(now: dict[str, Any], *, seat: Seat, language: str) -> str:
    with clock.reading(language, seat.zone):
        context = {"state": now, "mine": now["person_id"] == seat.user_id, "swap": True}
        if seat.is_staff:
            return render_to_string("chat/_thread_head.html", context)
        return render_to_string("chat/_pane_head.html", context) + render_to_string("chat/_pane_leave.html", context)


def notes(conversation_id: int, *, language: str) -> str:
    """What colleagues have noted beside a talk; for the team's places only."""
    conversation = Conversation.objects.select_related("shop").get(pk=conversation_id)
    with clock.reading(language, conversation.shop.zone):
        return render_to_string(
            "chat/_talk_notes.html",
            {"conversation": conversation, "talk_notes": talk_notes.of(conversation), "swap": True},
        )


def company(names: list[str], *, language: str) -> str:
    """Which colleagues are at a talk, too."""
    with translation.override(language):
        return render_to_string("chat/_company.html", {"company": names})


def row(conversation_id: int, *, gone: bool, language: str) -> str:
    """One line of the inbox, as it is now; `gone` where it has left the list."""
    found = Conversation.objects.select_related("customer", "person", "shop").filter(pk=conversation_id).first()
    if found is None:
        return ""
    with clock.reading(language, found.shop.zone):
        return render_to_string("chat/_row.html", {"conversation": found, "now": timezone.now(), "gone": gone})


def page_of(conversation: Conversation, *, is_staff: bool, before: int | None = None, size: int = 50) -> dict[str, Any]:
    """The newest messages of a conversation, or those before a place."""
    newest = conversation.messages.select_related("person", "verdict").prefetch_related("attachments").order_by("-seq")
    if before is not None:
        newest = newest.filter(seq__lt=before)
    found = list(newest[:size])[::-1]
    thread = [wire.message(said, conversation) for said in found]
    return {
        "thread": arranged(thread, is_staff=is_staff),
        "earlier": found[0].seq if found and found[0].seq > 1 else None,
        "last_seq": conversation.last_seq,
        "is_staff": is_staff,
    }
