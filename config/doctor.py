"""What is wrong with this installation, part by part, and how to mend it."""

import importlib.metadata
import json
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

import django
import redis
from django.conf import settings
from django.core import checks as django_checks
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError

from accounts import mfa, outgoing, platforms
from accounts.models import Shop
from chat import nlu
from config import checks, env, health, services
from config.services.folder import ROOM_NEEDED, Folder, try_lock
from config.services.supervisor import listen
from config.trouble import Trouble
from knowledge import embeddings
from knowledge.language import engines as translators

WELL, NOTE, WRONG = "well", "note", "wrong"
COMFORT = 2 << 30  # bytes free below which we say so


@dataclass(frozen=True)
class Finding:
    part: str
    state: str
    says: str
    mend: str = ""


Findings = Iterator[Finding]


def examine() -> Findings:
    """Look at everything, and go on where something is wrong: one illness may explain another."""
    folder = services.folder()
    yield from _go_on("versions", versions)
    yield from _go_on("settings", configuration)
    yield from _go_on("data folder", lambda: data_folder(folder))
    yield from _go_on("disk", lambda: disk(folder))
    runs = runs_here(folder)
    yield from _go_on("port", lambda: port(runs=runs))
    yield from _go_on("model", model)
    yield from _go_on("mail", mail)
    yield from _go_on("files", files)
    yield from _go_on("engines", engines)
    try:
        with services.hold(say=lambda words: None):
            yield from _go_on("database", database)
            yield from _go_on("redis", redis_server)
            yield from _go_on("worker", lambda: worker(runs=runs))
            yield from _go_on("shop systems", shop_systems)
            yield from _go_on("understanding", understanding)
            connection.close()
    except Trouble as trouble:
        yield Finding("servers", WRONG, str(trouble))


def _go_on(part: str, look: Callable[[], Findings]) -> Findings:
    try:
        yield from look()
    except Trouble as trouble:
        yield Finding(part, WRONG, str(trouble))
    except Exception as error:
        yield Finding(part, WRONG, f"This could not be examined: {type(error).__name__}: {error}")


def versions() -> Findings:
    yield Finding(
        "versions",
        WELL if sys.version_info >= (3, 11) else WRONG,
        f"Aftersale {env.VERSION}, Python {platform.python_version()}, Django {django.__version__}, "
        f"redis-py {redis.__version__}",
        "" if sys.version_info >= (3, 11) else "Install Python 3.11 or newer and start again.",
    )
    if others := list(_not_as_locked()):
        named = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
        yield Finding("packages", NOTE, f"Not as in requirements.txt: {named}.", "Install them again with `make run`.")


def _not_as_locked() -> Iterator[str]:
    for line in (env.ROOT / "requirements.txt").read_text().splitlines():
        name, pinned, rest = line.partition("==")
        if not pinned or line.startswith((" ", "#")):
            continue
        version = rest.split()[0]
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "missing"
        if found != version and ";" not in line:
            yield f"{name} {found} instead of {version}"


def configuration() -> Findings:
    """Django's own checks and ours; those for production where the shop is on https."""
    found = django_checks.run_checks(include_deployment_checks=settings.HTTPS)
    for message in found:
        state = WRONG if message.level >= django_checks.ERROR else NOTE
        if message.level > django_checks.INFO:
            yield Finding("settings", state, f"{message.msg} ({message.id})", message.hint or "")
    if not found:
        yield Finding("settings", WELL, "The settings fit together" + (", also for https." if settings.HTTPS else "."))


def data_folder(folder: Folder) -> Findings:
    folder.make()  # says what is wrong: a file, somebody else's files, a newer version
    stamp = folder.stamp().get("version")
    probe = folder.path / ".doctor"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        mend = "Make it writable, or name another folder with AFTERSALE_DATA."
        yield Finding("data folder", WRONG, f"{folder.path} cannot be written to ({error.strerror}).", mend)
        return
    says = f"prepared by {stamp}" if stamp else "not prepared yet"
    yield Finding("data folder", WELL, f"{folder.path} is writable, {says}.")


