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

__all__ = ["Engine", "Vectors", "WrongModel", "dimension", "embed", "prepare", "ready", "recipe"]

Vectors = NDArray[np.float32]


class Engine(Protocol):
    """One way to turn texts into vectors; `recipe` names model, runtime, precision and dimension."""

    recipe: str
    dimension: int

    def embed(self, texts: Sequence[str], *, bulk: bool) -> Vectors: ...


def prepare(progress: Callable[[str], None] | None = None) -> None:
    """Put what the chosen engine needs on disk; does nothing the second time."""
    if _choice() == "minilm":
        minilm.convert(progress or (lambda line: None))


def ready() -> bool:
    """Whether the chosen engine can embed without preparing anything first."""
    return minilm.converted() if _choice() == "minilm" else True


def embed(texts: Sequence[str], *, bulk: bool = False) -> Vectors:
    """One unit-length row a text; `bulk` may use more of the machine, and be slower for a lone text."""
    engine = _engine()
    if not texts:
        return np.zeros((0, engine.dimension), np.float32)
    return engine.embed(texts, bulk=bulk)


def recipe() -> str:
    """The stamp of a vector: vectors of different recipes are never compared."""
    return _engine().recipe


def dimension() -> int:
    return _engine().dimension


def _choice() -> str:
    return str(getattr(settings, "EMBEDDINGS", "") or "minilm")


_engines: dict[tuple[int, str], Engine] = {}
_loading = threading.Lock()


def _engine() -> Engine:
    """The chosen engine, loaded once in each process: one taken through a fork would hang."""
    choice = _choice()
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
