"""What is backed up comes back, all of it or nothing: on databases of the test's own, beside the suite's."""

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import uuid
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from config import backup, env, restore
from config.trouble import Trouble
from tests import factories
from tests.installation import PATIENCE

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
pytestmark = pytest.mark.xdist_group("backup")


class Place:
    """An installation of its own: a database and a data folder."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder
        self.files = folder / "files"

    @contextlib.contextmanager
    def here(self):
        """Be this installation for a while."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(connection.settings_dict, "NAME", self.name)
            patch.setattr("django.conf.settings.MEDIA_ROOT", str(self.files))
            patch.setenv("AFTERSALE_DATA", str(self.folder))
            connection.close()
            try:
                yield self
            finally:
                connection.close()

    def query(self, text):
        with self.here(), connection.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchall() if cursor.description else []

    def state(self):
        """Everything this installation holds, by table and by file."""
        with self.here(), connection.cursor() as cursor:
            found = {}
            for table in backup.tables():
                cursor.execute(
                    f'SELECT count(*), md5(string_agg(one::text, chr(10) ORDER BY one::text)) FROM "{table}" one'
                )
                found[table] = cursor.fetchone()
        files = {
            path.relative_to(self.files).as_posix(): path.read_bytes()
            for path in sorted(self.files.rglob("*"))
            if path.is_file()
        }
        return found, files

    def back_up(self, file):
        with self.here():
            return backup.write(file, at=AT, say=lambda words: None)

    def restore(self, file, **options):
        with self.here():
            return restore.restore(file, say=lambda words: None, **options)

    def manage(self, *arguments):
        socket = connection.settings_dict["HOST"]
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            env={
                **os.environ,
                "AFTERSALE_DATA": str(self.folder),
                "DATABASE_URL": f"postgres:///{self.name}?user=aftersale&host={socket}",
            },
            cwd=env.ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )


@contextlib.contextmanager
def _server():
    settings = connection.settings_dict
    with psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname="postgres", autocommit=True) as link:
        yield link


@pytest.fixture(scope="module")
def make_place(django_db_blocker, tmp_path_factory):
    made = []

    def make(template=None):
        name = f"place_{uuid.uuid4().hex[:12]}"
        folder = tmp_path_factory.mktemp("place")
        for inner in ("files", "logs", "beat"):
            (folder / inner).mkdir()
        (folder / "lock").touch()
        with _server() as link:
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            link.execute(create.format(sql.Identifier(name), sql.Identifier(template or "template0")))
        made.append(name)
        return Place(name, folder)

    with django_db_blocker.unblock():
        yield make
        with _server() as link:
            for name in made:
                link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def migrated(make_place):
    """Our tables and nobody in them: copied from the suite's template where there is one."""
    template = connection.settings_dict.get("TEST", {}).get("TEMPLATE")
    place = make_place(template)
    with place.here():
        call_command("migrate", verbosity=0)
    return place


@pytest.fixture(scope="module")
def lumen(make_place, migrated):
    """A shop with people, orders and attachments; the tests look at it and leave it as it is."""
    place = make_place(migrated.name)
    with place.here():
        shop = factories.ShopFactory(slug="lumen", name="Lumen & Loom — ü ✓")
        for number in range(20):
            customer = factories.CustomerFactory(shop=shop, name=f"O'Hara \\ {number}\n\ttab")
            factories.OrderLineFactory(order=factories.OrderFactory(customer=customer))
    (place.files / "2026" / "März").mkdir(parents=True)
    (place.files / "2026" / "März" / "Rechnung nº 1.pdf").write_bytes(os.urandom(300_000))
    (place.files / "empty").touch()
    (place.files / ("long" * 40)).write_bytes(b"x")
    return place


@pytest.fixture(scope="module")
def saved(lumen, tmp_path_factory):
    file = tmp_path_factory.mktemp("saved") / "lumen.tar"
    lumen.back_up(file)
    return file


@pytest.fixture
def empty(make_place):
    return make_place()


