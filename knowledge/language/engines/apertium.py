"""Apertium: rules and dictionaries of Debian's packages, kept running, one pipe of programs for each pair and process.

A pipe that answers nothing, or too late, is dead: its programs are killed and the text goes through a fresh one, once.
"""

import atexit
import os
import re
import select
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from knowledge.language.engines import Failed, Health

MODES = Path("/usr/share/apertium/modes")
CODES = {"en": "eng", "es": "spa", "fr": "fra", "pt": "por", "it": "ita", "ca": "cat", "gl": "glg", "eo": "epo"}
PIVOTS = ("es", "ca")
END = ".[][\n]"  # what the programs take for the end of a text, and give back
IDLE = 600  # seconds after which a pipe is let go
_MARKS = re.compile(r"[*#@](?=[^\W\d_])")  # before words it does not know or cannot form; ours are masked
_BROKEN = re.compile(r"[#@](?=[^\W\d_])")
_RESERVED = re.compile(r"([\\^$/\[\]{}<>@])")


class Dead(Failed):
    """The pipe is gone, or might as well be."""


class Pipe:
    """The programs of one pair, each reading what the one before it writes."""

    def __init__(self, mode: str) -> None:
        self.mode, self.lock, self.used_at = mode, threading.Lock(), time.monotonic()
        self.programs: list[subprocess.Popen[bytes]] = []
        before: int = subprocess.PIPE
        try:
            for command in _programs(mode):
                program = subprocess.Popen(  # noqa: S603  (Debian's own modes)
                    command,
                    stdin=before,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    process_group=self.programs[0].pid if self.programs else 0,
                )
                if self.programs:
                    os.close(before)
                assert program.stdout is not None
                before = os.dup(program.stdout.fileno())
                program.stdout.close()
                self.programs.append(program)
        except OSError as error:
            self.out = before
            self.close()
            raise Dead(f"{mode} does not start: {error.strerror}") from error
        stdin = self.programs[0].stdin
        assert stdin is not None
        self.into, self.out = stdin.fileno(), before
        os.set_blocking(self.into, False)

    def say(self, text: str, *, until: float) -> str:
        """Through all programs and back, or Dead."""
        self.used_at = time.monotonic()
        given, got = memoryview(f"{text}{END}\0".encode("utf-8", "replace")), bytearray()
        while not got.endswith(b"\0"):
            ready = select.poll()
            ready.register(self.out, select.POLLIN)
            if given:
                ready.register(self.into, select.POLLOUT)
            able = {number for number, _events in ready.poll(max(until - time.monotonic(), 0) * 1000)}
            if not able:
                raise Dead(f"{self.mode} does not answer in time")
            try:
                if self.into in able:
                    given = given[os.write(self.into, given[:4096]) :]
                if self.out in able:
                    if not (piece := os.read(self.out, 65_536)):
                        raise Dead(f"{self.mode} has died")
                    got += piece
            except OSError as error:
                raise Dead(f"{self.mode} has died") from error
        said = bytes(got[:-1]).decode("utf-8", "replace")
        if not said.endswith(END) or "\0" in said or (text.strip() and not said.removesuffix(END).strip()):
            raise Dead(f"{self.mode} answers nothing")
        return said.removesuffix(END)

    def close(self) -> None:
        """No program is left, whatever it was doing."""
        if self.programs:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.programs[0].pid, signal.SIGKILL)
        for program in self.programs:
            with suppress(OSError):
                program.kill()
            program.wait()
        if self.programs and self.programs[0].stdin:
            with suppress(OSError):
                self.programs[0].stdin.close()
        if self.out != subprocess.PIPE:
            with suppress(OSError):
                os.close(self.out)
            self.out = subprocess.PIPE

    def forget(self) -> None:
        """In a forked child: the pipe is the parent's."""
        with suppress(OSError):
            os.close(self.into)
        with suppress(OSError):
            os.close(self.out)


