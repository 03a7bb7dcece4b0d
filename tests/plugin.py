"""One scratch Postgres and Redis for a test run, started before Django and gone with it, also after Ctrl-C.

Under xdist the controller starts them and migrates a template while the workers collect; each worker copies the
template and has its own Redis databases and its own folder, so that no worker sees another.
"""

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import env
from config.services import redis
from config.services.folder import Folder
from config.services.holding import Hold

TEMPLATE = "aftersale_template"
SCRATCH = "AFTERSALE_TEST_SCRATCH"

held: Hold | None = None
template: subprocess.Popen[bytes] | None = None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(args: list[str]) -> Iterator[None]:
    """Before pytest-django reads the settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None and not {"-h", "--help", "--version"} & set(args):
        _start()
    if scratch := os.environ.get(SCRATCH):
        _address(Folder(Path(scratch)), number=int(worker.removeprefix("gw")) + 1 if worker else 0)
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    global template
    from django.conf import settings

    # Pages are drawn without collecting the static files first.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if _is_controller(config):
        template = _migrate_template()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """A worker waits for the template, and does without one if it could not be made."""
    if not hasattr(session.config, "workerinput"):
        return
    from django.conf import settings

    scratch = Folder(Path(os.environ[SCRATCH]))
    with scratch.alone("template"):
        if (scratch.path / TEMPLATE).exists():
            settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = TEMPLATE


def pytest_unconfigure() -> None:
    if template is not None:
        template.terminate()
        template.wait()
    if held is not None:
        held.release()


def _start() -> None:
    global held
    scratch = Path(tempfile.mkdtemp(prefix="aftersale-tests-", dir="/tmp"))
    os.environ[SCRATCH] = str(scratch)
    held = Hold(Folder(scratch), ["postgres", "redis"], say=lambda words: None, scratch=True)
    held.__enter__()


def _address(scratch: Folder, *, number: int) -> None:
    """Where this process finds its own part of the scratch servers."""
    own = scratch.path / f"worker-{number}"
    Folder(own).make()
    (own / "static").mkdir(exist_ok=True)  # there is nothing in it, but WhiteNoise looks for it
    os.environ |= {
        "AFTERSALE_DATA": str(own),
        "DATABASE_URL": f"postgres:///aftersale?user=aftersale&host={scratch.sockets}",
        "DATABASE_POOL": "0",
        "REDIS_URL": redis.url(scratch, 2 * number),
        "BROKER_URL": redis.broker_url(scratch, 2 * number + 1),
        "SECRET_KEY": "for tests only, and the same in every process of a run",
    }


def _is_controller(config: pytest.Config) -> bool:
    return held is not None and bool(getattr(config.option, "tx", None))


def _migrate_template() -> subprocess.Popen[bytes]:
    """Fill a database in the background, by a process that inherits the lock for which the workers wait."""
    scratch = Folder(Path(os.environ[SCRATCH]))
    with psycopg.connect(host=str(scratch.sockets), user="aftersale", dbname="postgres", autocommit=True) as link:
        link.execute(f"create database {TEMPLATE}")
    database = os.environ["DATABASE_URL"].replace("/aftersale?", f"/{TEMPLATE}?")
    lock = scratch.open("template")
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        return subprocess.Popen(
            ["sh", "-c", f'"{sys.executable}" -m django migrate --verbosity 0 && touch "{scratch.path / TEMPLATE}"'],
            env=os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings"},
            cwd=env.ROOT,
            pass_fds=[lock],
        )
    finally:
        os.close(lock)