def _with_something_to_lose(make_place, lumen):
    place = make_place(lumen.name)
    with place.here():
        factories.ShopFactory(slug="other", name="Other")
    (place.files / "precious.txt").write_text("keep me")
    return place


@pytest.fixture(scope="module")
def other(make_place, lumen):
    """An installation with something of its own to lose: every test that refuses leaves it as it was."""
    return _with_something_to_lose(make_place, lumen)


@pytest.fixture
def doomed(make_place, lumen):
    """The same, for a test that replaces it."""
    return _with_something_to_lose(make_place, lumen)


def rewrite(source, target, *, change=None, drop=(), add=(), manifest=None):
    """The same archive with something else inside."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            if member.name in drop:
                continue
            content = old.extractfile(member).read()
            if change and member.name in change:
                content = change[member.name](content)
            if member.name == backup.MANIFEST:
                for extra, text in add:
                    extra.size = len(text)
                    new.addfile(extra, io.BytesIO(text))
                if manifest:
                    found = json.loads(content)
                    manifest(found)
                    content = json.dumps(found).encode()
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return target


def piece(content):
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


# --- the whole way


def test_what_goes_into_a_backup_comes_out_of_it(lumen, empty, saved):
    manifest = empty.restore(saved)

    assert empty.state() == lumen.state()
    assert manifest.rows == {table: count for table, (count, _) in lumen.state()[0].items()}
    assert manifest.rows["accounts_order"] == 20
    assert len(manifest.files) == 3
    assert manifest.made_at == AT.isoformat()


def test_a_restored_installation_goes_on_where_the_old_one_stopped(lumen, empty, saved):
    empty.restore(saved)

    with empty.here():
        factories.CustomerFactory(shop=factories.ShopFactory(slug="lumen"), name="The next one")
    assert empty.query("SELECT count(*) FROM accounts_customer") == [(21,)]
    keys = "SELECT conname, contype, conrelid::regclass::text FROM pg_constraint WHERE connamespace = 2200 ORDER BY 1"
    triggers = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
    indexes = "SELECT split_part(indexdef, ' WHERE ', 1) FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    for question in (keys, triggers, indexes):
        assert empty.query(question) == lumen.query(question)


def test_force_replaces_what_was_there_without_a_trace(lumen, doomed, saved):
    doomed.query("CREATE TABLE left_over (id int); CREATE TYPE left_type AS ENUM ('a')")
    doomed.restore(saved, force=True)

    assert doomed.state() == lumen.state()
    assert doomed.query("SELECT count(*) FROM pg_type WHERE typname = 'left_type'") == [(0,)]
    assert not (doomed.files / "precious.txt").exists()
    assert not list(doomed.folder.glob("restor*"))


def test_the_commands_do_the_same_from_outside(lumen, empty, tmp_path):
    file = tmp_path / "by-command.tar"

    made = lumen.manage("backup", file)
    assert made.returncode == 0, made.stderr
    assert "3 attachments" in made.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]

    done = empty.manage("restore", file)
    assert done.returncode == 0, done.stderr
    assert empty.state() == lumen.state()

    again = empty.manage("restore", file)
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert "Traceback" not in again.stderr


# --- what is refused, and changes nothing


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.9, 0.99])
def test_a_cut_file_changes_nothing(other, saved, tmp_path, share):
    before, cut = other.state(), tmp_path / "cut.tar"
    content = saved.read_bytes().rstrip(b"\0")  # what fills up the last block is nothing anybody would miss
    cut.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(Trouble, match="nothing was changed"):
        other.restore(cut, force=True)
    assert other.state() == before


def _flip(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def _member(name, kind=tarfile.REGTYPE, link=""):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


@pytest.mark.parametrize(
    "how",
    [
        {"change": {"database.dump": _flip}},
        {"change": {"files/2026/März/Rechnung nº 1.pdf": _flip}},
        {"change": {"manifest.json": lambda text: text[:-20]}},
        {"change": {"manifest.json": lambda text: b"[]"}},
        {"change": {"manifest.json": lambda text: b"{}"}},
        {"drop": ["database.dump"]},
        {"drop": ["files/empty"]},
        {"drop": ["manifest.json"]},
        {"add": [(_member("files/extra"), b"not in the manifest")]},
        {"add": [(_member("../../outside"), b"x")]},
        {"add": [(_member("files/../../outside"), b"x")]},
        {"add": [(_member("/tmp/outside"), b"x")]},
        {"add": [(_member("files/link", tarfile.SYMTYPE, "/etc/passwd"), b"")]},
        {"add": [(_member("files/hard", tarfile.LNKTYPE, "database.dump"), b"")]},
        {"add": [(_member("files/device", tarfile.CHRTYPE), b"")]},
        {"add": [(_member("files/empty"), b"")]},
        {"manifest": lambda found: found.update(product="something else")},
        {"manifest": lambda found: found.update(format=2)},
        {"manifest": lambda found: found.update(surprise=1)},
        {"manifest": lambda found: found["files"].update({"missing": piece(b"")})},
    ],
)
def test_an_archive_that_is_not_what_its_manifest_says_is_refused(saved, tmp_path, how):
    file = rewrite(saved, tmp_path / "damaged.tar", **how)

    with tarfile.open(file) as tar, pytest.raises(Trouble, match="nothing was changed"):
        restore.verify(tar, file)


@pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 20_000, b"\x1f\x8b" + b"x" * 500])
def test_a_file_that_is_no_archive_is_refused(other, tmp_path, content):
    file = tmp_path / "any.tar"
    file.write_bytes(content)

    with pytest.raises(Trouble, match="nothing was changed"):
        other.restore(file, force=True)


def test_a_file_that_is_not_there_is_one_clear_sentence(other, tmp_path):
    with pytest.raises(Trouble, match=r"There is no .*nowhere\.tar"):
        other.restore(tmp_path / "nowhere.tar")


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.update(version="99.0.0"),
        lambda found: found["migrations"].append("accounts.9999_from_the_future"),
    ],
)
def test_a_backup_of_a_newer_version_changes_nothing(other, saved, tmp_path, change):
    before = other.state()

    with pytest.raises(Trouble, match="newer"):
        other.restore(rewrite(saved, tmp_path / "newer.tar", manifest=change), force=True)
    assert other.state() == before


def test_an_installation_with_data_is_not_overwritten_by_accident(other, saved):
    before = other.state()

    with pytest.raises(Trouble, match="--force"):
        other.restore(saved)
    assert other.state() == before


def test_a_database_of_somebody_else_is_not_empty(empty, saved):
    empty.query("CREATE TABLE wordpress_posts (id int)")

    with pytest.raises(Trouble, match="--force"):
        empty.restore(saved)


def test_a_migrated_installation_without_people_is_empty(make_place, migrated, lumen, saved):
    place = make_place(migrated.name)

    place.restore(saved)
    assert place.state() == lumen.state()


def test_rows_that_went_missing_on_the_way_undo_everything(other, saved, tmp_path):
    before = other.state()
    wrong = rewrite(saved, tmp_path / "x.tar", manifest=lambda found: found["rows"].update(accounts_order=21))

    with pytest.raises(Trouble, match="nothing was changed"):
        other.restore(wrong, force=True)
    assert other.state() == before
    assert not list(other.folder.glob("restor*"))


def test_a_dump_that_breaks_off_undoes_everything(other, saved, tmp_path):
    """Its hash is right, so only the database notices: after the old rows are gone, inside the transaction."""
    before = other.state()
    with tarfile.open(saved) as tar:
        dump = tar.extractfile("database.dump").read()
    for share in (0.2, 0.9):
        cut = dump[: int(len(dump) * share)]
        file = rewrite(
            saved,
            tmp_path / f"{share}.tar",
            change={"database.dump": lambda _, cut=cut: cut},
            manifest=lambda found, cut=cut: found.update(database=piece(cut)),
        )
        with pytest.raises(Trouble, match="nothing was changed"):
            other.restore(file, force=True)
        assert other.state() == before


def test_attachments_that_cannot_be_exchanged_undo_the_database_too(other, saved, monkeypatch):
    before = other.state()
    honest = Path.rename

    def rename(self, target):
        if self.name == "files" and self.parent.name == "restoring":
            raise OSError(18, "Invalid cross-device link")
        return honest(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(Trouble, match="nothing was changed"):
        other.restore(saved, force=True)
    monkeypatch.undo()
    assert other.state() == before


def test_a_restore_that_is_killed_leaves_all_or_nothing(lumen, doomed, saved):
    before = doomed.state()
    process = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "restore", saved, "--force"],
        env={
            **os.environ,
            "AFTERSALE_DATA": str(doomed.folder),
            "DATABASE_URL": f"postgres:///{doomed.name}?user=aftersale&host={connection.settings_dict['HOST']}",
        },
        cwd=env.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    for line in process.stdout:
        if b"Restoring" in line:
            process.kill()
            break
    process.wait()
    process.stdout.close()
    with _server() as link:
        left = "SELECT 1 FROM pg_stat_activity WHERE datname = %s"
        while link.execute(left, [doomed.name]).fetchone():
            link.execute("SELECT pg_sleep(0.02)")

    rows, _files = doomed.state()
    assert rows in (before[0], lumen.state()[0])
    doomed.restore(saved, force=True)
    assert doomed.state() == lumen.state()


def test_a_running_installation_is_not_restored_over(other, saved):
    from config.services.folder import Folder
    from config.services.supervisor import only_one

    with only_one(Folder(other.folder)), pytest.raises(Trouble, match="already runs"):
        other.restore(saved, force=True)


def test_somebody_else_on_the_database_is_noticed(other, saved):
    settings = connection.settings_dict
    with (
        psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=other.name),
        pytest.raises(Trouble, match="1 other connection"),
    ):
        other.restore(saved, force=True)


def test_a_backup_replaces_no_file_unasked(lumen, tmp_path):
    file = tmp_path / "there.txt"
    file.write_text("mine")

    with pytest.raises(Trouble, match="already there"):
        lumen.back_up(file)
    assert file.read_text() == "mine"


def test_a_backup_that_cannot_be_written_is_one_clear_sentence(lumen, tmp_path):
    with pytest.raises(Trouble, match="cannot be written"):
        lumen.back_up(tmp_path / "no" / "such" / "folder.tar")


def test_a_disk_without_room_is_noticed_before_anything_happens(other, saved, monkeypatch):
    before = other.state()
    full = type("Usage", (), {"free": 400 << 20})
    monkeypatch.setattr("shutil.disk_usage", lambda path: full)
    monkeypatch.setattr(backup, "CHUNK", 1)
    manifest = backup.Manifest("0", "", 18, 18, backup.Piece(500 << 20, ""), {}, [])

    with pytest.raises(Trouble, match="501 MB"), restore._staging(restore.services.folder(), manifest):
        pass
    assert other.state() == before


def test_a_program_that_is_too_old_is_named():
    with pytest.raises(Trouble, match="pg_dump 99"):
        backup.program("pg_dump", at_least=99)
    with pytest.raises(Trouble, match="there is no pg_nothing here"):
        backup.program("pg_nothing", at_least=16)
    assert backup.program("pg_dump", at_least=16)[1] >= 16


def test_a_setting_older_servers_do_not_know_is_left_out():
    script = io.BytesIO(b"SET lock_timeout = 0;\nSET transaction_timeout = 0;\nCREATE TABLE x ();\n")

    assert b"".join(restore._settled(script, server=16)) == b"SET lock_timeout = 0;\nCREATE TABLE x ();\n"
    script.seek(0)
    assert b"transaction_timeout" in b"".join(restore._settled(script, server=17))
