"""Each measurement runs in a process of its own, on scratch servers of its own, and prints its figures."""

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import fields

from config import env
from tests.figures import Figure

OURS = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "AFTERSALE_DATA")
KNOWN = {field.name for field in fields(Figure)}


def measured(module: str) -> Iterator[Figure]:
    """The figures a module prints when it is run on a scratch installation."""
    scratch = tempfile.mkdtemp(prefix="knowledge-bench-")
    around = {name: value for name, value in os.environ.items() if name not in OURS}
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, module],
        cwd=env.ROOT,
        env=around | {"AFTERSALE_DATA": scratch, "DATABASE_POOL": "0", "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                yield Figure(**{name: value for name, value in json.loads(line).items() if name in KNOWN})
        if process.wait():
            raise RuntimeError(f"{module} failed with {process.returncode}")
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(scratch, ignore_errors=True)


def main(module: str) -> None:
    """Start the servers of the scratch installation, migrate it, and print what the module measures."""
    from config import services

    with services.hold(say=lambda words: None):
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        for figure in importlib.import_module(module).measure():
            print(figure.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
