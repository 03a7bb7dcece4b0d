"""Everything of an installation in one place: web, worker and beat, on top of a held data folder."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from config import env
from config.services.folder import Folder, try_lock
from config.services.holding import Hold
from config.services.process import Kept, follow
from config.trouble import Trouble

HEALTHY_WITHIN = 120.0
STOP_WITHIN = 15.0
TRIES = 3
LOOK_AT_SERVERS_EVERY = 0.5
DEAF_AFTER = 40.0  # seconds without a pulse; looking for a lost broker may rightly take half a minute
Say = Callable[[str], None]


@dataclass
class Child:
    """A Python process that serves this installation."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    descriptors: list[int] = field(default_factory=list)
    stop_signal: int = signal.SIGTERM

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603  (our own programs)
                [sys.executable, "-m", *self.command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=env.ROOT,
                env=os.environ | self.environment,
                pass_fds=self.descriptors,
                start_new_session=True,  # Ctrl-C reaches us alone, who stop the others in order
                preexec_fn=follow(self.stop_signal),
            )


class Supervisor:
    def __init__(self, folder: Folder, hold: Hold | None, listening: socket.socket, say: Say) -> None:
        self.folder, self.hold, self.listening, self.say = folder, hold, listening, say
        self.pulse = folder.path / "worker.pulse"
        self.kept = [Kept(child) for child in self._children()]
        self.written: dict[str, int] = {}

    def start(self) -> None:
        """Return when GET /healthz says that all is well."""
        for one in self.kept:
            one.start()
        self._write_state()
        until = time.monotonic() + HEALTHY_WITHIN
        while not is_healthy(self.listening):
            self._look()
            if worst := next((one for one in self.kept if one.failures >= TRIES), None):
                raise Trouble(f"The {worst.what.name} process does not start; {worst.what.log} says why.")
            if time.monotonic() > until:
                raise Trouble(f"Aftersale does not become healthy; see {self.folder.logs}, or ask `manage.py doctor`.")
            time.sleep(0.1)

    def also(self, child: Child) -> None:
        """Keep one more."""
        self.kept.append(Kept(child))
        self.kept[-1].start()

    def watch(self) -> None:
        """Keep all of it running until somebody tells us to stop."""
        servers_at = 0.0
        while True:
            self._look()
            if self.hold is not None and time.monotonic() >= servers_at:
                if not self.hold.is_kept():
                    self.say("The embedded servers stopped; starting them again")
                    self.hold.ensure()
                servers_at = time.monotonic() + LOOK_AT_SERVERS_EVERY
            self._end_a_deaf_worker()
            time.sleep(0.1)

    def stop(self) -> None:
        """In order: first nobody new comes in, then the work ends, then the clock."""
        self.listening.close()
        web, *others = self.kept
        web.stop(STOP_WITHIN)
        for one in others:
            one.ask_to_stop()
        for one in others:
            one.see_out(STOP_WITHIN)
        (self.folder.path / "up.state").unlink(missing_ok=True)

    def _look(self) -> None:
        for one in self.kept:
            code = one.revive()
            if code is not None:
                self.say(f"The {one.what.name} process ended ({_reason(code)}); starting it again")
        self._write_state()

    def _end_a_deaf_worker(self) -> None:
        """A worker whose loop has stopped turning takes no task and does not end: end it, so that it comes back."""
        worker = next(one for one in self.kept if one.what.name == "worker")
        with suppress(OSError):
            if worker.age > DEAF_AFTER and time.time() - self.pulse.stat().st_mtime > DEAF_AFTER:
                self.say("The worker does not move any more; starting it again")
                worker.end()

    def _children(self) -> Iterator[Child]:
        logs = self.folder.logs
        where, number = {"AFTERSALE_DATA": str(self.folder.path)}, self.listening.fileno()
        where["DATABASE_POOL"] = os.environ.get("SERVERS_POOL", "1")
        # Under load a handshake takes a while; who is cut off at once knocks again at once, and makes it worse.
        daphne = ["daphne", "--fd", str(number), "-v", "0", "--server-name", "aftersale"]
        daphne += ["--websocket_connect_timeout", "20", "config.asgi:application"]
        yield Child("web", daphne, logs / "web.log", where, [number])
        worker = ["celery", "-A", "config", "worker", "-l", "WARNING", "-c", str(env.workers()), "-n", "aftersale@%h"]
        worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        yield Child("worker", worker, logs / "worker.log", where | {"WORKER_PULSE": str(self.pulse)})
        yield Child("beat", ["celery", "-A", "config", "beat", "-l", "WARNING", "--pidfile="], logs / "beat.log", where)

    def _write_state(self) -> None:
        """Who runs, for the next start to see off should we be killed."""
        pids = {one.what.name: one.process.pid for one in self.kept if one.process is not None}
        if pids != self.written:
            with suppress(Trouble):  # a full disk is no reason to stop serving
                self.folder.write("up.state", json.dumps({"supervisor": os.getpid(), **pids}))
                self.written = pids


@contextmanager
def only_one(folder: Folder) -> Iterator[None]:
    """One installation runs on one folder. What a killed predecessor left behind is seen off first."""
    folder.make()
    lock = folder.open("up")
    try:
        if not try_lock(lock):
            pid = _state(folder).get("supervisor", "unknown")
            raise Trouble(
                f"Aftersale already runs on {folder.path} (process {pid}); "
                "stop it first, or name another folder with --data."
            )
        _see_off(folder, (pid for name, pid in _state(folder).items() if name != "supervisor"))
        yield
    finally:
        os.close(lock)


def listen(host: str, port: int) -> socket.socket:
    """Take the port now: visitors who come while the web process restarts wait in line instead of being turned away."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(512)
    except (OSError, OverflowError) as error:
        listening.close()
        why = error.strerror if isinstance(error, OSError) else "no such port"
        raise Trouble(f"Port {port} on {host} cannot be used ({why}); choose another with PORT or --port.") from error
    return listening


def is_healthy(listening: socket.socket) -> bool:
    host, port = listening.getsockname()[:2]
    link = HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=10)  # noqa: S104
    try:
        link.request("GET", "/healthz", headers={"Host": env.host_name()})
        return link.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        link.close()


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and Ctrl-C mean the same: stop everything in order. A second one changes nothing."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, interrupt)
    yield


def _see_off(folder: Folder, pids: Iterable[int]) -> None:
    """The kernel already asked the children of a killed supervisor to end; insist where one lingers."""
    until, ours = time.monotonic() + 5, os.fsencode(f"AFTERSALE_DATA={folder.path}")
    for pid in pids:
        with suppress(OSError):
            while ours in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                if time.monotonic() > until:
                    os.kill(pid, signal.SIGKILL)
                time.sleep(0.05)


def _state(folder: Folder) -> dict[str, int]:
    with suppress(OSError, ValueError):
        found = json.loads((folder.path / "up.state").read_text())
        if isinstance(found, dict):
            return found
    return {}


def _reason(code: int) -> str:
    if code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"
