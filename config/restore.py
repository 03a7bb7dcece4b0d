"""Bring a backup back: all of it, or nothing."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from kombu.exceptions import OperationalError

from config import env, services, starting
from config.backup import (
    CHUNK,
    DATABASE,
    FILES,
    MANIFEST,
    Hashed,
    Manifest,
    Piece,
    Say,
    address,
    last_line,
    program,
    tables,
)
from config.services.folder import Folder
from config.services.supervisor import only_one
from config.trouble import Trouble

LARGEST_MANIFEST = 1 << 30


def restore(path: Path, *, say: Say, force: bool = False) -> Manifest:
    """Replace what is here by a backup, after every byte of it has been checked."""
    folder = services.folder()
    with only_one(folder), _opened(path) as tar:
        say("Checking the backup")
        manifest = verify(tar, path)
        starting.check_database()
        _refuse_newer(manifest)
        _refuse_company()
        if not force and not _is_empty():
            raise Trouble("This installation already holds data; back it up, then add --force to replace all of it.")
        with _staging(folder, manifest) as staging:
            say("Unpacking")
            dump = _unpack(tar, staging)
            say("Restoring the database")
            _load(dump, manifest, files=staging / "files")
    _forget_tasks(say)
    say("Bringing it to this version")
    starting.migrate(say)
    return manifest


def verify(tar: tarfile.TarFile, path: Path) -> Manifest:
    """Read the whole archive once: it holds what its manifest says, and nothing else."""
    damaged = Trouble(f"{path} is damaged or no backup of Aftersale; nothing was changed.")
    found: dict[str, Piece] = {}
    manifest = None
    try:
        for member in tar:
            if member.name in found or manifest is not None or not _is_ours(member):
                raise damaged
            content = tar.extractfile(member)
            if content is None or (member.name == MANIFEST and member.size > LARGEST_MANIFEST):
                raise damaged
            if member.name == MANIFEST:
                manifest = Manifest.load(content.read())
                continue
            hashed = Hashed(content, member.size)
            while hashed.read():
                pass
            found[member.name] = Piece(member.size - hashed.left, hashed.sha256.hexdigest())
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise damaged from error
    if manifest is None:
        raise damaged
    expected = {DATABASE: manifest.database} | {FILES + name: piece for name, piece in manifest.files.items()}
    if found != expected:
        raise damaged
    return manifest


def _is_ours(member: tarfile.TarInfo) -> bool:
    """A plain file in a place of ours: never a link, nor a way out of the folder."""
    inside = member.name.startswith(FILES) and ".." not in Path(member.name).parts and "\0" not in member.name
    return member.isreg() and (inside or member.name in (DATABASE, MANIFEST))


def _refuse_newer(manifest: Manifest) -> None:
    ours = {config.label for config in apps.get_app_configs()}
    known = {f"{app}.{name}" for app, name in MigrationLoader(connection).disk_migrations}
    unknown = {name for name in manifest.migrations if name.partition(".")[0] in ours} - known
    if _numbers(manifest.version) > _numbers(env.VERSION) or unknown:
        raise Trouble(
            f"This backup was made by Aftersale {manifest.version}, which is newer than this {env.VERSION}; "
            "install that version, then restore. Nothing was changed."
        )


def _refuse_company() -> None:
    """An installation that runs elsewhere on the same database would write into what we replace."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        others = cursor.fetchone()[0]
    if others:
        raise Trouble(
            f"{others} other connections use this database; stop Aftersale wherever it runs, then restore again."
        )


def _is_empty() -> bool:
    """Fresh tables are nothing to lose; a table that is not ours is."""
    found = set(tables())
    if not found:
        return True
    if "django_migrations" not in found:
        return False
    with connection.cursor() as cursor:
        for table in {"accounts_user", "accounts_shop"} & found:
            cursor.execute(f"SELECT 1 FROM public.{table} LIMIT 1")  # noqa: S608  (one of the two above)
            if cursor.fetchone():
                return False
    root = Path(settings.MEDIA_ROOT)
    return not (root.is_dir() and any(root.iterdir()))


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except FileNotFoundError:
        raise Trouble(f"There is no {path}.") from None
    except (tarfile.TarError, EOFError) as error:
        raise Trouble(f"{path} is damaged or no backup of Aftersale; nothing was changed.") from error
    except OSError as error:
        raise Trouble(f"Restoring stopped ({error.strerror or error}); nothing was changed.") from error


@contextmanager
def _staging(folder: Folder, manifest: Manifest) -> Iterator[Path]:
    """A closed place beside the attachments; what a killed predecessor left there goes first."""
    place = folder.path / "restoring"
    shutil.rmtree(place, ignore_errors=True)
    needed = manifest.database.bytes + sum(piece.bytes for piece in manifest.files.values())
    if shutil.disk_usage(folder.path).free < needed:
        raise Trouble(
            f"Unpacking needs {(needed >> 20) + 1} MB in {folder.path}; free some space. Nothing was changed."
        )
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _unpack(tar: tarfile.TarFile, staging: Path) -> Path:
    (staging / "files").mkdir(mode=0o700)
    for member in tar:
        target, content = staging / member.name, tar.extractfile(member)
        if content is not None and member.name != MANIFEST:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with target.open("wb") as file:
                shutil.copyfileobj(content, file, CHUNK)
            target.chmod(0o600)
    return staging / DATABASE


