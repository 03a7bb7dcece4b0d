"""The process that keeps the embedded servers of one data folder: starts, restarts and stops them.

Whoever needs the servers holds a shared lock on the folder. The kernel drops that lock however its holder ends, so the
keeper always learns that nobody is left, stops the servers and goes. If the keeper itself is killed, the kernel stops
the servers, and the next holder starts another keeper.
"""

import argparse
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from config.services.folder import Folder, try_lock
from config.services.postgres import Postgres
from config.services.process import Kept
from config.services.redis import Redis
from config.trouble import Trouble

Server = Postgres | Redis
SERVERS: dict[str, type[Postgres] | type[Redis]] = {"postgres": Postgres, "redis": Redis}
START_WITHIN = 60.0
STOP_WITHIN = 30.0
TRIES = 5


def wait_for(kept: Kept, server: Server) -> None:
    """Until it answers. A server that goes meanwhile is tried again: its predecessor may still be leaving."""
    until = time.monotonic() + START_WITHIN
    while not server.is_ready():
        kept.revive()
        if kept.failures and (why := server.why()):
            raise Trouble(why)
        if kept.failures > TRIES or time.monotonic() > until:
            raise Trouble(f"The embedded {server.name} does not start; {server.log} says why.")
        time.sleep(0.02)


def keep(folder: Folder, names: list[str], *, scratch: bool) -> None:
    """Serve until nobody holds the folder any more, or we are told to stop."""
    stop_asked = False

    def ask(*_: object) -> None:
        nonlocal stop_asked
        stop_asked = True

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lock = folder.open("lock")
    servers = [SERVERS[name](folder, scratch=scratch) for name in names]
    kept = [Kept(server) for server in servers]
    try:
        for one, server in zip(kept, servers, strict=True):
            server.prepare(_say)
            one.start()
        for one, server in zip(kept, servers, strict=True):
            wait_for(one, server)
        folder.write("keeper.state", f"{os.getpid()} ready {' '.join(names)}")
        _say("ready")
        _close_output(folder)
        while not stop_asked and not try_lock(lock):
            for one in kept:
                one.revive()
            time.sleep(0.1)
    finally:
        for one in reversed(kept):
            one.stop(STOP_WITHIN)
        folder.remove_sockets()
        if scratch:
            shutil.rmtree(folder.path, ignore_errors=True)


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("data", type=Path)
    options.add_argument("servers", nargs="+", choices=SERVERS)
    options.add_argument("--scratch", action="store_true", help="fast and forgetful, and removed at the end")
    chosen = options.parse_args()
    folder = Folder(chosen.data)
    lock, until = folder.open("keeper"), time.monotonic() + 1
    while not try_lock(lock):  # another keeper's, or for a moment a holder's who looks whether there is one
        if time.monotonic() > until:
            return 0
        time.sleep(0.02)
    folder.write("keeper.state", f"{os.getpid()} starting")
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
