"""The sets, the bars, and what the commands say: one setting for all, thresholds from training data alone."""

import random
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from chat import training
from chat.models import BotVersion
from tests.bench.knowledge import _sets
from tests.figures import Figure

Row = dict[str, Any]
SEEDS, SHOTS, ALONE = range(1, 6), 10, 1000


@dataclass(frozen=True)
class Set:
    """Examples to learn from, texts to be tried on, and the label that stands for none."""

    name: str
    train: str
    test: str
    none: str | None = None


BANKING = Set("banking77", "banking77/train.jsonl", "banking77/test.jsonl")
CLINC = Set("clinc150 val", "clinc150/train.jsonl", "clinc150/val.jsonl", "oos")
CUREKART = Set("hint3 curekart", "hint3/curekart_train.jsonl", "hint3/curekart_test.jsonl", "NO_NODES_DETECTED")


def measure() -> Iterator[Figure]:
    trained, found = _tried(BANKING)
    yield _figure(BANKING, "training", trained["seconds"], "s", bar=60, n=trained["examples"])
    yield _figure(BANKING, "accuracy", found["accuracy"], "share", bar=0.94, better="higher", n=found["n"])
    yield _figure(BANKING, "calibration error", found["calibration_error"], "share", bar=0.03, n=found["n"])
    yield from _alone(trained["version"])
    yield from _few()
    trained, found = _tried(CLINC)
    yield _figure(CLINC, "training", trained["seconds"], "s", bar=60, n=trained["examples"])
    inside, outside = found["in_scope"], found["out_of_scope"]
    yield _figure(CLINC, "in-scope accuracy", found["in_scope_accuracy"], "share", 0.955, "higher", n=inside)
    yield _figure(CLINC, "out-of-scope recall", found["out_of_scope_recall"], "share", 0.68, "higher", n=outside)
    yield _figure(CLINC, "calibration error", found["calibration_error"], "share", bar=0.03, n=found["n"])
    trained, found = _tried(CUREKART)
    yield _figure(CUREKART, "MCC", found["mcc"], "correlation", 0.68, "higher", n=found["n"], peer=0.603)
    yield _figure(CUREKART, "in-scope accuracy", found["in_scope_accuracy"], "share", n=found["in_scope"])
    yield _figure(CUREKART, "out-of-scope recall", found["out_of_scope_recall"], "share", n=found["out_of_scope"])
    yield _figure(CUREKART, "calibration error", found["calibration_error"], "share", bar=0.03, n=found["n"])


def _few() -> Iterator[Figure]:
    """Ten examples an intent, drawn five times."""
    rows = list(_sets.read(BANKING.train))
    told = []
    for seed in SEEDS:
        drawn: dict[str, list[Row]] = {}
        for row in random.Random(seed).sample(rows, len(rows)):
            drawn.setdefault(row["intent"], []).append(row)
        _, found = _tried(BANKING, [row for some in drawn.values() for row in some[:SHOTS]])
        told.append(found)
    n = sum(found["n"] for found in told)
    accuracy = round(statistics.mean(found["accuracy"] for found in told), 4)
    error = round(statistics.mean(found["calibration_error"] for found in told), 4)
    name = f"understanding.banking77, {SHOTS} examples an intent, seeds 1 to 5"
    yield Figure(f"{name}, accuracy", accuracy, "share", bar=0.845, better="higher", n=n)
    yield Figure(f"{name}, calibration error", error, "share", bar=0.03, n=n)


def _alone(name: str) -> Iterator[Figure]:
    """One message after the other, as they come."""
    learned = training.classifier_of(BotVersion.objects.get(name=name))
    texts = [row["text"] for row in _sets.read(BANKING.test)][: ALONE + 20]
    took = []
    for text in texts:
        started = time.perf_counter()
        learned.guesses([text])
        took.append((time.perf_counter() - started) * 1000)
    p50, p95 = (round(float(np.percentile(took[20:], percent)), 2) for percent in (50, 95))
    yield Figure("understanding.one message, p50", p50, "ms", n=ALONE)
    yield Figure("understanding.one message, p95", p95, "ms", bar=20, n=ALONE)


def _tried(one: Set, rows: Iterable[Row] | None = None) -> tuple[Row, Row]:
    """What training and evaluation say of a set."""
    label = ("--none-label", one.none) if one.none else ()
    with _sets.written(rows or _sets.read(one.train)) as train, _sets.written(_sets.read(one.test)) as test:
        trained = _sets.told("train_intents", "--data", train, *label)
        return trained, _sets.told("evaluate_intents", "--data", test, "--version", trained["version"], *label)


def _figure(one: Set, what: str, *given: Any, **more: Any) -> Figure:
    return Figure(f"understanding.{one.name}, {what}", *given, **more)