def _load(dump: Path, manifest: Manifest, *, files: Path) -> None:
    """One transaction: empty the database, fill it, count it, exchange the attachments, commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        server = cursor.fetchone()[0]
    reader, version = program("pg_restore", at_least=manifest.tool)
    writer, _ = program("psql", at_least=version)
    where, environment = address()
    connection.close()
    reading = [str(reader), "--file=-", "--no-owner", "--no-privileges", "--no-comments", str(dump)]
    writing = [str(writer), "-X", "-q", "-o", os.devnull, "-v", "ON_ERROR_STOP=1", f"--dbname={where}"]
    with tempfile.TemporaryFile() as complaints:
        with (
            subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=complaints, env=environment) as source,  # noqa: S603
            subprocess.Popen(  # noqa: S603
                writing, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, env=environment
            ) as target,
        ):
            try:
                done = _transfer(source, target, manifest, server=server, files=files)
            except BaseException:
                # Whatever happened, psql must not mistake the end of its input for the end of the story.
                target.kill()
                source.kill()
                raise
            if not done:
                source.kill()
                target.kill()
                if target.stdin is not None:
                    with suppress(OSError):
                        target.stdin.close()
        complaints.seek(0)
        said = complaints.read()
    if not done or target.returncode or source.returncode:
        raise Trouble(f"The database does not take the backup ({last_line(said)}); nothing was changed.")


def _transfer(
    source: subprocess.Popen[bytes],
    target: subprocess.Popen[bytes],
    manifest: Manifest,
    *,
    server: int,
    files: Path,
) -> bool:
    """Whether all of it went in. COMMIT is the last word, said only after everything else was found right."""
    if source.stdout is None or target.stdin is None or target.stdout is None:
        raise AssertionError
    with suppress(BrokenPipeError):
        target.stdin.write(b"BEGIN;\nSET LOCAL lock_timeout = '10s';\n" + _EMPTY)
        for line in _settled(source.stdout, server=server):
            target.stdin.write(line)
        if source.wait():
            target.kill()
            return False
        target.stdin.write(_counted(manifest) + b"\\echo whole\n")
        target.stdin.flush()
        if target.stdout.readline() != b"whole\n":
            return False
        with _exchanged(files):
            target.stdin.write(b"COMMIT;\n\\echo kept\n")
            target.stdin.close()
            if target.stdout.readline() != b"kept\n":
                raise BrokenPipeError
        return True
    return False


def _settled(lines: IO[bytes], *, server: int) -> Iterator[bytes]:
    """The script without the one setting that an older server does not know."""
    for number, line in enumerate(lines):
        if not (number < 40 and server < 17 and line.startswith(b"SET transaction_timeout")):
            yield line


def _counted(manifest: Manifest) -> bytes:
    """Statements that fail unless every table has the rows it had."""
    check = "DO $$ BEGIN IF (SELECT count(*) FROM public.{0}) <> {1} THEN RAISE EXCEPTION '{2} rows'; END IF; END $$;\n"
    quoted = connection.ops.quote_name
    return "".join(
        check.format(quoted(table), number, table.replace("'", "''")) for table, number in sorted(manifest.rows.items())
    ).encode()


@contextmanager
def _exchanged(files: Path) -> Iterator[None]:
    """Put the attachments of the backup in place, and the old ones back if the block fails."""
    if not isinstance(default_storage, FileSystemStorage):
        yield
        return
    root, old = Path(settings.MEDIA_ROOT), files.with_name("files.old")
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    root.rename(old)
    try:
        files.rename(root)
        yield
    except BaseException:
        if root.exists():
            root.rename(files)
        old.rename(root)
        raise


def _forget_tasks(say: Say) -> None:
    """Tasks that wait in the queue speak of rows that are no more."""
    try:
        current_app.control.purge()
    except (OSError, OperationalError):
        say("The queue does not answer, so tasks of before may still wait in it; they will find nothing to do.")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


# Our own rows, functions and types go; extensions, the schema and its rights stay, which may belong to somebody else.
_EMPTY = rb"""
DO $$
DECLARE
  doomed text;
BEGIN
  FOREACH doomed IN ARRAY coalesce((
    SELECT array_agg(format('DROP %s IF EXISTS public.%I CASCADE', CASE relkind
      WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE'
      ELSE 'TABLE' END, relname) ORDER BY relkind = 'S', relname)
    FROM pg_class one WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = one.oid AND deptype = 'e')
  ), '{}') LOOP EXECUTE doomed; END LOOP;
  FOREACH doomed IN ARRAY coalesce((
    SELECT array_agg(format('DROP ROUTINE IF EXISTS public.%I(%s) CASCADE', proname,
      pg_get_function_identity_arguments(oid)))
    FROM pg_proc one WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = one.oid AND deptype = 'e')
  ), '{}') LOOP EXECUTE doomed; END LOOP;
  FOREACH doomed IN ARRAY coalesce((
    SELECT array_agg(format('DROP TYPE IF EXISTS public.%I CASCADE', typname))
    FROM pg_type one WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'e', 'r')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_type'::regclass AND objid = one.oid AND deptype = 'e')
  ), '{}') LOOP EXECUTE doomed; END LOOP;
END $$;
"""
