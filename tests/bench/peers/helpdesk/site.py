"""django-helpdesk as its own documentation sets it up: told what to do in one JSON line, answers in JSON lines.

It is given a database and a number of tickets, fills them in, and for each further line shows the list that an agent
opens: the page, and the rows which that page asks for. It says how many milliseconds each took.
"""

import base64
import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

urlpatterns = []  # filled when the settings are
# What the page asks for when nothing is chosen: what is open, by when it was made.
ASKED = {"filtering": {"status__in": [1, 2]}, "sorting": "created", "search_string": "", "sortreverse": False}


def main() -> None:
    asked = json.loads(sys.stdin.readline())
    settings.configure(
        SECRET_KEY="bench",
        DEBUG=False,
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF="__main__",
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None, **asked["database"]}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.sites",
            "django.contrib.humanize",
            "django.contrib.staticfiles",
            "django.contrib.admin",
            "rest_framework",
            "helpdesk",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        STATIC_URL="/static/",
        SITE_ID=1,
        HELPDESK_TEAMS_MODE_ENABLED=False,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    urlpatterns.append(path("", include("helpdesk.urls", namespace="helpdesk")))
    call_command("migrate", verbosity=0)
    fill(asked["tickets"], asked["live"], asked["seed"])
    from django.contrib.auth import get_user_model
    from django.test import Client

    browser = Client(headers={"host": "localhost"})
    browser.force_login(get_user_model().objects.get(username="agent0"))
    rows = base64.b64encode(json.dumps(ASKED).encode()).decode()
    say({"ready": asked["tickets"]})
    for _line in sys.stdin:
        took = {}
        for name, address in (("page", "/tickets/"), ("rows", f"/datatables_ticket_list/{rows}?length=25")):
            started = time.perf_counter()
            answer = browser.get(address)
            took[name] = (time.perf_counter() - started) * 1000
            assert answer.status_code == 200, (address, answer.status_code)
        shown = json.loads(answer.content)
        say({**took, "shown": len(shown["data"]), "open": shown["recordsTotal"]})


def fill(tickets: int, live: float, seed: int) -> None:
    """So many tickets in ten queues, of which this share is open; each agent has some."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from helpdesk.models import Queue, Ticket

    dice = random.Random(seed)
    users = [
        get_user_model().objects.create_user(f"agent{number}", f"a{number}@example.com", is_staff=True)
        for number in range(50)
    ]
    queues = [Queue.objects.create(title=f"Queue {number}", slug=f"queue-{number}") for number in range(10)]
    now = datetime.now(UTC)
    columns = [
        *("title", "queue_id", "created", "modified", "submitter_email", "assigned_to_id", "status", "on_hold"),
        *("description", "resolution", "priority", "due_date", "secret_key"),
    ]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {Ticket._meta.db_table} ({', '.join(columns)}) FROM STDIN") as into,
    ):
        for number in range(tickets):
            at = now - timedelta(minutes=dice.randrange(400_000))
            words = " ".join(f"w{int(20_000 ** dice.random())}" for _ in range(6))
            is_live = dice.random() < live
            into.write_row(
                [
                    *(words, dice.choice(queues).pk, at, at, f"c{number % 50_000}@example.com"),
                    dice.choice(users).pk if dice.random() < 0.7 else None,
                    *(dice.choice([1, 2]) if is_live else 4, False, words * 4, "", dice.randint(1, 5)),
                    *(at + timedelta(days=2) if is_live else None, f"{number}"),
                ]
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def say(facts: dict) -> None:
    print(json.dumps(facts), flush=True)


main()
