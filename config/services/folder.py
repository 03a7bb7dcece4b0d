"""The data folder: what lies where, who may use it now, and which version made it."""

import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from config import env
from config.services.account import Account
from config.trouble import Trouble

SOCKET_PATH_LIMIT = 107
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"
OURS = {"lock", "secret_key", "VERSION"}
ROOM_NEEDED = 300 * 1024 * 1024


@dataclass(frozen=True)
class Folder:
    path: Path

    @property
    def sockets(self) -> Path:
        """Inside the folder, or in a short one of its own where a socket's path would grow too long."""
        inside = self.path / "run"
        if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return inside
        mark = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path(f"/tmp/aftersale-{os.geteuid()}-{mark}/s")  # noqa: S108  (below a folder that is ours alone)

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def make(self) -> None:
        """Create the folder, closed to everybody else, or say why it cannot be used."""
        with self.plainly():
            if self.path.exists() and not self.path.is_dir():
                raise Trouble(f"{self.path} is not a folder; name another one with AFTERSALE_DATA.")
            self.path.mkdir(parents=True, exist_ok=True)
            inside = {entry.name for entry in self.path.iterdir()} - {"lost+found"}
            if inside and not {name.partition(".")[0] for name in inside} & OURS:
                raise Trouble(f"{self.path} already holds other files; name an empty folder with AFTERSALE_DATA.")
            self.path.chmod(0o700)
            (self.path / "lock").touch(mode=0o600)  # first of all, so that who comes next knows the folder as ours
            for name in ("logs", "files", "beat"):
                (self.path / name).mkdir(mode=0o700, exist_ok=True)
        if self.version() > _numbers(env.VERSION):
            raise Trouble(
                f"{self.path} belongs to Aftersale {self.stamp()['version']}, which is newer than this {env.VERSION}; "
                "install that version again, or name another folder with AFTERSALE_DATA."
            )
        if shutil.disk_usage(self.path).free < ROOM_NEEDED:
            raise Trouble(
                f"Less than {ROOM_NEEDED >> 20} MB are free for {self.path}; free some space and start again."
            )

    def make_sockets(self, account: Account) -> None:
        if self.sockets.parent != self.path:
            self.make_for(Account(os.geteuid(), os.getegid()), self.sockets.parent)
        self.make_for(account, self.sockets)

    def remove_sockets(self) -> None:
        """Leave nothing outside the folder."""
        if self.sockets.parent != self.path:
            shutil.rmtree(self.sockets.parent, ignore_errors=True)

    def make_for(self, account: Account, path: Path) -> None:
        """A closed folder that belongs to the account a server runs as."""
        with self.plainly():
            path.mkdir(mode=0o700, exist_ok=True)
            found = path.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.uid}:
                raise Trouble(f"{path} belongs to somebody else; remove it and start again.")
            path.chmod(0o700)
            if found.st_uid != account.uid:
                os.chown(path, account.uid, account.gid)

    def secret_key(self) -> str:
        """The installation's secret, made once and readable by its owner alone."""
        path = self.path / "secret_key"
        with self.plainly():
            if not path.exists():
                self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
                fresh = path.with_name(f"secret_key.{os.getpid()}")
                with open(fresh, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                    file.write(secrets.token_urlsafe(50))
                with suppress(FileExistsError):  # two first commands at once: the first one's key stays
                    os.link(fresh, path)
                fresh.unlink()
            return path.read_text()

    def stamp(self) -> dict[str, str]:
        with suppress(OSError, ValueError):
            found = json.loads((self.path / "VERSION").read_text())
            if isinstance(found, dict):
                return found
        return {}

    def version(self) -> tuple[int, ...]:
        return _numbers(self.stamp().get("version", "0"))

    def write_stamp(self, **facts: str) -> None:
        """Say that this version finished preparing the folder."""
        self.write("VERSION", json.dumps(self.stamp() | {"version": env.VERSION} | facts) + "\n")

    def write(self, name: str, words: str) -> None:
        """Whole or not at all: somebody may be reading."""
        with self.plainly():
            fresh = self.path / f"{name}.{os.getpid()}"
            fresh.write_text(words)
            fresh.replace(self.path / name)

    def open(self, name: str) -> int:
        with self.plainly():
            return os.open(self.path / name, os.O_RDWR | os.O_CREAT, 0o600)

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Wait until nobody else does the same thing to this folder, then do it."""
        lock = self.open(name)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def plainly(self) -> Iterator[None]:
        """Turn what the system says about the folder into a sentence for the operator."""
        try:
            yield
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise Trouble(f"The disk that holds {self.path} is full; free some space and start again.") from error
            raise Trouble(
                f"Cannot write to {self.path} ({error.strerror}); "
                "make it writable or name another folder with AFTERSALE_DATA."
            ) from error


def try_lock(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def see_off(path: Path, *, stop: int) -> None:
    """End the server that outlived its keeper, and drop a pid file that names nobody or, since a reboot, a stranger."""
    if sys.platform != "linux":  # elsewhere Postgres itself has to judge its pid file
        return
    with suppress(OSError, ValueError, IndexError):
        pid = int(path.read_text().split()[0])
        until = time.monotonic() + 20
        while os.readlink(f"/proc/{pid}/cwd") == os.path.realpath(path.parent):
            os.kill(pid, stop if time.monotonic() < until else signal.SIGKILL)
            time.sleep(0.1)
    path.unlink(missing_ok=True)


def words_since(log: Path, start: int) -> str:
    """What was logged since; the words of an earlier run explain nothing."""
    with suppress(OSError), log.open("rb") as file:
        file.seek(start)
        return file.read().decode(errors="replace")
    return ""
