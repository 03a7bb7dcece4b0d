"""How a message sounds: frustrated, confused, pleased or neutral, and whether it cannot wait."""

from dataclasses import dataclass

from chat.mood import learned, signs

FRUSTRATED, CONFUSED, PLEASED, NEUTRAL = "frustrated", "confused", "pleased", "neutral"


@dataclass(frozen=True)
class Mood:
    """The mood of one message."""

    kind: str = NEUTRAL
    is_urgent: bool = False

    @property
    def wants_care(self) -> bool:
        """Somebody should be offered before she has to ask."""
        return self.kind == FRUSTRATED


def read(text: str, *, language: str = "en") -> Mood:
    """By its words and signs; in English also by what was learned of how people sound."""
    urgent = signs.is_urgent(text)
    if signs.is_frustrated(text):
        return Mood(FRUSTRATED, urgent)
    if signs.is_confused(text):
        return Mood(CONFUSED, urgent)
    if signs.is_pleased(text):
        return Mood(PLEASED, urgent)
    if language.split("-")[0] != "en" or not text.strip():
        return Mood(NEUTRAL, urgent)
    return Mood(learned.likeliest(text) or NEUTRAL, urgent)
