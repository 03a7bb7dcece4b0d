"""The servers an installation stands on: named by the environment, or embedded in the data folder."""

import os
from typing import Any


def secret_key() -> str:
    return os.environ.get("SECRET_KEY", "not-yet")


def database() -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.postgresql", "NAME": "aftersale"}


def redis_url() -> str:
    return os.environ.get("REDIS_URL", "redis://localhost")


def broker_url() -> str:
    return os.environ.get("BROKER_URL") or redis_url()
