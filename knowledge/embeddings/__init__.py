"""Text becomes vectors here and nowhere else: the only home of the embedding runtime."""

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from knowledge.embeddings import fake, minilm, remote
from knowledge.embeddings.minilm import WrongModel

__all__ = [
    "Engine",
    "Vectors",
    "WrongModel",
    "WrongRecipe",
    "chosen",
    "dimension",
    "embed",
    "knows",
    "pieces",
    "prepare",
    "ready",
    "recall",
    "recipe",
    "verify",
    "warm",
]

Vectors = NDArray[np.float32]
RECALLED = 8192  # texts whose vectors a process keeps at hand


class WrongRecipe(Exception):
    """The engine no longer makes vectors of this recipe."""


class Engine(Protocol):
    """One way to turn texts into vectors; `recipe` names model, runtime, precision and dimension."""

    @property
    def recipe(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def languages(self) -> frozenset[str]: ...

    def embed(self, texts: Sequence[str], *, bulk: bool) -> Vectors: ...


def prepare(progress: Callable[[str], None] | None = None) -> None:
    """Put what the chosen engine needs on disk; does nothing the second time."""
    if chosen() == "minilm":
        minilm.convert(progress or (lambda line: None))


def ready() -> bool:
    """Whether the chosen engine can embed without preparing anything first."""
    return minilm.converted() if chosen() == "minilm" else True


def verify() -> None:
    """Raise WrongModel when the bundled model is not the pinned one; an engine elsewhere vouches for itself."""
    if chosen() == "minilm":
        minilm.verify()


def warm() -> None:
    """Load the engine beside what this process does, so that its first question need not wait for it."""
    if ready():
        threading.Thread(target=embed, args=(["warm"],), name="warming", daemon=True).start()


def embed(texts: Sequence[str], *, bulk: bool = False, engine_name: str = "") -> Vectors:
    """One unit-length row a text; `bulk` may use more of the machine, and be slower for a lone text."""
    engine = _engine(engine_name)
    if not texts:
        return np.zeros((0, engine.dimension), np.float32)
    return engine.embed(texts, bulk=bulk)


def recall(texts: Sequence[str]) -> list[Vectors]:
    """The same of what is read again and again, as the sentences of articles are; never of what people say."""
    stamp = recipe()
    found = {text: vector for text in texts if (vector := _recalled.get((stamp, text))) is not None}
    unknown = list(dict.fromkeys(text for text in texts if text not in found))
    found |= zip(unknown, embed(unknown), strict=True)
    with _loading:
        for text in unknown:
            _recalled[stamp, text] = found[text]
        while len(_recalled) > RECALLED:
            del _recalled[next(iter(_recalled))]
    return [found[text] for text in texts]


def pieces(text: str) -> list[tuple[int, int]]:
    """Where each word piece of the bundled model starts and ends; chunks are measured in these."""
    return minilm.pieces(text)


def recipe(engine_name: str = "") -> str:
    """The stamp of a vector: vectors of different recipes are never compared."""
    return _engine(engine_name).recipe


def dimension(engine_name: str = "") -> int:
    return _engine(engine_name).dimension


def knows(language: str, engine_name: str = "") -> bool:
    """Whether an engine was made for a language; one that names none is taken to know them all."""
    languages = _engine(engine_name).languages
    return not languages or language.lower().split("-")[0] in languages


def chosen() -> str:
    """The name of the engine the settings ask for; others may be asked for by theirs while they still serve."""
    return str(getattr(settings, "EMBEDDINGS", "") or "minilm")


_recalled: dict[tuple[str, str], Vectors] = {}
_engines: dict[tuple[int, str], Engine] = {}
_loading = threading.Lock()


def _engine(name: str) -> Engine:
    """An engine, the chosen one by default, loaded once in each process: one taken through a fork would hang."""
    choice = name or chosen()
    key = (os.getpid(), choice)
    if key not in _engines:
        with _loading:
            if key not in _engines:
                _engines[key] = _load(choice)
    return _engines[key]


def _load(choice: str) -> Engine:
    if choice == "minilm":
        return minilm.load()
    if choice == "fake":
        return fake.Fake()
    return remote.Remote(choice, **_options())


def _options() -> dict[str, Any]:
    return dict(getattr(settings, "EMBEDDINGS_OPTIONS", {}))


def _after_fork() -> None:
    global _loading
    _loading = threading.Lock()  # another thread of the parent may have held it


os.register_at_fork(after_in_child=_after_fork)
