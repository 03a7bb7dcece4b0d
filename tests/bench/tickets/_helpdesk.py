"""django-helpdesk on the same Postgres, in a database of its own."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from tests.bench import _peers

DATABASE = "helpdesk"


@contextmanager
def running(*, tickets: int, live: float, seed: int) -> Iterator[Callable[[], dict[str, float]]]:
    """What opens its list once, and says the milliseconds that took."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    server = connection.settings_dict
    database = {name: server[name] for name in ("HOST", "PORT", "USER", "PASSWORD")} | {"NAME": DATABASE}
    program = [_peers.programs("helpdesk") / "python", _peers.folder("helpdesk") / "site.py"]
    around = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    peer = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=around)

    def ask(facts: dict) -> dict:
        peer.stdin.write(json.dumps(facts) + "\n")
        peer.stdin.flush()
        line = peer.stdout.readline()
        if not line:
            raise RuntimeError(f"django-helpdesk ended with {peer.wait()}")
        return json.loads(line)

    try:
        ask({"database": database, "tickets": tickets, "live": live, "seed": seed})
        yield lambda: ask({})
    finally:
        peer.stdin.close()
        peer.wait(60)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
