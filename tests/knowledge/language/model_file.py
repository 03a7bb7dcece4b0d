"""A package of Argos as small as can be: real files, random weights, a vocabulary of the tests' own words."""

import json
import random
import re
import struct

import numpy as np

from tests.knowledge.language.texts import SENTENCES

SPACE = "\u2581"


def words() -> list[str]:
    found = re.findall(r"\w+|[^\w\s]", " ".join(part for pair in SENTENCES for part in pair))
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZáéíóúñ¿?.,"
    marks = [chr(0xE000 + number) for number in range(16)]
    return [SPACE, *dict.fromkeys([*(f"{SPACE}{word}" for word in found), *letters, *marks])]


def make(folder, *, source="en", target="es", prefix=""):
    """Write the package into a folder."""
    import ctranslate2

    folder.mkdir(parents=True)
    about = {"package_version": "1.0", "from_code": source, "to_code": target, "target_prefix": prefix}
    (folder / "metadata.json").write_text(json.dumps(about))
    vocabulary = ["<unk>", "<s>", "</s>", *words()]
    (folder / "sentencepiece.model").write_bytes(_stored(vocabulary))
    spec = ctranslate2.specs.TransformerSpec.from_config(1, 2)
    _fill(spec, len(vocabulary))
    spec.config.add_source_eos = False
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    (folder / "model").mkdir()
    spec.save(str(folder / "model"))
    return folder


def _fill(spec, size, width=8, positions=512):
    """Random numbers wherever a weight belongs."""
    draw = np.random.default_rng(7)

    def norm(layer):
        layer.gamma, layer.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

    def linear(layer, out, into):
        layer.weight = draw.normal(size=(out, into)).astype(np.float32)
        layer.bias = np.zeros(out, np.float32)

    def attention(layer, *, own):
        sizes = [3 * width, width] if own else [width, 2 * width, width]
        for part, out in zip(layer.linear, sizes, strict=True):
            linear(part, out, width)
        norm(layer.layer_norm)

    for coder in (spec.encoder, spec.decoder):
        embeddings = coder.embeddings[0] if isinstance(coder.embeddings, list) else coder.embeddings
        embeddings.weight = draw.normal(size=(size, width)).astype(np.float32)
        coder.scale_embeddings = True
        coder.position_encodings.encodings = draw.normal(size=(positions, width)).astype(np.float32)
        norm(coder.layer_norm)
        for layer in coder.layer:
            attention(layer.self_attention, own=True)
            if hasattr(layer, "attention"):
                attention(layer.attention, own=False)
            norm(layer.ffn.layer_norm)
            linear(layer.ffn.linear_0, 2 * width, width)
            linear(layer.ffn.linear_1, width, 2 * width)
    linear(spec.decoder.projection, size, width)


def _stored(vocabulary: list[str]) -> bytes:
    """As SentencePiece writes it: a protobuf of pieces, and the kind of model."""
    draw, stored = random.Random(7), b""
    for place, text in enumerate(vocabulary):
        kind = 2 if place == 0 else 3 if place < 3 else 1
        score = 0.0 if place < 3 else -len(vocabulary) / (len(text) ** 2 + draw.random())
        piece = _bytes(1, text.encode()) + b"\x15" + struct.pack("<f", score) + b"\x18" + bytes([kind])
        stored += _bytes(1, piece)
    return stored + _bytes(2, b"\x18\x01") + _bytes(3, _bytes(1, b"identity"))


def _bytes(field: int, value: bytes) -> bytes:
    size, length = b"", len(value)
    while length > 127:
        size, length = size + bytes([length & 127 | 128]), length >> 7
    return bytes([field << 3 | 2]) + size + bytes([length]) + value