def disk(folder: Folder) -> Findings:
    place = next(path for path in (folder.path, *folder.path.parents) if path.exists())
    free = shutil.disk_usage(place).free
    state = WELL if free > COMFORT else NOTE if free > ROOM_NEEDED else WRONG
    yield Finding("disk", state, f"{free / 1e9:.1f} GB free for {folder.path}.", "" if state == WELL else "Free some.")


def runs_here(folder: Folder) -> bool:
    """Whether `manage.py up` runs on this folder now."""
    if not (folder.path / "up").exists():
        return False
    with suppress(Trouble), open(folder.path / "up", "rb+") as lock:
        return not try_lock(lock.fileno())
    return False


def port(*, runs: bool) -> Findings:
    number = env.port()
    try:
        listen(env.bind(), number).close()
    except Trouble as trouble:
        if version := _who_answers(number):
            if runs:
                yield Finding("port", WELL, f"Aftersale {version} answers on port {number}.")
                return
            yield Finding("port", WRONG, f"Another Aftersale {version} has port {number}.", "Choose another with PORT.")
            return
        yield Finding("port", WRONG, str(trouble))
    else:
        yield Finding("port", WELL, f"Port {number} is free.")


def _who_answers(number: int) -> str:
    link = HTTPConnection(env.bind(), number, timeout=5)
    try:
        link.request("GET", "/healthz", headers={"Host": env.host_name()})
        return str(json.loads(link.getresponse().read(10_000)).get("version", ""))
    except (OSError, HTTPException, ValueError, AttributeError):
        return ""
    finally:
        link.close()


def model() -> Findings:
    chosen = embeddings.chosen()
    if chosen != "minilm":
        yield Finding("model", NOTE, f"Texts are embedded by {chosen}.")
        return
    try:
        embeddings.verify()
    except embeddings.WrongModel as error:
        yield Finding("model", WRONG, str(error))
        return
    if not embeddings.ready():
        yield Finding("model", NOTE, "The embedding model is whole, and is prepared at the next start.")
        return
    length = float((embeddings.embed(["Where is my order?"]) ** 2).sum())
    if abs(length - 1) > 0.01:
        mend = f"Remove {settings.DATA / 'models'} and start again."
        yield Finding("model", WRONG, "The prepared embedding model is damaged.", mend)
        return
    yield Finding("model", WELL, f"The embedding model is whole and works ({embeddings.recipe()}).")


def mail() -> Findings:
    if not settings.MAIL.leaves:
        mend = "Set EMAIL_URL, such as smtp://user:password@mail.example.com:587."
        yield Finding("mail", NOTE, "No mail leaves this installation.", mend)
        return
    link: Any = get_connection(timeout=8)
    try:
        link.open()
        link.connection.ehlo_or_helo_if_needed()  # whoever takes a call need not be a mail server
    except OSError as error:  # what smtplib raises is one, too
        where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        yield Finding("mail", WRONG, f"The mail server {where} does not take us: {error}", "Mend EMAIL_URL.")
    else:
        yield Finding("mail", WELL, f"The mail server {settings.EMAIL_HOST} takes us.")
        link.close()


def files() -> Findings:
    """Write, read and remove a file in the bucket, where one is named; the data folder is looked at on its own."""
    if isinstance(default_storage, FileSystemStorage):
        return
    try:
        name = default_storage.save("doctor", ContentFile(b"well"))
        is_kept = default_storage.open(name).read() == b"well"
        default_storage.delete(name)
    except Exception as error:
        mend = "Mend FILES_URL, or the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        yield Finding("files", WRONG, f"The bucket does not take files: {error}", mend)
    else:
        says = "The bucket keeps files." if is_kept else "The bucket gives back something else than it was given."
        yield Finding("files", WELL if is_kept else WRONG, says)


def engines() -> Findings:
    """The language model and the translators that are there, each asked."""
    there = translators.there()
    told = f"Translators: {', '.join(there)}." if there else "No language model or translator is set"
    yield Finding("engines", NOTE, told if there else f"{told}; everything works without.")
    for name, engine in there.items():
        health = engine.health()
        mend = "" if health.is_well else f"Mend the settings of {name}, or switch it off in the admin."
        yield Finding(f"translator {name}", WELL if health.is_well else WRONG, f"{health.told}.", mend)


