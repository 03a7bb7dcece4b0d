"""Which account the embedded servers run as, and how it reaches its files without opening any folder to it."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.services.process import follow
from config.trouble import Trouble

BARE = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
PROGRAMS = Path("/var/lib/aftersale")


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()


def unprivileged() -> Account:
    """Ourselves, or `nobody` when we are root: Postgres refuses root, and Redis needs nothing of it."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Trouble(
            "Started as root, but there is no account named nobody to run Postgres as; start as another user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


class Reach:
    """Folders handed to a process of another account as open descriptors.

    A path through /proc/self/fd asks for no permission on the folders above, so an installation below a closed home
    (0700) works for root and not one of its folders has to be opened to anybody.
    """

    def __init__(self, account: Account, *folders: Path) -> None:
        self.account = account
        self.descriptors: list[int] = []
        self.paths = [str(folder) for folder in folders]
        if account.is_other:
            self.descriptors = [os.open(folder, os.O_PATH | os.O_DIRECTORY) for folder in folders]
            self.paths = [f"/proc/self/fd/{number}" for number in self.descriptors]

    def __enter__(self) -> "Reach":
        return self

    def __exit__(self, *_: object) -> None:
        for number in self.descriptors:
            os.close(number)

    def start(self, command: Sequence[str], *, log: IO[bytes], dies_by: int) -> subprocess.Popen[bytes]:
        """Start a process that gets `dies_by` from the kernel when we are gone, however we went."""
        other = self.account.is_other
        return subprocess.Popen(  # noqa: S603  (our own programs)
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=self.descriptors,
            cwd="/",
            env=BARE,
            start_new_session=True,
            preexec_fn=follow(dies_by),
            user=self.account.uid if other else None,
            group=self.account.gid if other else None,
            extra_groups=[] if other else None,
        )


def programs_for(account: Account, name: str, root: Path, parts: Sequence[str]) -> Path:
    """The folder of programs, or a copy of it where the account can reach them."""
    if not account.is_other or _passable(root / parts[0]):
        return root
    for home in (PROGRAMS, Path(tempfile.gettempdir()) / f"aftersale-programs-{os.geteuid()}"):
        copy = home / name
        try:
            home.mkdir(mode=0o755, parents=True, exist_ok=True)
            if home.lstat().st_uid != os.geteuid() or stat.S_ISLNK(home.lstat().st_mode) or not _passable(home):
                continue
            if not copy.exists():
                fresh = Path(tempfile.mkdtemp(dir=home))
                for part in parts:
                    source = root / part
                    (fresh / part).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copytree(source, fresh / part) if source.is_dir() else shutil.copy2(source, fresh / part)
                fresh.chmod(0o755)
                _publish(fresh, copy)
        except OSError:
            continue
        return copy
    raise Trouble(
        f"The account nobody cannot reach the programs in {root}; make {PROGRAMS} writable or start as another user."
    )


def _publish(fresh: Path, copy: Path) -> None:
    try:
        fresh.rename(copy)
    except OSError:  # somebody else was first
        shutil.rmtree(fresh)
        if not copy.is_dir():
            raise


def _passable(path: Path) -> bool:
    """Whether every account may walk to this path."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))
