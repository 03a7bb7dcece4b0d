"""No flow loops or dead-ends, whoever talks to it."""

import importlib
import os
from collections.abc import Iterator

import django

from tests.figures import Figure


def figures() -> Iterator[Figure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    yield from importlib.import_module("tests.faults.understanding._flows").figures()
