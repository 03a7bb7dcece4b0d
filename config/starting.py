"""What has to be true before an installation serves: its tables, its model, its static files, its first people."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from accounts import demo as demo_shop
from accounts import opening
from accounts.models import Customer, Role, Shop, User, Variant
from chat import widget
from config import env, furnishing, services
from config.demo_page import Page
from config.trouble import Trouble
from knowledge import embeddings

Say = Callable[[str], None]
OLDEST_POSTGRES = 160000
OLDEST_PGVECTOR = (0, 8)


def prepare_files(say: Say) -> None:
    """The model and the static files, before any server runs; the second time there is nothing to do."""
    with services.folder().plainly():
        try:
            embeddings.prepare(lambda line: say(line[:1].upper() + line[1:]))
        except embeddings.WrongModel as error:
            raise Trouble(str(error)) from error
        collect_static(say)


def prepare_database(say: Say) -> None:
    """Bring the tables to where this version can serve them."""
    try:
        check_database()
        migrate(say)
    except DatabaseError as error:
        raise Trouble(_database_words(error)) from error


def check_database() -> None:
    """A database that is too old, or without vectors, is refused before anything is written to it."""
    with connection.cursor() as cursor:
        if connection.pg_version < OLDEST_POSTGRES:  # type: ignore[attr-defined]
            raise Trouble("Aftersale needs Postgres 16 or newer; point DATABASE_URL to such a server.")
        cursor.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
        found = cursor.fetchone()
    if found is None:
        raise Trouble(
            "This Postgres has no pgvector; install the extension 0.8 or newer on its server and start again."
        )
    if tuple(int(part) for part in found[0].split(".")[:2]) < OLDEST_PGVECTOR:
        raise Trouble(f"This Postgres has pgvector {found[0]}; install 0.8 or newer on its server and start again.")


def migrate(say: Say) -> None:
    """Apply what is missing; refuse a database that a newer version has migrated."""
    executor = MigrationExecutor(connection)
    unknown = {
        f"{app}.{name}"
        for app, name in executor.loader.applied_migrations
        if app in executor.loader.migrated_apps
        and (app, name) not in executor.loader.graph.nodes
        and (app, name) not in executor.loader.replacements
    }
    if unknown:
        raise Trouble(
            f"The database was made by a newer Aftersale (it has {min(unknown)}); "
            "install that version again, or use another database."
        )
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Preparing the database")
        call_command("migrate", verbosity=0, interactive=False)
    services.folder().write_stamp()
    connection.close()


def collect_static(say: Say) -> None:
    """Collect the static files again only when one of them changed."""
    mark = Path(settings.STATIC_ROOT).with_name("static.mark")
    now = _static_fingerprint()
    if mark.exists() and mark.read_text() == now:
        return
    say("Collecting the static files")
    call_command("collectstatic", verbosity=0, interactive=False)
    mark.write_text(now)


def welcome(say: Say, *, address: str, demo: bool, at: datetime) -> None:
    """Greet an installation without people: with a believable shop, or with the key to an empty one."""
    folder = services.folder()
    logins = folder.path / "demo-logins"
    begun = folder.stamp().get("demo") == "begun"
    if begun or not User.objects.exists():
        # On a database of somebody's own a demo is never furnished by the way: that takes `manage.py demo`.
        if begun or (demo and "postgres" in services.embedded() and folder.stamp().get("demo") != "no"):
            folder.write_stamp(demo="begun")
            found = furnishing.furnish(at, say=say)
            with folder.plainly():
                logins.write_text("".join(f"{login}\n" for login in found))
                logins.chmod(0o600)
            folder.write_stamp(demo="yes")
        else:
            folder.write_stamp(demo="no")
            _hand_out_key(say, address=address, at=at)
    if logins.exists():
        say("You may sign in as one of these; change their passwords, or start over with --no-demo, for a real shop:")
        for line in logins.read_text().splitlines():
            say(f"    {line}")
        for brand in Shop.objects.filter(host__endswith=".localhost").order_by("pk"):
            say(f"{brand.name} is a second brand of theirs: {address.replace('localhost', brand.host)}")


def shop_page() -> Page | None:
    """What a page of the demo's shop needs to know; nothing where there is no demo."""
    shopper = next((login.email for login in demo_shop.logins() if login.role == Role.SHOPPER), None)
    customer = Customer.objects.filter(user__email=shopper).select_related("shop").order_by("pk").first()
    if shopper is None or customer is None:
        return None
    shop = customer.shop
    first = Variant.objects.filter(shop=shop).order_by("product", "pk").distinct("product").select_related("product")
    return Page(
        helpdesk=env.address(env.port()),
        slug=shop.slug,
        shop=shop.name,
        secret=shop.widget_secret or opening.new_widget_secret(shop),
        email=shopper,
        name=customer.name,
        products=[
            (variant.product.name, f"{variant.price} {variant.currency}", variant.product.image_url.rpartition("/")[2])
            for variant in first[:12]
        ],
    )


def let_show_chat(page: Page, port: int) -> None:
    """The shop's page has its port: from there it may show the chat."""
    widget.allow(Shop.objects.get(slug=page.slug), env.address(port))


def _hand_out_key(say: Say, *, address: str, at: datetime) -> None:
    link = reverse("accounts:first_admin", args=[opening.first_admin_token(at=at)])
    say(f"Nobody is here yet; open this once to create the first admin and shop: {address.rstrip('/')}{link}")


def _static_fingerprint() -> str:
    found = hashlib.sha256(settings.VERSION.encode())
    for finder in get_finders():
        for path, storage in finder.list(["*.py"]):
            stat = Path(storage.path(path)).stat()
            found.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return found.hexdigest()


def _database_words(error: DatabaseError) -> str:
    words = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if "No space left on device" in str(error):
        return "The disk that holds the database is full; free some space and start again."
    return f"The database cannot be prepared ({words}); mend that and start again, nothing is lost."
