"""DATABASE_URL as Django wants it."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config.trouble import Trouble

# One connection is kept warm for each process; a new one would cost every request some 15 ms.
POOL = {"min_size": 1, "max_size": 16, "timeout": 20, "max_idle": 300}


def database(url: str, *, pool: bool) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise Trouble(
            "DATABASE_URL must look like postgres://user:password@host:5432/name; Aftersale runs on Postgres only."
        )
    options = dict(parse_qsl(parts.query))
    found = {
        "NAME": unquote(parts.path.lstrip("/")) or options.pop("dbname", ""),
        "USER": unquote(parts.username or "") or options.pop("user", ""),
        "PASSWORD": unquote(parts.password or "") or options.pop("password", ""),
        "HOST": unquote(parts.hostname or "") or options.pop("host", ""),
        "PORT": str(parts.port or options.pop("port", "")),
    }
    return settings(found, options, pool=pool)


def settings(found: dict[str, str], options: dict[str, Any], *, pool: bool) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        **found,
        "OPTIONS": options | ({"pool": dict(POOL)} if pool else {}),
        # A pooled connection is tried before it is handed out, so a restarted database is not noticed.
        "CONN_HEALTH_CHECKS": True,
    }
