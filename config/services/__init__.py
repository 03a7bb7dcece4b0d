"""The servers an installation stands on: named by the environment, or embedded in the data folder.

Importing this starts nothing: whoever needs the servers holds the folder.
"""

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from config import env
from config.services import addresses
from config.services.folder import Folder
from config.trouble import Trouble

__all__ = [
    "Trouble",
    "broker_url",
    "database",
    "embedded",
    "hold",
    "prepare",
    "redis_database",
    "redis_url",
    "secret_key",
    "with_our_programs",
]


def embedded() -> list[str]:
    """The servers that the environment does not name, so that we bring our own."""
    wanted = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}
    return [server for server, name in wanted.items() if not os.environ.get(name)]


def hold(data: Path | None = None, *, say: Callable[[str], None] | None = None) -> AbstractContextManager[Any]:
    """Use the data folder: the first one in starts its servers, the last one out stops them."""
    from config.services.holding import Hold  # the processes are of no concern to those who only want an address

    servers = embedded()
    return Hold(folder(data), servers, say=say or _print) if servers else nullcontext()


def prepare(migrate: Callable[[], None], data: Path | None = None) -> None:
    """Migrate a folder that is new, or whose first start was cut short; two first commands do it once."""
    place = folder(data)
    if "postgres" not in embedded() or place.stamp():
        return
    with place.alone("preparing"):
        if not place.stamp():
            _print("Preparing the database")
            migrate()
            place.write_stamp()


def with_our_programs(path: str) -> str:
    """A PATH on which psql, pg_dump and their like are found, in the version of the embedded server."""
    from config.services.postgres import programs

    return f"{programs()}{os.pathsep}{path}" if "postgres" in embedded() else path


def folder(data: Path | None = None) -> Folder:
    return Folder(data or env.data_folder())


def secret_key() -> str:
    return os.environ.get("SECRET_KEY") or folder().secret_key()


def database() -> dict[str, Any]:
    pool = env.flag("DATABASE_POOL", default=True)
    if url := os.environ.get("DATABASE_URL"):
        return addresses.database(url, pool=pool)
    from config.services.postgres import NAME, USER

    return addresses.settings({"NAME": NAME, "USER": USER, "HOST": str(folder().sockets)}, {}, pool=pool)


def redis_url() -> str:
    """Channel layer and cache."""
    from config.services.redis import url

    return os.environ.get("REDIS_URL") or url(folder(), 0)


def redis_database(url: str) -> str:
    """Which of the databases of a Redis this address names."""
    parts = urlsplit(url)
    named = dict(parse_qsl(parts.query)).get("db", "")
    return named or (parts.path.strip("/") if parts.scheme != "unix" else "") or "0"


def broker_url() -> str:
    """The queue: its own database of the embedded Redis, so that emptying a cache never drops a task."""
    from config.services.redis import broker_url

    return os.environ.get("BROKER_URL") or os.environ.get("REDIS_URL") or broker_url(folder(), 1)


def _print(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
