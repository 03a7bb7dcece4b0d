"""What a shopper means and how she sounds, as far as the serving version and her words tell."""

import logging
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from chat import entities, mood, training
from chat.entities import Entity
from chat.intents.classifier import Guess, Unreadable
from chat.models import BotVersion
from chat.mood import Mood
from chat.turns import Turn
from knowledge import embeddings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Understood:
    """What was read in one question."""

    intent: str | None
    confidence: float
    mood: Mood
    entities: tuple[Entity, ...]

    def facts(self) -> dict[str, Any]:
        """What may be kept of it: what kind of thing was named, never the thing."""
        return {
            "intent": self.intent,
            "confidence": round(self.confidence, 4),
            "mood": self.mood.kind,
            "urgent": self.mood.is_urgent,
            "named": sorted({each.kind for each in self.entities}),
        }


def read(turn: Turn) -> Understood:
    """Read a question; a version that cannot be read costs the intent, never the answer."""
    asked = turn.question
    heard = turn.heard
    guess = Guess(heard.intent, heard.confidence, "") if heard else _guess(turn.version_id, asked)
    named = entities.find(asked, on=timezone.localdate(turn.asked_at))  # products are looked up where one is asked for
    if heard:
        named = entities.beside(named, heard.named)
    return Understood(guess.intent, guess.confidence, mood.read(asked, language=turn.language), named)


def _guess(version_id: int | None, asked: str) -> Guess:
    nothing = Guess(None, 0.0, "")
    if version_id is None or not asked.strip():
        return nothing
    version = BotVersion.objects.defer("learned", "figures", "flows", "persona").get(pk=version_id)
    try:
        learned = training.classifier_of(version)
    except Unreadable:
        logger.error("What bot version %s learned cannot be read: train it again", version)
        return nothing
    if learned.recipe != embeddings.recipe():
        logger.error("Bot version %s was trained with other vectors: train it again", version)
        return nothing
    return learned.guesses([asked])[0]
