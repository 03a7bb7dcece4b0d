"""A text in another language: from memory, else by the first engine whose words hold, else an honest no.

What must stay is masked before and looked for after (`masking`). An engine that fails or says something that does not
hold gives way to the next; one that fails again and again is not asked for a while.
"""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Customer, User
from knowledge.language import engines, glossary, masking, memory
from knowledge.language.masking import Masked
from knowledge.models import Translator, Trust

log = logging.getLogger(__name__)

LONGEST = 20_000  # characters that are translated at once
SECONDS = 8.0  # for all engines together
FAILURES, REST = 3, 30.0  # after so many failures in a row an engine is left alone for so many seconds


class Untranslated(Exception):
    """There is no translation; the text says why, fit for the team."""


class NoEngine(Untranslated):
    """Nobody here knows the two languages."""

    def __init__(self, source: str, target: str) -> None:
        super().__init__(f"no engine for {source} to {target}")
        self.source, self.target = source, target


class TooLong(Untranslated):
    """It would take too long."""


@dataclass(frozen=True)
class Translation:
    """What was said, in another language, by whom, and how far that may be relied on."""

    text: str
    source: str
    target: str
    by: str  # "memory", an engine, or "" where nothing had to be translated
    trust: str
    goes_out: bool  # whether a customer may be shown it unseen

    @property
    def told(self) -> dict[str, str]:
        """As it is kept beside a message."""
        return {"text": self.text, "from": self.source, "by": self.by, "trust": self.trust}


def translate(
    text: str,
    *,
    source: str,
    target: str,
    shop: int,
    keep: Iterable[str] = (),
    seconds: float = SECONDS,
    remember: bool = True,
    nearly: bool = True,
) -> Translation:
    """The text in another language, or Untranslated. `keep` names what stays; `remember` what the shop itself said.

    `nearly` allows an approved translation of nearly the same words, as a draft.
    """
    source, target = base(source), base(target)
    settled = glossary.of(shop, source, target)
    masked = _masked(text, keep=keep, terms=settled.terms)
    if source == target or not masked.has_words:
        return Translation(text, source, target, "", Trust.APPROVED, True)
    asked = order(shop)
    stamps = {name: f"{engine.version()} {settled.stamp}" for name, (engine, _goes_out) in asked.items()}
    serving = [name for name, (engine, _goes_out) in asked.items() if engine.serves(source, target)]
    stamp = stamps[serving[0]] if serving else ""
    trusted = {name: out for name, (_engine, out) in asked.items()}
    if (known := _remembered(masked, shop, source, target, stamp, nearly=nearly, goes_out=trusted)) is not None:
        return known
    if not serving:
        raise NoEngine(source, target)
    until, why = time.monotonic() + seconds, ""
    for place, name in enumerate(serving):
        engine, goes_out = asked[name]
        if _rests(name):
            why = f"{name} failed lately"
            continue
        try:
            left = (until - time.monotonic()) / (len(serving) - place)
            said = engine.translate(masked.text, source, target, seconds=max(left, 0.05))
            whole = masking.check(said, masked, source=source, target=target)
        except engines.Failed as error:
            _failed(name)
            why = f"{name}: {error}"
            log.warning("Translation from %s to %s failed: %s", source, target, why)
        except masking.Lost as error:  # its words do not hold; the engine itself is well
            why = f"{name}: {error}"
            log.info("A translation from %s to %s was not used: %s", source, target, why)
        else:
            _worked(name)
            if remember:
                memory.learn(masked, said, shop=shop, source=source, target=target, by=name, stamp=stamps[name])
            return _told(whole, source, target, name, goes_out)
    raise Untranslated(why)


def serves(source: str, target: str, *, shop: int) -> bool:
    """Whether any engine knows these two."""
    pair = base(source), base(target)
    return pair[0] == pair[1] or any(engine.serves(*pair) for engine, _goes_out in order(shop).values())


def approve(
    text: str,
    said: str,
    *,
    source: str,
    target: str,
    shop: int,
    by: User,
    customer: Customer | None = None,
    keep: Iterable[str] = (),
) -> None:
    """A person's own translation is remembered, if what must stay stands in both."""
    source, target = base(source), base(target)
    masked = _masked(text, keep=keep, terms=glossary.of(shop, source, target).terms)
    if source != target and masked.has_words and (kept := memory.marked(said, masked)) is not None:
        memory.learn(masked, kept, shop=shop, source=source, target=target, author=by, customer=customer)


def order(shop: int) -> dict[str, tuple[engines.Engine, str]]:
    """The engines that are there and may be asked, in the shop's order, each with whether its words go out."""
    there = engines.there()
    rows = {row.engine: row for row in Translator.objects.filter(shop=shop).order_by("position", "engine")}
    named = [name for name in rows if name in there and rows[name].is_on]
    others = [name for name in there if name not in rows]
    return {name: (there[name], rows[name].goes_out if name in rows else "never") for name in (*named, *others)}


def base(language: str) -> str:
    """en for en-GB."""
    return language.replace("_", "-").partition("-")[0].lower()


def _masked(text: str, *, keep: Iterable[str], terms: dict[str, str]) -> Masked:
    if len(text) > LONGEST:
        raise TooLong(f"longer than {LONGEST} characters")
    try:
        return masking.mask(text, keep=keep, terms=terms)
    except masking.TooMuch as error:
        raise TooLong("too many numbers and marks") from error


def _remembered(
    masked: Masked, shop: int, source: str, target: str, stamp: str, *, nearly: bool, goes_out: dict[str, str]
) -> Translation | None:
    found = memory.exact(masked, shop=shop, source=source, target=target, stamp=stamp)
    if found is None and nearly:
        found = memory.near(masked, shop=shop, source=source, target=target)
    if found is None:
        return None
    try:
        whole = masking.unmask(found.target, masked)
    except masking.Lost:
        return None
    if found.by:  # an engine's words are trusted as the engine is now
        return _told(whole, source, target, "memory", goes_out.get(found.by, "never"))
    is_sure = found.is_approved and found.alike == 1
    return Translation(whole, source, target, "memory", Trust.APPROVED if is_sure else Trust.DRAFT, is_sure)


def _told(whole: str, source: str, target: str, name: str, goes_out: str) -> Translation:
    trust = Trust.AUTO if goes_out == Trust.AUTO else Trust.DRAFT
    return Translation(whole, source, target, name, trust, goes_out != "never")


# Which engines have failed lately, in this process: name -> (how often in a row, when last)
_failures: dict[str, tuple[int, float]] = {}
_counting = threading.Lock()


def _failed(name: str) -> None:
    with _counting:
        _failures[name] = (_failures.get(name, (0, 0.0))[0] + 1, time.monotonic())


def _worked(name: str) -> None:
    with _counting:
        _failures.pop(name, None)


def _rests(name: str) -> bool:
    """After its rest one text tries whether it is well again."""
    often, last = _failures.get(name, (0, 0.0))
    return often >= FAILURES and time.monotonic() - last < REST
