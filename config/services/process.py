"""A process of ours: it ends with us however we end, and comes back when it ends by itself."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 5 * 1024 * 1024
STEADY_AFTER = 30.0
LONGEST_PAUSE = 3.0


class Startable(Protocol):
    name: str
    log: Path
    stop_signal: int

    def start(self) -> subprocess.Popen[bytes]: ...


class Kept:
    """One process we answer for, and how often it failed lately."""

    def __init__(self, what: Startable) -> None:
        self.what = what
        self.process: subprocess.Popen[bytes] | None = None
        self.failures = 0
        self._started_at = self._start_at = 0.0

    def start(self) -> None:
        with suppress(OSError):
            if self.what.log.stat().st_size > LOG_LIMIT:
                self.what.log.replace(self.what.log.with_suffix(".log.1"))
        self.process, self._started_at = self.what.start(), time.monotonic()

    def revive(self) -> int | None:
        """Start it again if it ended: at once the first time, then ever more slowly. Its exit code, when it did."""
        now, code = time.monotonic(), None
        if self.process is not None and self.process.poll() is not None:
            code = self.process.returncode
            self.failures = 1 if now - self._started_at > STEADY_AFTER else self.failures + 1
            pause = 0.0 if self.failures == 1 else min(0.2 * 2**self.failures, LONGEST_PAUSE)
            self.process, self._start_at = None, now + pause
        if self.process is None and now >= self._start_at:
            self.start()
        return code

    @property
    def age(self) -> float:
        return time.monotonic() - self._started_at

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.what.stop_signal)

    def stop(self, within: float) -> None:
        self.ask_to_stop()
        self.see_out(within)

    def see_out(self, within: float) -> None:
        """Wait for one who was asked, and insist in the end."""
        if self.process is None:
            return
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class follow:
    """Run in a fresh child: have the kernel send it the signal when its parent dies, even by kill -9."""

    def __init__(self, number: int) -> None:
        self.number, self.parent = number, os.getpid()
        self.prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

    def __call__(self) -> None:
        if self.prctl is not None:
            self.prctl(PR_SET_PDEATHSIG, self.number, 0, 0, 0)
            if os.getppid() != self.parent:  # it died before we asked
                os.kill(os.getpid(), signal.SIGKILL)
