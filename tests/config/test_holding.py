import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from config import env
from config.services import postgres
from config.services.folder import Folder
from tests.installation import AS_ANOTHER, PATIENCE, Installation, can, wait_for

COUNT = "from accounts.models import User; print(User.objects.count())"


def test_the_last_holder_stops_the_servers(ready):
    first, second = ready.held(), ready.held()
    with second:
        with first:
            pass
        assert ready.ask("select 1") == [(1,)]

    assert ready.processes() == []


def test_a_restart_keeps_what_was_written(ready):
    with ready.held():
        ready.ask("create table shop (name text)")
        ready.ask("insert into shop values ('Tante Emma')")

    with ready.held():
        assert ready.ask("select name from shop") == [("Tante Emma",)]


def test_the_servers_stop_when_their_only_holder_is_killed(ready):
    holder = hold_elsewhere(ready)
    assert ready.processes()

    holder.kill()
    holder.wait()

    assert wait_for(lambda: not ready.processes())


def test_a_killed_keeper_is_replaced_and_loses_nothing(ready):
    with ready.held() as hold:
        ready.ask("create table shop (name text)")
        os.kill(keeper_of(ready), signal.SIGKILL)
        assert wait_for(lambda: not hold.is_kept())

        hold.ensure()

        assert ready.ask("select * from shop") == []


def test_a_killed_server_comes_back_by_itself(ready):
    with ready.held():
        before = int((ready.data / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(before, signal.SIGKILL)

        assert wait_for(lambda: answers(ready))
        assert int((ready.data / "postgres" / "postmaster.pid").read_text().split()[0]) != before


def test_everything_in_the_folder_is_closed_to_others(ready):
    with ready.held():
        Folder(ready.data).secret_key()
        modes = {
            name: stat.S_IMODE((ready.data / name).stat().st_mode) for name in ("postgres", "redis", "run", "logs")
        }
        secret = stat.S_IMODE((ready.data / "secret_key").stat().st_mode)

    assert stat.S_IMODE(ready.data.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o700}
    assert secret == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
def test_root_runs_the_servers_as_nobody_and_opens_no_folder(place):
    home = Path(tempfile.mkdtemp(dir=place.data.parent))  # 0700, as a home may be
    inner = Installation(home / "data")
    try:
        with inner.held():
            owners = {Path(f"/proc/{pid}").stat().st_uid for pid in servers(inner)}

        assert owners == {65534}
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(home)


@pytest.mark.skipif(not can(*AS_ANOTHER), reason="this machine has no user namespaces")
def test_another_account_than_root_works_the_same(place):
    done = place.manage("migrate", "contenttypes", "-v0", before=AS_ANOTHER)

    assert done.returncode == 0, done.stderr
    assert (place.data / "postgres").stat().st_uid == os.geteuid()


def test_a_long_folder_name_leaves_the_sockets_short(place):
    deep = Installation(place.data / ("very" * 30) / "data")

    with deep.held():
        assert deep.ask("select 1") == [(1,)]
        sockets = Folder(deep.data).sockets
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (sockets, sockets.parent)}

    assert modes == {0o700}
    assert not sockets.parent.exists()


def test_a_pid_file_that_names_a_stranger_harms_nobody(ready):
    with ready.held():
        pass
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (ready.data / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n")
        (ready.data / "redis" / "redis.pid").write_text(f"{stranger.pid}\n")

        with ready.held():
            assert ready.ask("select 1") == [(1,)]

        assert stranger.poll() is None
        stranger.kill()


def test_a_server_that_outlived_its_keeper_is_seen_off(ready):
    server = postgres.Postgres(Folder(ready.data))
    with ready.held():
        pass
    server.prepare(lambda words: None)
    orphan = server.start()
    assert wait_for(server.is_ready)

    with ready.held():
        assert ready.ask("select 1") == [(1,)]
        assert orphan.poll() is not None


def test_a_half_made_cluster_is_made_anew(place):
    Folder(place.data).make()
    (place.data / "postgres.new").mkdir()
    (place.data / "postgres.new" / "PG_VERSION").write_text("18\n")

    with place.held():
        assert place.ask("select 1") == [(1,)]

    assert not (place.data / "postgres.new").exists()


def test_an_unfinished_first_start_is_finished_by_the_next_command(ready):
    with ready.held():
        ready.ask("create table django_migrations (id serial, app text, name text, applied timestamptz)")

    again = ready.manage("shell", "-v0", "-c", COUNT)

    assert again.stdout == "0\n", again.stderr


def test_commands_on_an_empty_folder_may_start_together(place):
    running = [
        subprocess.Popen(
            place.command("shell", "-v0", "-c", COUNT),
            cwd=env.ROOT,
            env=place.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [one.communicate(timeout=PATIENCE) for one in running]

    assert [words for words, _ in said] == ["0\n"] * 2, said
    assert json.loads((place.data / "VERSION").read_text()) == {"version": env.VERSION}


def test_named_servers_leave_the_embedded_ones_off(place):
    elsewhere = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL", "BROKER_URL")}
    place.environment |= elsewhere

    done = place.manage(
        "shell", "-v0", "-c", "from django.db import connection as c; c.ensure_connection(); print('ok')"
    )

    assert done.stdout == "ok\n", done.stderr
    assert not (place.data / "postgres").exists()
    assert not (place.data / "redis").exists()


def hold_elsewhere(place: Installation) -> subprocess.Popen[str]:
    """Another process that holds the folder until it is killed."""
    code = "from config import services; h = services.hold().__enter__(); print('held', flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=env.ROOT,
        env=place.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    return holder


def keeper_of(place: Installation) -> int:
    return int((place.data / "keeper.state").read_text().split()[0])


def servers(place: Installation) -> list[int]:
    pids = [place.data / "postgres" / "postmaster.pid", place.data / "redis" / "redis.pid"]
    return [int(path.read_text().split()[0]) for path in pids]


def answers(place: Installation) -> bool:
    try:
        return place.ask("select 1") == [(1,)]
    except psycopg.OperationalError:
        return False
