"""An installation that is set up unsafely says so; one that is set up well says nothing."""

import os
import runpy
import secrets
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django.core.checks import run_checks
from django.db import connection

from config import checks, env
from tests.installation import PATIENCE

PRODUCTION = {
    "HTTPS": "1",
    "ALLOWED_HOSTS": "shop.example",
    "TRUSTED_PROXIES": "1",
    "SECRET_KEY": secrets.token_urlsafe(50),
}


def manage(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={**os.environ, **environment},
        cwd=env.ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.fixture
def operated(settings, monkeypatch):
    """The settings as they are where an operator has set these variables."""

    def under(**environment):
        file = str(env.ROOT / "config" / "settings.py")
        before = runpy.run_path(file)
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            after = runpy.run_path(file)
        for name in after:
            if name.isupper() and after[name] != before[name]:
                setattr(settings, name, after[name])

    return under


def test_production_settings_pass_the_deploy_check_without_a_word():
    checked = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert checked.returncode == 0, checked.stderr
    assert "no issues (0 silenced)" in checked.stdout
    assert checked.stderr == ""


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (
            {
                "SECRET_KEY": "short",
                "ALLOWED_HOSTS": "*",
                "TRUSTED_PROXIES": "",
                "OUTGOING_ALLOWED": "10.0.0.0/99,0.0.0.0/0",
            },
            {f"aftersale.{code}" for code in ("E001", "W002", "W003", "E007", "W001")},
        ),
        ({"SECRET_KEY": "django-insecure-" + "x" * 50}, {"aftersale.E001"}),
        ({"HTTPS": "", "DEBUG": "1"}, {"security.W012", "security.W018"}),
    ],
)
def test_weak_settings_are_each_named(operated, change, codes):
    operated(**PRODUCTION | change)

    assert codes <= {problem.id for problem in run_checks(include_deployment_checks=True)}


def test_cookies_over_https_belong_to_this_host_alone(operated):
    operated(**PRODUCTION)

    assert (configured.SESSION_COOKIE_NAME, configured.CSRF_COOKIE_NAME) == ("__Host-session", "__Host-csrf")
    assert configured.SESSION_COOKIE_SECURE
    assert configured.CSRF_COOKIE_SECURE
    assert configured.LANGUAGE_COOKIE_SECURE


@pytest.mark.django_db
def test_this_very_database_can_carry_us():
    assert list(checks.database_problems()) == []


class _Cursor:
    def __init__(self, *rows):
        self.rows = list(rows)

    def execute(self, *_):
        pass

    def fetchone(self):
        return self.rows.pop(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (((150_004, "15.4"), ("0.8.0",)), ["aftersale.E004"]),
        (((160_000, "16.0"), None), ["aftersale.E005"]),
        (((180_004, "18.4"), ("0.7.4",)), ["aftersale.E005"]),
        (((150_004, "15.4"), None), ["aftersale.E004", "aftersale.E005"]),
        (((160_000, "16.0"), ("0.8.0",)), []),
    ],
)
def test_an_old_postgres_or_one_without_vectors_is_named(rows, codes, monkeypatch):
    monkeypatch.setattr(connection, "cursor", lambda: _Cursor(*rows))

    found = list(checks.database_problems())

    assert [problem.id for problem in found] == codes
    assert all(problem.hint for problem in found)


def test_a_database_that_is_away_is_one_problem_and_no_traceback():
    checked = manage("check", "--database", "default", DATABASE_URL="postgres:///x?host=/nowhere&user=x", **PRODUCTION)

    assert checked.returncode == 1
    assert "aftersale.E003" in checked.stderr
    assert "Traceback" not in checked.stderr


def test_a_redis_client_that_drops_idle_sockets_is_named(monkeypatch):
    assert checks.redis_client(None) == []

    monkeypatch.setattr(checks.redis, "__version__", "8.0.1")
    assert [problem.id for problem in checks.redis_client(None)] == ["aftersale.E002"]


def test_a_rate_that_cannot_be_read_is_named(settings):
    assert checks.rates(None) == []

    settings.RATE_LIMITS = {"search": "often", "chat.send": "20/m"}
    (problem,) = checks.rates(None)
    assert (problem.id, "search" in problem.msg) == ("aftersale.E006", True)


@pytest.mark.parametrize("word", ["'unsafe-inline'", "'unsafe-eval'", "*", "data:"])
@pytest.mark.parametrize("directive", ["script-src", "style-src", "default-src"])
def test_a_content_policy_with_a_hole_is_named(settings, directive, word):
    assert checks.content_policy(None) == []

    directives = configured.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, directive: ["'self'", word]}}
    assert [problem.id for problem in checks.content_policy(None)] == ["aftersale.E008"]
