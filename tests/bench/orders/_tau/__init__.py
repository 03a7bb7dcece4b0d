"""tau_retail: a fictional shop of 500 people and 1,000 orders, its policy, and tasks with the actions that solve them.

It is read from where it lies beside this project, and is not part of it; where it is missing, what needs it is skipped.
"""

import gzip
import json
from typing import Any

from config import env

FOLDER = env.ROOT.parent / "shared" / "data" / "tau_retail"
MISSING = f"tau_retail is not at {FOLDER.relative_to(env.ROOT.parent)} beside the project"


def is_here() -> bool:
    return (FOLDER / "db.json.gz").exists()


def database() -> dict[str, Any]:
    return json.loads(gzip.decompress((FOLDER / "db.json.gz").read_bytes()))


def tasks() -> list[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """Each task's number, and its gold actions by name with their arguments."""
    told = json.loads((FOLDER / "tasks_train.json").read_text())
    return [
        (task["id"], [(action["name"], action["arguments"]) for action in task["evaluation_criteria"]["actions"]])
        for task in told
    ]
