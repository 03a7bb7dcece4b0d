"""Vectors from any LangChain embeddings model, named as `provider:model`."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Remote:
    """A model of somebody else's, asked through LangChain."""

    languages = frozenset[str]()

    def __init__(self, name: str, **options: Any) -> None:
        from langchain.embeddings import init_embeddings  # only installations that chose one pay for the import

        self.name = name
        self._model = init_embeddings(name, **options)

    @cached_property
    def dimension(self) -> int:
        return len(self._model.embed_query("dimension"))

    @cached_property
    def recipe(self) -> str:
        return f"{self.name}|langchain|float32|{self.dimension}"

    def embed(self, texts: Sequence[str], *, bulk: bool) -> NDArray[np.float32]:
        lone = len(texts) == 1 and not bulk
        rows = [self._model.embed_query(texts[0])] if lone else self._model.embed_documents(list(texts))
        vectors = np.asarray(rows, np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors
