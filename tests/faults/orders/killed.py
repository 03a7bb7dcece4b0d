"""Changes of orders in another system by workers that are killed: each once there or not at all, and told truly."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from config.services.folder import Folder
from config.services.holding import Hold
from tests.figures import Figure


@dataclass(frozen=True)
class Trial:
    actions: int = 500
    cut_off: int = 1000  # executions that had begun and were killed, at the least
    hands: int = 16
    doomed: float = 0.85  # how many of them are killed
    pause: float = 2.0  # seconds that a claim holds, and that whoever tries again waits
    seed: int = 20_260_305


def figures(trial: Trial = Trial()) -> Iterator[Figure]:
    """Half in a shop that keeps keys, half in one that does not, on a database of its own that is gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="aftersale-faults-", dir="/tmp"))
    ours = {"DATABASE_URL", "REDIS_URL", "BROKER_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in ours} | {
        "AFTERSALE_DATA": str(place),
        "EMBEDDINGS": "fake",
    }
    try:
        with Hold(Folder(place), ["postgres", "redis"], say=lambda words: None):
            subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=environment, check=True)
            yield from judged(trial, run(trial, environment))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def run(trial: Trial, environment: Mapping[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.faults.orders._killed", json.dumps(asdict(trial))]
    around = {**environment, "DATABASE_POOL": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}
    told = subprocess.run(command, env=around, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(told.stdout.splitlines()[-1]))


def judged(trial: Trial, told: dict[str, Any]) -> Iterator[Figure]:
    for scheme, found in told["shops"].items():
        counts = {"n": found["n"], "seed": trial.seed}
        yield Figure(f"orders.{scheme}.more_than_once", found["more_than_once"], "changes", 0, **counts)
        yield Figure(f"orders.{scheme}.told_wrongly", found["told_wrongly"], "changes", 0, **counts)
        yield Figure(f"orders.{scheme}.never_told", found["never_told"], "changes", 0, **counts)
        yield Figure(f"orders.{scheme}.told_twice", found["told_twice"], "changes", 0, **counts)
        yield Figure(f"orders.{scheme}.done", found["done"], "changes", **counts)
        yield Figure(f"orders.{scheme}.declined", found["declined"], "changes", **counts)
        yield Figure(f"orders.{scheme}.unclear", found["unclear"], "changes", 0, **counts)
    counts = {"n": trial.actions, "seed": trial.seed}
    yield Figure("orders.cut_off", told["killed"], "executions", trial.cut_off, "higher", **counts)
    yield Figure("orders.seconds", told["seconds"], "s", **counts)
