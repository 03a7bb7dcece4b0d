"""How soon an article is found after it was published, and that it is gone with its leaving, where all is running."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields

from config import env
from tests.figures import Figure
from tests.installation import installation

KNOWN = {field.name for field in fields(Figure)}


def figures() -> Iterator[Figure]:
    with installation(prefix="knowledge-bench-") as whole:
        whole.up("--no-demo")
        said = subprocess.run(
            [sys.executable, "-m", "tests.bench.knowledge._publishing"],
            cwd=env.ROOT,
            env=whole.environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=600,
        ).stdout
    for line in said.splitlines():
        if line.startswith("{"):
            yield Figure(**{name: value for name, value in json.loads(line).items() if name in KNOWN})
