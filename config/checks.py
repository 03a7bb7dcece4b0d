"""What `manage.py check` asks of an installation beyond Django's own questions; the doctor asks it too."""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Any

import redis
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections

from accounts import limits
from config.starting import OLDEST_PGVECTOR, OLDEST_POSTGRES

REDIS_PY = 8
SECRET_KEY_LENGTH = 40
Apps = Sequence[AppConfig] | None


@register(Tags.security)
def secret_key(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    key = str(settings.SECRET_KEY)
    if settings.DEBUG or (len(key) >= SECRET_KEY_LENGTH and not key.startswith("django-insecure-")):
        return []
    hint = "Unset SECRET_KEY to have one made and kept in the data folder, or set 50 random characters."
    return [Error("SECRET_KEY can be guessed: sessions and links could be forged.", hint=hint, id="aftersale.E001")]


@register(Tags.compatibility)
def redis_client(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    if int(redis.__version__.split(".")[0]) < REDIS_PY:
        return []
    hint = 'Install the locked requirements, or pip install "redis<8".'
    return [Error(f"redis-py {redis.__version__} closes idle chat sockets.", hint=hint, id="aftersale.E002")]


@register(Tags.database)
def database(app_configs: Apps, databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    return [problem for alias in databases or () for problem in database_problems(alias)]


def database_problems(alias: str = "default") -> Iterator[CheckMessage]:
    """Whether this Postgres can carry us: its version, and the vectors of what the shop knows."""
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
            number, version = cursor.fetchone()
            cursor.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
            vector = (cursor.fetchone() or [None])[0]
    except DatabaseError as error:
        hint = "Start it, or mend DATABASE_URL."
        yield Error(f"The database does not answer: {error}".strip(), hint=hint, id="aftersale.E003")
        return
    if number < OLDEST_POSTGRES:
        hint = "Upgrade to PostgreSQL 16 or newer."
        yield Error(f"PostgreSQL {version} is too old.", hint=hint, id="aftersale.E004")
    if vector is None or _numbers(vector) < OLDEST_PGVECTOR:
        found = f"only pgvector {vector}" if vector else "no pgvector"
        hint = "Install pgvector 0.8 or newer on the database server (Debian: postgresql-NN-pgvector)."
        yield Error(f"The database server has {found}.", hint=hint, id="aftersale.E005")


@register
def rates(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name, text in settings.RATE_LIMITS.items():
        try:
            limits.parse(text or "")
        except ValueError as error:
            found.append(Error(f"RATE_LIMITS[{name!r}]: {error}.", id="aftersale.E006"))
    return found


@register
def shop_systems(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    hint = f"Known are {', '.join(settings.SHOP_ADAPTERS)}."
    return [
        Error(f"SHOP_SYSTEMS: there is no adapter {scheme}.", hint=hint, id="aftersale.E009")
        for scheme in (address.partition("+")[0] for address in settings.SHOP_SYSTEMS.values())
        if scheme not in settings.SHOP_ADAPTERS
    ]


@register(Tags.security)
def outgoing(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for entry in settings.OUTGOING_ALLOWED:
        try:
            network = ipaddress.ip_network(entry, strict=False)
        except ValueError:
            if "/" in entry or ":" in entry or "*" in entry:
                hint = "Write a host name such as erp.internal, an address, or a network such as 10.1.0.0/16."
                text = f"OUTGOING_ALLOWED: {entry} is neither a host nor a network, so it allows nothing."
                found.append(Error(text, hint=hint, id="aftersale.E007"))
            continue
        if network.prefixlen == 0:
            text = f"OUTGOING_ALLOWED: {entry} lets addresses typed in by others lead anywhere, also inside."
            found.append(Warning(text, hint="Name the hosts that the shop has to call.", id="aftersale.W001"))
    return found


@register(Tags.security)
def content_policy(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    weak = {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "https:", "http:"}
    directives: dict[str, Any] = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]}
    return [
        Error(f"The content security policy gives {name} away: {word}.", id="aftersale.E008")
        for name in ("default-src", "script-src", "style-src", "object-src", "base-uri")
        for word in sorted(weak & {str(source) for source in directives.get(name, ())})
    ]


@register(Tags.security, deploy=True)
def public_address(app_configs: Apps, **options: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        hint = "Set ALLOWED_HOSTS to the names people type in, separated by commas."
        found.append(Warning("ALLOWED_HOSTS answers to any name.", hint=hint, id="aftersale.W002"))
    if settings.HTTPS and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        hint = "Set TRUSTED_PROXIES to the number of proxies in front, or all visitors share one rate limit."
        text = "HTTPS ends at a proxy, but TRUSTED_PROXIES is 0."
        found.append(Warning(text, hint=hint, id="aftersale.W003"))
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
