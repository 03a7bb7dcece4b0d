"""A whole installation on a scratch folder, driven from outside as an operator drives it."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg
import redis

from config import env
from config.services import redis as services_redis
from config.services.folder import Folder
from config.services.holding import Hold

# Somebody who is not root, and owns what root owns outside.
AS_ANOTHER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
SAID_IN = {"keeper": "keeper.state", "postgres": "postgres/postmaster.pid", "redis": "redis/redis.pid"}
PATIENCE = 180  # seconds, for a machine that is busy with other things; what never comes fails all the same
FROM_THE_TEST_RUN = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "SECRET_KEY", "AFTERSALE_DATA", "DATABASE_POOL", "PORT")


class Installation:
    def __init__(self, data: Path, **environment: str) -> None:
        self.data, self.port = data, free_port()
        own = {name: value for name, value in os.environ.items() if name not in FROM_THE_TEST_RUN}
        self.environment = own | {"AFTERSALE_DATA": str(data), "PORT": str(self.port)} | environment
        self.process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def manage(
        self, *arguments: str, before: tuple[str, ...] = (), timeout: float = PATIENCE, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, perhaps `before` which another one comes, such as unshare."""
        return subprocess.run(
            [*before, *self.command(*arguments)],
            cwd=env.ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            **options,
        )

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "manage.py", *arguments]

    def held(self) -> Hold:
        """Its servers, for as long as somebody holds them."""
        return Hold(Folder(self.data), ["postgres", "redis"], say=lambda words: None)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """What its database answers."""
        sockets = str(Folder(self.data).sockets)
        with psycopg.connect(host=sockets, user="aftersale", dbname="aftersale", autocommit=True) as link:
            answer = link.execute(question)
            return answer.fetchall() if answer.description else []

    def up(self, *arguments: str) -> list[str]:
        """Start everything and return what was said until it was ready."""
        self.process = subprocess.Popen(
            self.command("up", *arguments),
            cwd=env.ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        said = []
        for line in self.process.stdout:
            said.append(line.rstrip())
            if "Ready:" in line:
                return said
        raise AssertionError("\n".join(said))

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop and return its exit code."""
        if self.process is None:
            return 0
        process, self.process = self.process, None
        process.send_signal(number)
        with process.stdout as rest:
            rest.read()
        return process.wait(PATIENCE)

    def get(self, path: str, timeout: float = 5) -> tuple[int, bytes]:
        link = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            link.request("GET", path, headers={"Host": "localhost"})
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def is_healthy(self) -> bool:
        with suppress(OSError, HTTPException):
            return self.get("/healthz")[0] == 200
        return False

    def kill(self, part: str, *, by: int = signal.SIGKILL, within: float = PATIENCE) -> float:
        """Kill one part and return the seconds until all is well again, with another process in its place."""
        before, began = self.pids()[part], time.monotonic()
        os.kill(before, by)
        wait_for(lambda: self.pids().get(part, before) != before and self.is_well(), within)
        return time.monotonic() - began

    def is_well(self) -> bool:
        """Healthy by a probe of this moment: the answer of the last two seconds may be a dead worker's."""
        with suppress(redis.ConnectionError, redis.ResponseError):
            with redis.Redis.from_url(services_redis.url(Folder(self.data), 0)) as link:
                link.delete("as:health:answered", "as:health:asked")
            return self.is_healthy()
        return False

    def pids(self) -> dict[str, int]:
        """The process of each part that runs or did, by its name."""
        found: dict[str, int] = {}
        with suppress(OSError, ValueError):
            found |= json.loads((self.data / "up.state").read_text())
        for part, file in SAID_IN.items():
            with suppress(OSError, ValueError, IndexError):
                found[part] = int((self.data / file).read_text().split()[0])
        return found

    def processes(self) -> list[int]:
        """Every process that belongs to this folder: by its environment, its arguments, or its descriptors."""
        mark, found = os.fsencode(self.data), []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with suppress(OSError):
                    told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                    where = os.fsencode(os.readlink(entry / "cwd"))
                    if mark in told or where.startswith(mark):
                        found.append(int(entry.name))
        return found


@contextmanager
def installation(prefix: str = "aftersale-scratch-", **environment: str) -> Iterator[Installation]:
    """One on an empty folder, stopped and removed at the end."""
    data = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    one = Installation(data, **environment)
    try:
        yield one
    finally:
        with suppress(subprocess.TimeoutExpired):
            one.stop()
        shutil.rmtree(data, ignore_errors=True)


def free_port() -> int:
    """One below those that the system hands out to whoever asks for any, so that nobody is given it meanwhile."""
    dice = random.SystemRandom()
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", dice.randrange(15_000, 32_000))) as listening:
            return listening.getsockname()[1]


def pause(seconds: float = 0.05) -> None:
    """For polling something outside this process, which has no event to wait for."""
    time.sleep(seconds)


def wait_for(fact: Any, within: float = PATIENCE) -> bool:
    """Whether it becomes true in time."""
    until = time.monotonic() + within
    while not fact():
        if time.monotonic() > until:
            return False
        pause()
    return True


def can(*command: str) -> bool:
    """Whether this machine lets us run something after that command."""
    try:
        return subprocess.run([*command, "true"], capture_output=True).returncode == 0
    except OSError:
        return False