def shop_systems() -> Findings:
    """Ask each for an order that nobody has."""
    for slug in settings.SHOP_SYSTEMS:
        part = f"shop system of {slug or 'every shop'}"
        shop = Shop.objects.filter(slug=slug).first() if slug else Shop.objects.order_by("pk").first()
        platform = platforms.of(shop) if shop else None
        if platform is None:
            yield Finding(part, WRONG, "There is no such shop.", "Mend SHOP_SYSTEMS.")
            continue
        try:
            platform.order("aftersale-doctor")
        except platforms.Away as away:
            mend = "Mend SHOP_SYSTEMS, or the shop system; private hosts also need OUTGOING_ALLOWED."
            yield Finding(part, WRONG, away.cause, mend)
        else:
            yield Finding(part, WELL, "It answers.")


def understanding() -> Findings:
    """Have each system that reads messages read one."""
    for slug, address in settings.NLU.items():
        part = f"understanding of {slug or 'every shop'}"
        try:
            nlu.ask(address, "Where is my order?", language="en", talk="doctor")
        except (outgoing.Failed, nlu.services.Wrong) as why:
            mend = "Ours reads messages meanwhile. Mend NLU, or that system; private hosts also need OUTGOING_ALLOWED."
            yield Finding(part, WRONG, str(why), mend)
        else:
            yield Finding(part, WELL, "It answers.")


def database() -> Findings:
    found = list(checks.database_problems())
    yield from (Finding("database", WRONG, problem.msg, problem.hint or "") for problem in found)
    if found:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), default_version, pg_database_size(current_database())"
            " FROM pg_available_extensions WHERE name = 'vector'"
        )
        version, vector, size = cursor.fetchone()
    yield Finding("database", WELL, f"PostgreSQL {version} with pgvector {vector}, {size / 1e6:.0f} MB.")
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        yield Finding("tables", WRONG, f"The tables cannot be read: {error}".strip())
        return
    if waiting := len(executor.migration_plan(executor.loader.graph.leaf_nodes())):
        yield Finding("tables", NOTE, f"{waiting} migrations wait.", "They run at the next start, or now: migrate.")
    else:
        yield Finding("tables", WELL, "The tables are those of this version.")
        yield from _go_on("second factors", second_factors)


def second_factors() -> Findings:
    if lost := mfa.unreadable():
        mend = (
            "Set SECRET_KEY_FALLBACKS to the SECRET_KEY of the installation they come from (by default it is the file "
            "secret_key in the data folder), or remove them in the admin, so that their owners can make new ones."
        )
        yield Finding("second factors", WRONG, f"{lost} were sealed under another SECRET_KEY and open nothing.", mend)
    else:
        yield Finding("second factors", WELL, "They can be read.")


def redis_server() -> Findings:
    server: Any = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5)
    try:
        version = server.info("server")["redis_version"]
    except redis.RedisError as error:
        yield Finding("redis", WRONG, f"Redis does not answer: {error}", "Start it, or mend REDIS_URL.")
        return
    policy = ""
    with suppress(redis.RedisError):  # a hosted one may not tell
        policy = str(server.config_get("maxmemory-policy").get("maxmemory-policy", ""))
    if policy.startswith("allkeys") and settings.CELERY_BROKER_URL.startswith("redis"):
        mend = "Set maxmemory-policy to volatile-ttl or noeviction."
        yield Finding("redis", NOTE, f"Redis may throw tasks away when its memory is full ({policy}).", mend)
        return
    yield Finding("redis", WELL, f"Redis {version}.")


def worker(*, runs: bool) -> Findings:
    if not runs and services.embedded():
        yield Finding("worker", NOTE, "Aftersale does not run now.", "Start it with `make run`.")
    elif _a_worker_answers():
        yield Finding("worker", WELL, "A worker answers.")
    else:
        mend = "See logs/worker.log, or start it: celery -A config worker."
        yield Finding("worker", WRONG if runs else NOTE, "No worker answers.", mend)


def _a_worker_answers() -> bool:
    with suppress(redis.RedisError, OperationalError):
        return health.worker()
    return False
