"""How the assistant speaks: its name, its tone, and words that fit how somebody sounds. The lines are data, beside."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from chat.flows import scripts
from chat.models import Author, BotVersion, Persona
from chat.mood import NEUTRAL, Mood
from chat.turns import Reply, Turn, joined

LINES = Path(__file__).parent / "lines.yaml"
SHORT = 2  # sentences of an article
_ENDS = re.compile(r"(?<=[.!?:;])[^\S\n]+")
_IT = "\ue000"  # stands for what the assistant says it is, which nobody's rules change


@dataclass(frozen=True)
class Manner:
    """What a shop wrote down for one language."""

    name: str = ""
    tone: str = Persona.Tone.WARM.value
    length: str = Persona.Length.FULL.value
    greets_by_name: bool = True
    greeting: str = ""
    says: tuple[tuple[str, str], ...] = ()
    never: tuple[str, ...] = ()

    @classmethod
    def of(cls, persona: Persona) -> "Manner":
        given = {each.name: getattr(persona, each.name) for each in fields(cls)}
        return cls(**{**given, "says": tuple(pairs(persona.says)), "never": tuple(_rows(persona.never))})

    @classmethod
    def read(cls, plain: dict[str, Any]) -> "Manner":
        given = {each.name: plain[each.name] for each in fields(cls) if each.name in plain}
        pairs_ = tuple((str(one), str(other)) for one, other in given.pop("says", ()))
        return cls(**{**given, "says": pairs_, "never": tuple(given.get("never", ()))})


def of_shop(shop_id: int) -> dict[str, dict[str, Any]]:
    """Its manners by language, as a version keeps them; under no language those for all others."""
    found = {persona.language: asdict(Manner.of(persona)) for persona in Persona.objects.filter(shop=shop_id)}
    return {"": asdict(Manner()), **found}


def serving(turn: Turn) -> "Voice":
    """The voice of the version that answers this turn; where none was kept, the shop's as it is now."""
    kept: dict[str, Any] = {}
    if turn.version_id is not None:
        kept = BotVersion.objects.filter(pk=turn.version_id).values_list("persona", flat=True).first() or {}
    manners = kept or of_shop(turn.shop_id)
    language = turn.language
    plain = next((manners[each] for each in (language, language.split("-")[0], "") if each in manners), {})
    return Voice(Manner.read(plain), language, turn.shop_name, turn.personal.get("name", "").split(" ")[0])


@dataclass(frozen=True)
class Voice:
    """A manner in one talk: with whom, for which shop, in which language."""

    manner: Manner
    language: str
    shop: str
    name: str = ""

    @property
    def who(self) -> str:
        """What it says it is. It is always a program."""
        line = _lines()["who"]["named" if self.manner.name else "unnamed"]
        return scripts.in_language(line, self.language).replace("{bot}", self.manner.name).replace("{shop}", self.shop)

    def called(self) -> str:
        """Its name, to whoever asks who is speaking; nothing where it has none."""
        line = scripts.in_language(_lines()["called"], self.language)
        return line.replace("{bot}", self.manner.name) if self.manner.name else ""

    def greeting(self) -> str:
        name = self.name if self.manner.greets_by_name else ""
        if self.manner.greeting and (name or "{name}" not in self.manner.greeting):
            hello = self.manner.greeting.replace("{name}", name).replace("{shop}", self.shop)
        else:
            hello = self._line("hello_name" if name else "hello").replace("{name}", name)
        return " ".join([hello, self.who, *([] if self.is_short else [self._line("offer")])])

    def thanks(self) -> str:
        return self._line("thanks") if self.is_short else f"{self._line('thanks')} {self._line('more')}"

    def goodbye(self) -> str:
        return self._line("goodbye")

    def samples(self) -> list[tuple[str, str]]:
        """What shoppers say, and what they hear: for staff to look at."""
        order = _("Your parcel has left.")
        said = [
            (text, self._worded(answer))
            for text, answer in (
                (_("Hello"), self.greeting()),
                (_("Are you a bot?"), f"{self.called()} {self.who}".strip()),
                (_("Thank you"), self.thanks()),
                (_("Goodbye"), self.goodbye()),
            )
        ]
        asked = {
            "frustrated": _("This is ridiculous!!!"),
            "confused": _("I do not understand."),
            "pleased": _("Great service."),
            "urgent": _("It is urgent."),
        }
        for kind, text in asked.items():
            lines = [] if self.is_short and kind != "frustrated" else self._lines(kind)
            said += [(text, self._worded(f"{line} {order}")) for line in lines or [""]]
        return [(text, answer.strip()) for text, answer in said]

    @property
    def is_short(self) -> bool:
        return self.manner.length == Persona.Length.SHORT

    def felt(self, reply: Reply, mood: Mood, turn: Turn) -> Reply:
        """The reply after a line for how she sounds; not the one that was said last."""
        kind = "urgent" if mood.kind == NEUTRAL and mood.is_urgent else mood.kind
        if not reply.text or kind == NEUTRAL or (self.is_short and not mood.wants_care):
            return reply
        lines = [self._worded(line) for line in self._lines(kind)]
        said = (line.text for line in reversed(turn.history) if line.author == Author.BOT)
        last = next((lines.index(line) for text in said for line in lines if text.startswith(line)), len(lines) - 1)
        return joined(Reply(lines[(last + 1) % len(lines)]), reply)

    def worded(self, reply: Reply) -> Reply:
        """Its own words as the shop wants them. What is quoted, or told of a record, stays as it stands there."""
        if reply.citations or reply.record or "seal" in reply.asks or not (self.manner.says or self.manner.never):
            return reply
        return replace(reply, text=self._worded(reply.text))

    def _worded(self, text: str) -> str:
        text = text.replace(self.who, _IT)
        for said, instead in self.manner.says:
            text = re.sub(_whole(said), lambda found, instead=instead: _like(found[0], instead), text, flags=re.I)  # type: ignore[misc]
        for words in self.manner.never:
            rows = [_without(row, words) for row in text.split("\n")]
            left = "\n".join(row for row in rows if row is not None).strip()
            text = left or re.sub(r"\s{2,}", " ", re.sub(_whole(words), "", text, flags=re.I)).strip() or text
        return text.replace(_IT, self.who)

    def _line(self, kind: str) -> str:
        return scripts.in_language(_lines()[kind][self.manner.tone], self.language)

    def _lines(self, kind: str) -> list[str]:
        return [scripts.in_language(line, self.language) for line in _lines()[kind][self.manner.tone]]


def pairs(told: str) -> Iterator[tuple[str, str]]:
    """The words of each line, and what is said instead."""
    for row in _rows(told):
        said, _equals, instead = row.partition("=")
        yield said.strip(), instead.strip()


def _rows(told: str) -> Iterable[str]:
    return [row.strip() for row in told.splitlines() if row.strip()]


def _without(row: str, words: str) -> str | None:
    """The row without its sentences that have these words; none where nothing is left of it."""
    kept = [sentence for sentence in _ENDS.split(row) if not re.search(_whole(words), sentence, re.I)]
    return " ".join(kept) if kept else None


def _whole(words: str) -> str:
    return rf"(?<!\w){re.escape(words)}(?!\w)"


def _like(said: str, instead: str) -> str:
    return instead[:1].upper() + instead[1:] if said[:1].isupper() else instead


@cache
def _lines() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(LINES.read_text(encoding="utf-8"))
    return found
