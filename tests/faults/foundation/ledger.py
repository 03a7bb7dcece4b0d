"""Many write, readers are killed: is any event skipped, or any subject's events heard out of order?

Eight processes record events about 200 shops in transactions of random length: some draw their number long before the
lock, some hold several shops, some savepoints and some whole transactions are rolled back. Two workers hand the events
over by the real path and are killed with SIGKILL, again and again; so is a reader of `read_since` that keeps its own
cursor. The truth is counted under each shop's lock, apart from the ledger. Two simpler readers run beside them as
peers, never killed: one goes by id alone, one by windows of xids. What they get wrong shows that this trial can fail.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from config.services.folder import Folder
from config.services.holding import Hold
from tests.figures import Figure


@dataclass(frozen=True)
class Trial:
    events: int = 10_000
    shops: int = 200
    writers: int = 8
    seed: int = 20_260
    stall: float = 0.5  # seconds the longest transactions take
    ahead: int = 15  # settled events unheard at which writers wait: the workers shall read where it is dangerous


def figures(trial: Trial = Trial()) -> Iterator[Figure]:
    """On a database server of its own, which is gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="aftersale-faults-", dir="/tmp"))
    ours = {"DATABASE_URL", "REDIS_URL", "BROKER_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in ours} | {
        "AFTERSALE_DATA": str(place)
    }
    try:
        with Hold(Folder(place), ["postgres", "redis"], say=lambda words: None):
            subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=environment, check=True)
            yield from judged(trial, run(trial, environment))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def run(trial: Trial, environment: dict[str, str]) -> dict[str, Any]:
    """What everybody heard, as told by processes that work on the database the environment names."""
    command = [sys.executable, "-m", "tests.faults.foundation._ledger", json.dumps(asdict(trial))]
    environment = environment | {"DATABASE_POOL": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}
    told = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(told.stdout)


def judged(trial: Trial, told: dict[str, Any]) -> Iterator[Figure]:
    truth = {number: (shop, turn) for number, shop, turn in told["truth"]}
    counts = {"n": len(truth), "seed": trial.seed}
    by_id, by_xid = told["by_id"], told["by_xid"]
    for reader in ("subscriber", "read_since"):
        heard = told[reader]
        yield Figure(
            f"ledger.{reader}.skipped", skipped(truth, heard), "events", 0, peer=skipped(truth, by_id), **counts
        )
        yield Figure(
            f"ledger.{reader}.out_of_order",
            out_of_order(truth, heard),
            "events",
            0,
            peer=out_of_order(truth, by_xid),
            **counts,
        )
    effects = Counter(told["effects"])
    wrong = sum(effects[number] != 1 for number in truth) + len(effects.keys() - truth.keys())
    yield Figure("ledger.subscriber.effects_not_once", wrong, "events", 0, **counts)
    yield Figure(
        "ledger.subscriber.heard_again", len(told["subscriber"]) - len(set(told["subscriber"])), "events", **counts
    )
    yield Figure("ledger.kills", told["kills"], "kills", told["kills_wanted"], "higher", **counts)
    yield Figure("ledger.rolled_back", told["rolled_back"], "events", **counts)
    yield Figure("ledger.seconds", round(told["seconds"], 1), "s", **counts)


def skipped(truth: dict[int, Any], heard: list[int]) -> int:
    return len(truth.keys() - set(heard))


def out_of_order(truth: dict[int, tuple[int, int]], heard: list[int]) -> int:
    """Events heard for the first time after a later one of the same shop, plus those that never happened."""
    last: dict[int, int] = {}
    late = 0
    for number in dict.fromkeys(heard):
        shop, turn = truth.get(number, (0, -1))
        late += turn < last.get(shop, 0)
        last[shop] = max(turn, last.get(shop, 0))
    return late