class Apertium:
    name = "apertium"

    def __init__(self) -> None:
        self.pipes: dict[str, Pipe] = {}
        self.opening = threading.Lock()
        os.register_at_fork(after_in_child=self._after_fork)
        atexit.register(self.close)

    def version(self) -> str:
        modes = sorted(path for path in MODES.glob("*-*.mode"))
        return f"apertium {max((int(path.stat().st_mtime) for path in modes), default=0)}"

    def serves(self, source: str, target: str) -> bool:
        return self.way(source, target) is not None

    def way(self, source: str, target: str) -> tuple[str, ...] | None:
        """The modes that lead from one language to the other: one, or two through a pivot."""
        if (direct := _mode(source, target)) is not None:
            return (direct,)
        for pivot in PIVOTS:
            if pivot not in (source, target) and (first := _mode(source, pivot)) and (second := _mode(pivot, target)):
                return (first, second)
        return None

    def translate(self, text: str, source: str, target: str, *, seconds: float) -> str:
        way, until = self.way(source, target), time.monotonic() + seconds
        if way is None:
            raise Failed(f"no way from {source} to {target}")
        said = _RESERVED.sub(r"\\\1", text)
        for mode in way:
            said = _clean(self._through(mode, said, until=until))
        said = re.sub(r"\\(.)", r"\1", said)
        return said if "  " in text else re.sub(" {2,}", " ", said)

    def warm(self, source: str, target: str) -> None:
        """Start the programs of a pair before somebody waits for them."""
        for mode in self.way(source, target) or ():
            self._through(mode, "", until=time.monotonic() + 10)

    def health(self) -> Health:
        pairs = sorted(path.stem for path in MODES.glob("???-???.mode")) + sorted(
            p.stem for p in MODES.glob("??-??.mode")
        )
        running = sum(len(pipe.programs) for pipe in self.pipes.values())
        return Health(bool(pairs), f"pairs {', '.join(pairs)}; {running} programs kept running")

    def close(self) -> None:
        with self.opening:
            for mode in list(self.pipes):
                self.pipes.pop(mode).close()

    def let_idle_go(self) -> None:
        """Each pair takes its memory: what nobody uses is ended."""
        late = time.monotonic() - IDLE
        for mode, pipe in list(self.pipes.items()):
            if pipe.used_at < late and pipe.lock.acquire(blocking=False):
                try:
                    self._drop(mode, pipe)
                finally:
                    pipe.lock.release()

    def _through(self, mode: str, text: str, *, until: float) -> str:
        for attempt in (1, 2):
            pipe = self._pipe(mode)
            if not pipe.lock.acquire(timeout=max(until - time.monotonic(), 0.001)):
                raise Failed(f"{mode} is busy")
            try:
                # The second half of the time belongs to the fresh pipe.
                now = time.monotonic()
                return pipe.say(text, until=now + (until - now) / (3 - attempt))
            except Dead:
                self._drop(mode, pipe)
                if attempt == 2:
                    raise
            except (
                BaseException
            ):  # a task's time is over in the middle of it: what comes next must not be read by another
                self._drop(mode, pipe)
                raise
            finally:
                pipe.lock.release()
        raise AssertionError("a second attempt returns or raises")

    def _pipe(self, mode: str) -> Pipe:
        with self.opening:
            if mode not in self.pipes:
                self.pipes[mode] = Pipe(mode)
            pipe = self.pipes[mode]
        self.let_idle_go()
        return pipe

    def _drop(self, mode: str, pipe: Pipe) -> None:
        if self.pipes.get(mode) is pipe:
            del self.pipes[mode]
        pipe.close()

    def _after_fork(self) -> None:
        for pipe in self.pipes.values():
            pipe.forget()
        self.pipes, self.opening = {}, threading.Lock()


def make() -> Apertium | None:
    return Apertium() if shutil.which("lt-proc") and any(MODES.glob("*-*.mode")) else None


def _mode(source: str, target: str) -> str | None:
    """The name of a pair, in whichever of its two spellings it is installed."""
    three = f"{CODES.get(source, source)}-{CODES.get(target, target)}"
    return next((name for name in (three, f"{source}-{target}") if (MODES / f"{name}.mode").exists()), None)


def _programs(mode: str) -> Iterator[list[str]]:
    for part in (MODES / f"{mode}.mode").read_text().strip().split("|"):
        program, *arguments = [word for word in shlex.split(part.replace("$1", "-g").replace("$2", "")) if word]
        yield [program, "-z", *arguments]


def _clean(said: str) -> str:
    """Without the marks of failure; Failed where they say that it is mostly that."""
    words = len(re.findall(r"[^\W\d_]+", said))
    if len(_BROKEN.findall(said)) * 2 > words or len(_MARKS.findall(said)) * 10 > words * 7:
        raise Failed("it does not know the words")
    return _MARKS.sub("", said)
