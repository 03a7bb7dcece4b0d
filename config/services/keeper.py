"""The process that keeps the embedded servers of one data folder: starts, restarts and stops them.

Whoever needs the servers holds a shared lock on the folder. The kernel drops that lock however its holder ends, so the
keeper always learns that nobody is left, stops the servers and goes. If the keeper itself is killed, the kernel stops
the servers, and the next holder starts another keeper.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from config.services.folder import Folder, try_lock
from config.services.postgres import Postgres
from config.services.redis import Redis
from config.services.trouble import Trouble

Server = Postgres | Redis
SERVERS: dict[str, type[Postgres] | type[Redis]] = {"postgres": Postgres, "redis": Redis}
START_WITHIN = 60.0
STOP_WITHIN = 30.0
LOG_LIMIT = 5 * 1024 * 1024


class Kept:
    """One server, its process, and how often it failed lately."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.start_at = 0.0
        self.pause = 0.0

    def start(self) -> None:
        with suppress(OSError):
            if self.server.log.stat().st_size > LOG_LIMIT:
                self.server.log.replace(self.server.log.with_suffix(".log.1"))
        self.process, self.started_at = self.server.start(), time.monotonic()

    def wait(self) -> None:
        """Until it answers. A server that goes meanwhile is tried again: its predecessor may still be leaving."""
        until = time.monotonic() + START_WITHIN
        tries = 0
        while not self.server.is_ready():
            if self.process is None or self.process.poll() is not None:
                tries += 1
                if tries > 5:
                    raise Trouble(self.server.why())
                time.sleep(0.2 * tries)
                self.start()
            if time.monotonic() > until:
                raise Trouble(self.server.why())
            time.sleep(0.02)

    def revive(self) -> None:
        """Start it again if it died: at once the first time, then ever more slowly."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            lived = now - self.started_at
            self.pause = 0.0 if lived > 30 else min(max(self.pause * 2, 0.2), 5.0)
            self.process, self.start_at = None, now + self.pause
        if self.process is None and now >= self.start_at:
            self.start()

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(self.server.stop_signal)
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def keep(folder: Folder, names: list[str], *, scratch: bool) -> None:
    """Serve until nobody holds the folder any more, or we are told to stop."""
    stop_asked = False

    def ask(*_: object) -> None:
        nonlocal stop_asked
        stop_asked = True

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lock = folder.open("lock")
    kept = [Kept(SERVERS[name](folder, scratch=scratch)) for name in names]
    try:
        for one in kept:
            one.server.prepare(_say)
            one.start()
        for one in kept:
            one.wait()
        state(folder, f"{os.getpid()} ready {' '.join(names)}")
        _say("ready")
        _close_output(folder)
        while not stop_asked and not try_lock(lock):
            for one in kept:
                one.revive()
            time.sleep(0.1)
    finally:
        for one in reversed(kept):
            one.stop()
        if scratch:
            shutil.rmtree(folder.path, ignore_errors=True)
            shutil.rmtree(folder.sockets, ignore_errors=True)


def state(folder: Folder, words: str) -> None:
    fresh = folder.path / "keeper.state.new"
    fresh.write_text(words)
    fresh.replace(folder.path / "keeper.state")


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("data", type=Path)
    options.add_argument("servers", nargs="+", choices=SERVERS)
    options.add_argument("--scratch", action="store_true", help="fast and forgetful, and removed at the end")
    chosen = options.parse_args()
    folder = Folder(chosen.data)
    if not try_lock(folder.open("keeper")):
        return 0
    state(folder, f"{os.getpid()} starting")
    try:
        keep(folder, chosen.servers, scratch=chosen.scratch)
    except Trouble as trouble:
        _say(f"trouble {trouble}")
        return 1
    except Exception as error:  # whatever it is, the command that waits for us has to hear of it
        _say(f"trouble The embedded servers cannot be started: {error!r}.")
        return 1
    return 0


def _say(words: str) -> None:
    with suppress(OSError):  # whoever asked for us may be gone
        print(words, flush=True)


def _close_output(folder: Folder) -> None:
    """Let go of the terminal: we may outlive the command that started us."""
    log = os.open(folder.logs / "keeper.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


if __name__ == "__main__":
    sys.exit(main())
