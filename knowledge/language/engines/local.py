"""A model of one's own, run here by CTranslate2: packages of Argos as they are, in a folder.

Each holds `metadata.json`, `sentencepiece.model` and the folder `model`; one that is still zipped is unpacked once.
"""

import json
import re
import struct
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings

from knowledge.language.engines import Failed, Health

_SENTENCE = re.compile(r"(?<=[.!?\u2026\u3002])\s+|\n+")
_SPACE = "\u2581"  # how SentencePiece writes a space
UNIGRAM = 1


@dataclass(frozen=True)
class Package:
    """One direction; `prefix` is what some models want to hear first of their target."""

    folder: Path
    source: str
    target: str
    prefix: str
    version: str


class Local:
    name = "local"

    def __init__(self, packages: dict[tuple[str, str], Package]) -> None:
        self.packages, self.loading = packages, threading.Lock()

    def version(self) -> str:
        return "local " + " ".join(sorted(f"{one.source}-{one.target}:{one.version}" for one in self.packages.values()))

    def serves(self, source: str, target: str) -> bool:
        return (source, target) in self.packages

    def translate(self, text: str, source: str, target: str, *, seconds: float) -> str:
        package, until = self.packages[source, target], time.monotonic() + seconds
        try:
            with self.loading:
                pieces, translator = _loaded(package)
            parts = _SENTENCE.split(text)
            gaps = _SENTENCE.findall(text)
            said = []
            for part in parts:
                if time.monotonic() > until:
                    raise Failed("the local model takes too long")
                said.append(_said(part, package, pieces, translator) if part.strip() else part)
        except (RuntimeError, ValueError, OSError) as error:
            raise Failed(f"the local model: {error}") from error
        return "".join(word + gap for word, gap in zip(said, [*gaps, ""], strict=True))

    def health(self) -> Health:
        for package in self.packages.values():
            try:
                _loaded(package)
            except Exception as error:
                return Health(False, f"{package.folder.name} cannot be used: {error}")
        return Health(True, "pairs " + ", ".join(f"{one}-{other}" for one, other in sorted(self.packages)))


def make() -> Local | None:
    found = {(one.source, one.target): one for one in _packages()} if settings.TRANSLATION_MODELS else {}
    return Local(found) if found else None


def _packages() -> Iterator[Package]:
    where = Path(settings.TRANSLATION_MODELS)
    for zipped in sorted(where.glob("*.argosmodel")):
        if not zipped.with_suffix("").exists():
            with zipfile.ZipFile(zipped) as file:
                file.extractall(zipped.with_suffix(""))
    for told in sorted(where.rglob("metadata.json")):
        try:
            about = json.loads(told.read_text("utf-8"))
            yield Package(
                told.parent,
                str(about["from_code"]),
                str(about["to_code"]),
                str(about.get("target_prefix") or ""),
                str(about.get("package_version", "")),
            )
        except (OSError, ValueError, KeyError):
            continue


def _said(text: str, package: Package, pieces: Any, translator: Any) -> str:
    tokens = pieces.encode(text).tokens
    prefix = [[package.prefix]] if package.prefix else None
    (result,) = translator.translate_batch(
        [tokens], target_prefix=prefix, replace_unknowns=True, max_decoding_length=2 * len(tokens) + 16, beam_size=2
    )
    said = "".join(result.hypotheses[0]).replace(_SPACE, " ").strip()
    return said.removeprefix(package.prefix).strip() if package.prefix else said


@lru_cache(maxsize=4)
def _loaded(package: Package) -> tuple[Any, Any]:
    ctranslate2: Any = import_module("ctranslate2")

    pieces = _tokenizer((package.folder / "sentencepiece.model").read_bytes())
    return pieces, ctranslate2.Translator(str(package.folder / "model"), device="cpu", intra_threads=1)


def _tokenizer(stored: bytes) -> Any:
    """The word pieces of a SentencePiece file, which is a protobuf: its pieces, how it normalises, and its kind."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    pieces, charsmap, kind = [], b"", UNIGRAM
    for field, value in _fields(stored):
        if field == 1:
            piece = dict(_fields(value))
            score = struct.unpack("<f", piece[2])[0] if 2 in piece else 0.0
            pieces.append((piece[1].decode("utf-8"), score, piece.get(3, 1)))
        elif field == 2:
            kind = dict(_fields(value)).get(3, UNIGRAM)
        elif field == 3:
            charsmap = dict(_fields(value)).get(2, b"")
    if kind != UNIGRAM:
        raise ValueError("only unigram models of SentencePiece can be read")
    unknown = next((at for at, (_text, _score, of) in enumerate(pieces) if of == 2), 0)
    tokenizer = Tokenizer(models.Unigram([(text, score) for text, score, _of in pieces], unk_id=unknown))
    steps: list[Any] = [normalizers.Precompiled(charsmap)] if charsmap else []
    tokenizer.normalizer = normalizers.Sequence([*steps, normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="always", split=False)
    return tokenizer


def _fields(stored: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a protobuf message: numbers, four or eight bytes, or bytes."""
    at = 0
    while at < len(stored):
        tag, at = _number(stored, at)
        match tag & 7:
            case 0:
                value, at = _number(stored, at)
                yield tag >> 3, value
            case 1 | 5 as width:
                size = 8 if width == 1 else 4
                yield tag >> 3, stored[at : at + size]
                at += size
            case 2:
                size, at = _number(stored, at)
                yield tag >> 3, stored[at : at + size]
                at += size
            case _:
                raise ValueError("this is no SentencePiece model")


def _number(stored: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while at < len(stored):
        byte = stored[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
    raise ValueError("this is no SentencePiece model")
