"""In which language a talk is held.

An agent's word comes first, then the shopper's, then what she writes; where one cannot tell by a message, the talk goes
on in the language it had. Before anything is known it is her own, as her browser or account says it, else the shop's.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.ledger import events
from chat import realtime, talk
from chat.models import Conversation, ToldBy


class NotSpoken(talk.Refused):
    """The product has no words in it."""

    def __str__(self) -> str:
        return str(_("This language is not one of those we speak."))


def of(conversation: Conversation) -> str:
    """The language in which the shopper is spoken to: always one the product speaks."""
    for code in (conversation.language, conversation.customer.language, conversation.shop.language):
        if code and (known := spoken(code)):
            return known
    return settings.LANGUAGE_CODE


def written(conversation: Conversation) -> str:
    """The language she writes, whether the product speaks it or not."""
    return conversation.language or of(conversation)


def spoken(code: str) -> str | None:
    """The product's own variant of a language, such as "en" for "en-GB"."""
    try:
        return translation.get_supported_language_variant(code.lower())
    except LookupError:
        return None


def hear(conversation: Conversation, language: str | None) -> None:
    """Follow a shopper into the language she writes, unless it was chosen; kept with the locked conversation."""
    if language is None or conversation.language_by in (ToldBy.AGENT, ToldBy.SHOPPER):
        return
    conversation.language, conversation.language_by = language, ToldBy.HEARD


@transaction.atomic
def choose(conversation_id: int, language: str, *, by: User | None, at: datetime) -> None:
    """Hold a talk in this language from now on; an empty one lets us listen again. Without `by` the shopper says so."""
    conversation = talk.lock(conversation_id)
    if language and spoken(language) is None:
        raise NotSpoken
    if by is None and conversation.language_by == ToldBy.AGENT:
        return
    conversation.language = language or conversation.language
    conversation.language_by = (ToldBy.AGENT if by else ToldBy.SHOPPER) if language else ""
    talk.keep(conversation)
    events.record(
        "conversation.language_chosen",
        conversation=conversation,
        actor=by or conversation.customer,
        at=at,
        to=language or "und",
    )
    realtime.wake(conversation)
