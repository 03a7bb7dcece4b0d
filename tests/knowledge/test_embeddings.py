"""The bundled model says what the original says, survives forks and is never another one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge import embeddings
from knowledge.embeddings import fake, minilm

TEXTS = [
    "Where is my order?",
    "When will my parcel arrive?",
    "How do I return a pair of shoes that does not fit?",
    "Die Rückgabe ist innerhalb von 30 Tagen kostenlos.",
    "The delivery takes three working days. " * 20,
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def bundled(settings, data):
    settings.DATA, settings.EMBEDDINGS = data, "minilm"
    embeddings.prepare()


def test_vectors_agree_with_a_forward_pass_written_out_in_numpy(bundled):
    tokenizer, weights = minilm.load().tokenizer, dict(minilm._safetensors(minilm._bundled() / "model.safetensors"))
    expected = np.stack([_forward(tokenizer.encode(text).ids, weights) for text in TEXTS])
    alone = np.concatenate([embeddings.embed([text]) for text in TEXTS])
    together = embeddings.embed(TEXTS, bulk=True)
    for vectors in (alone, together):
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), embeddings.dimension())
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
        assert (vectors * expected).sum(axis=1).min() > 0.98


def test_rows_come_back_in_the_order_asked(bundled):
    texts = [f"{'long ' * (number % 7)} text {number}" for number in range(80)]
    vectors = embeddings.embed(texts)
    for place in (0, 13, 79):
        assert (vectors @ embeddings.embed([texts[place]])[0]).argmax() == place


def test_a_question_is_nearest_to_what_it_means(bundled):
    parcel, order, shoes = embeddings.embed(TEXTS[1:2] + TEXTS[0:1] + TEXTS[2:3])
    assert order @ parcel > 0.4 > 0.3 > order @ shoes


def test_text_no_encoder_expects_still_gets_a_vector(bundled):
    vectors = embeddings.embed(["", "\ud800 half a pair", "\x00", "🙂" * 50, "word " * 10_000])
    assert np.isfinite(vectors).all()
    assert embeddings.embed([]).shape == (0, 384)


def test_a_loaded_model_survives_a_fork(bundled, data):
    script = f"""
import os, signal, sys
sys.path.insert(0, {str(Path(minilm.__file__).parents[2])!r})
from django.conf import settings
settings.configure(DATA={str(data)!r})
from knowledge import embeddings
before = embeddings.embed(["hello"])
child = os.fork()
if not child:
    signal.alarm(20)
    alike = float((embeddings.embed(["hello"]) * before).sum())
    sys.exit(0 if alike > .999 else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert subprocess.run([sys.executable, "-c", script], timeout=40, check=False).returncode == 0


def test_other_weights_are_refused(settings, tmp_path, monkeypatch):
    settings.DATA, settings.EMBEDDINGS = tmp_path / "data", "minilm"
    monkeypatch.setattr(minilm, "_bundled", lambda: tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"not the model")
    with pytest.raises(embeddings.WrongModel, match="not the pinned one"):
        embeddings.prepare()
    assert not embeddings.ready()


def test_preparing_leaves_no_scraps_and_is_done_once(settings, tmp_path):
    settings.DATA, settings.EMBEDDINGS = tmp_path, "minilm"
    lines: list[str] = []
    assert not embeddings.ready()
    embeddings.prepare(lines.append)
    assert embeddings.ready()
    assert lines[-1] == "the embedding model is ready"
    embeddings.prepare(lines.append)
    assert len(lines) == 3
    assert os.listdir(tmp_path / "models") == [minilm.folder().name]


def test_the_recipe_names_model_runtime_precision_and_dimension(settings):
    settings.EMBEDDINGS = "fake"
    assert embeddings.recipe() == fake.Fake.recipe
    assert minilm.RECIPE.split("|") == ["all-MiniLM-L6-v2@53aa5117", "ctranslate2", "int8", "384"]


def test_the_fake_is_deterministic_and_likes_shared_words(settings):
    settings.EMBEDDINGS = "fake"
    shoes, again, boots, parcel = embeddings.embed(["red shoes", "red shoes", "red boots", "late parcel"])
    assert shoes @ again == pytest.approx(1)
    assert shoes @ boots > 0.3 > shoes @ parcel


def test_any_langchain_model_may_serve(settings, monkeypatch):
    from langchain_core.embeddings import DeterministicFakeEmbedding

    settings.EMBEDDINGS = "somebody:their-model"
    monkeypatch.setattr("langchain.embeddings.init_embeddings", lambda name: DeterministicFakeEmbedding(size=16))
    vectors = embeddings.embed(["one", "two"])
    assert vectors.shape == (2, 16)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert embeddings.recipe() == "somebody:their-model|langchain|float32|16"


def _forward(pieces, weights):
    """The vector of a text by the textbook: BERT written out, in float32."""
    shape = json.loads((minilm._bundled() / "config.json").read_text())
    heads = shape["num_attention_heads"]

    def linear(name, rows):
        return rows @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(name, rows):
        centred = rows - rows.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + shape["layer_norm_eps"])
        return centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def gelu(rows):
        return rows * 0.5 * (1 + erf(rows / np.sqrt(2)))

    def erf(rows):  # Abramowitz and Stegun 7.1.26, right to 1.5e-7
        t = 1 / (1 + 0.3275911 * np.abs(rows))
        tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
        return np.sign(rows) * (1 - tail * np.exp(-rows * rows))

    states = norm(
        "embeddings.LayerNorm",
        weights["embeddings.word_embeddings.weight"][pieces]
        + weights["embeddings.token_type_embeddings.weight"][0]
        + weights["embeddings.position_embeddings.weight"][: len(pieces)],
    )
    for number in range(shape["num_hidden_layers"]):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            linear(f"{layer}.attention.self.{part}", states).reshape(len(pieces), heads, -1).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / np.sqrt(query.shape[-1])
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True) @ value).swapaxes(0, 1).reshape(states.shape)
        states = norm(f"{layer}.attention.output.LayerNorm", linear(f"{layer}.attention.output.dense", mixed) + states)
        inner = gelu(linear(f"{layer}.intermediate.dense", states))
        states = norm(f"{layer}.output.LayerNorm", linear(f"{layer}.output.dense", inner) + states)
    mean = states.mean(axis=0)
    return mean / np.linalg.norm(mean)


def test_what_is_read_again_is_embedded_once_and_not_without_end(settings, monkeypatch):
    settings.EMBEDDINGS = "fake"
    monkeypatch.setattr(embeddings, "RECALLED", 3)
    monkeypatch.setattr(embeddings, "_recalled", {})
    asked, embed = [], fake.Fake.embed
    monkeypatch.setattr(fake.Fake, "embed", lambda self, texts, **how: asked.extend(texts) or embed(self, texts, **how))

    first = embeddings.recall(["a lamp", "a rug", "a lamp"])
    again = embeddings.recall(["a rug", "a cable", "a bulb"])
    embeddings.recall(["a lamp"])

    assert asked == ["a lamp", "a rug", "a cable", "a bulb", "a lamp"]
    assert (first[1] == again[0]).all()
    assert len(embeddings._recalled) == 3
