"""What another system takes a message for, where one is set; when it fails or is slow, ours is asked as ever."""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from accounts import outgoing
from chat.nlu import services

logger = logging.getLogger(__name__)

LONGEST = 1_000  # signs of a message
MOST = 1_000_000  # bytes of an answer
REST = 30  # seconds that a system is left alone after it failed
NONE = frozenset({"", "none", "nlu_fallback", "out_of_scope"})


@dataclass(frozen=True)
class Heard:
    """An intent and how sure it is, and what was named: kind, value, start and end in the text."""

    intent: str | None
    confidence: float
    named: tuple[tuple[str, str, int, int], ...] = ()


def address_for(shop: str) -> str:
    """Where a shop has its messages read; nothing where that is here."""
    systems: dict[str, str] = settings.NLU
    return systems.get(shop) or systems.get("", "")


def hear(shop: str, text: str, *, language: str, talk: str) -> Heard | None:
    """Ask the shop's system; none where there is none, or it does not answer as it should."""
    address, resting = address_for(shop), f"chat:nlu:rests:{shop}"
    if not address or not text.strip() or cache.get(resting):
        return None
    try:
        return ask(address, text[:LONGEST], language=language, talk=talk)
    except (outgoing.Failed, services.Wrong) as why:
        cache.set(resting, True, REST)
        logger.warning("The language understanding of shop %s failed, ours answers: %s", shop, why)
        return None


def ask(address: str, text: str, *, language: str, talk: str) -> Heard:
    """Ask a system; Wrong or Failed where it does not answer as its kind does."""
    service = services.of(address)
    question = service.question(text, language=language, talk=talk)
    answer = outgoing.request(
        question.method,
        question.url,
        json=question.body,
        headers=question.headers,
        timeout=settings.NLU_SECONDS,
        max_bytes=MOST,
    )
    intent, confidence, named = services.read(service, answer)
    is_none = intent.casefold() in NONE or confidence < settings.NLU_FLOOR
    fits = tuple((kind, value, start, end) for kind, value, start, end in named if text[start:end])
    return Heard(None if is_none else intent, confidence, fits)
