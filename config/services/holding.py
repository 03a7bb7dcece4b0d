"""Holding the data folder: as long as anybody does, its embedded servers run."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from config import env
from config.services.folder import Folder, try_lock
from config.trouble import Trouble

READY_WITHIN = 90.0
GONE_WITHIN = 60.0


class Hold:
    """One holder. `scratch` servers are fast and forgetful, and their folder goes when they stop."""

    def __init__(
        self, folder: Folder, servers: list[str], *, say: Callable[[str], None], scratch: bool = False
    ) -> None:
        self.folder, self.servers, self.say, self.scratch = folder, servers, say, scratch
        self.lock = -1

    def __enter__(self) -> Self:
        self.folder.make()
        self.lock = self.folder.open("lock")
        fcntl.flock(self.lock, fcntl.LOCK_SH)
        try:
            self.ensure()
        except BaseException:
            self.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def ensure(self) -> None:
        """Return once every server answers; start a keeper when there is none."""
        until = time.monotonic() + READY_WITHIN
        while not self.is_kept():
            if self._keeper_is_free():
                self._start_keeper()
            if time.monotonic() > until:
                raise Trouble(f"The servers in {self.folder.path} do not answer; see {self.folder.logs}.")
            time.sleep(0.05)

    def is_kept(self) -> bool:
        """Whether a keeper has said that all we need is ready."""
        with suppress(OSError):
            words = (self.folder.path / "keeper.state").read_text().split()
            if len(words) > 1 and words[1] == "ready" and not self._keeper_is_free():
                if missing := set(self.servers) - set(words[2:]):
                    raise Trouble(
                        f"Another command uses {self.folder.path} without {' and '.join(sorted(missing))}; "
                        "set DATABASE_URL and REDIS_URL alike for both."
                    )
                return True
        return False

    def release(self) -> None:
        """Let go; the last one waits until the servers have stopped."""
        if self.lock < 0:
            return
        if try_lock(self.lock):
            self._stop_keeper()
        os.close(self.lock)
        self.lock = -1

    def _keeper_is_free(self) -> bool:
        try:
            keeper = os.open(self.folder.path / "keeper", os.O_RDWR)
        except FileNotFoundError:  # nobody kept it yet, or it was a scratch folder and is gone
            return True
        try:
            return try_lock(keeper)
        finally:
            os.close(keeper)

    def _start_keeper(self) -> None:
        command = [sys.executable, "-m", "config.services.keeper", str(self.folder.path), *self.servers]
        if self.scratch:
            command.append("--scratch")
        keeper = subprocess.Popen(  # noqa: S603  (ourselves)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=env.ROOT,
            start_new_session=True,
            text=True,
        )
        if keeper.stdout is None:
            raise AssertionError
        with keeper.stdout as words:
            for line in words:
                word, _, rest = line.strip().partition(" ")
                if word == "ready":
                    return
                if word == "trouble":
                    keeper.wait()
                    raise Trouble(rest)
                self.say(line.strip())
        if keeper.wait() > 0:
            raise Trouble(f"The servers in {self.folder.path} do not start; see {self.folder.logs}.")

    def _stop_keeper(self) -> None:
        if self._keeper_is_free():
            return
        with suppress(OSError, ValueError, IndexError):
            os.kill(int((self.folder.path / "keeper.state").read_text().split()[0]), signal.SIGTERM)
        until = time.monotonic() + GONE_WITHIN
        while not self._keeper_is_free() and time.monotonic() < until:
            time.sleep(0.02)
