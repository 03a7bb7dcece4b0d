"""Engines: whatever can say a text in another language, one file each, off unless it is there.

An engine is given text in which everything that must stay is one private-use character, and a time within which it
answers or fails. What it says is trusted by nobody: `translate` checks it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Protocol

NAMES = ("model", "deepl", "libretranslate", "local", "apertium")


class Failed(Exception):
    """The engine gave no translation; the text says why, for operators."""


@dataclass(frozen=True)
class Health:
    """Whether an engine is there, and what an operator should know of it."""

    is_well: bool
    told: str


class Engine(Protocol):
    name: str

    def version(self) -> str:
        """Changes when its translations do."""

    def serves(self, source: str, target: str) -> bool:
        """Whether it has this pair; asked before every text, so it asks nobody."""

    def translate(self, text: str, source: str, target: str, *, seconds: float) -> str:
        """The text in the other language, or Failed."""

    def health(self) -> Health:
        """A word for operators."""


@lru_cache(maxsize=1)
def there() -> dict[str, Engine]:
    """The engines of this installation, by name, in the order of their usual quality."""
    makers: dict[str, Callable[[], Engine | None]] = {
        name: import_module(f"knowledge.language.engines.{name}").make for name in NAMES
    }
    return {name: engine for name, make in makers.items() if (engine := make()) is not None}
