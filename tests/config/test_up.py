"""One running installation, used the way an operator uses it, from its first start to its last stop."""

import re
import signal
from pathlib import Path

import pytest

from tests.installation import PATIENCE, installation, wait_for

pytestmark = pytest.mark.xdist_group("installation")


@pytest.fixture(scope="module")
def running():
    with installation() as place:
        place.said = place.up("--no-demo")
        yield place
        assert place.stop(signal.SIGINT) == 0, "it did not stop in order"
        assert place.processes() == [], "a process outlived the installation"
        assert (place.data / "postgres" / "PG_VERSION").exists()


def test_it_says_where_it_is_and_is_healthy(running):
    status, words = running.get("/healthz")

    assert running.said[-1].endswith(f"Ready: {running.address}/")
    assert status == 200, words


def test_without_people_it_hands_out_a_key_that_opens_once(running):
    (said,) = [line for line in running.said if "first admin" in line]
    path = re.search(r"http://localhost:\d+(/\S+)", said).group(1)

    assert running.get(path)[0] == 200
    assert running.get(path[:-2] + "x/")[0] == 404


def test_commands_work_beside_it_and_leave_it_running(running):
    before = running.pids()

    done = running.manage("shell", "-v0", "-c", "from django.core.cache import cache; cache.set('a', 1); print('ok')")

    assert done.stdout == "ok\n", done.stderr
    assert running.pids() == before
    assert running.is_healthy()


def test_web_and_worker_keep_connections_and_commands_do_not(running):
    told = [Path(f"/proc/{running.pids()[part]}/environ").read_bytes() for part in ("web", "worker")]
    asked = running.manage("shell", "-v0", "-c", "import os; print(os.environ['DATABASE_POOL'])")

    assert asked.stdout == "0\n"
    assert not [environment for environment in told if b"DATABASE_POOL=0" in environment]


def test_a_second_one_on_the_same_folder_is_refused(running):
    done = running.manage("up")

    assert done.returncode == 1
    assert done.stderr.startswith(f"Aftersale already runs on {running.data} (process {running.process.pid})")
    assert running.is_healthy()


@pytest.mark.parametrize("part", ["web", "worker", "beat", "redis", "postgres", "keeper"])
def test_a_killed_part_comes_back(running, part):
    assert running.kill(part) < PATIENCE


def test_after_a_killed_supervisor_the_next_start_keeps_everything(running):
    running.ask("create table kept as select 'Emma' as name")
    running.process.kill()
    running.process.wait()
    assert wait_for(lambda: not running.processes()), "it left orphans"

    running.said = said = running.up()

    assert running.ask("select name from kept") == [("Emma",)]
    assert not any("Preparing" in line or "Setting up" in line for line in said)
    assert any("first admin" in line for line in said), "an empty shop stays empty without being told again"
