"""Who may know whom: by import, and by the foreign keys that no import shows."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from config import env

PROJECT = tomllib.loads((env.ROOT / "pyproject.toml").read_text())
(CONTRACT,) = (c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
# Outermost first; rooms of one floor do not know each other.
FLOORS = [[room.strip() for room in floor.split("|")] for floor in CONTRACT["layers"]]
ROOMS = {room: number for number, floor in enumerate(FLOORS) for room in floor}


def test_imports_go_rightwards_only():
    lint = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [lint, "--no-cache"], cwd=env.ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_room_of_ours_has_a_floor():
    ours = {config.name for config in apps.get_app_configs() if "site-packages" not in config.path}

    assert ours == set(ROOMS)


def may_know(one: str, other: str) -> bool:
    """Whether a row of one room may point at a row of the other; rooms that are not ours are below all."""
    return other not in ROOMS or one == other or ROOMS[one] < ROOMS[other]


def references():
    for model in apps.get_models(include_auto_created=True):
        room = apps.get_app_config(model._meta.app_label).name
        if room in ROOMS:
            for field in model._meta.get_fields():
                if isinstance(field, models.ForeignKey | models.ManyToManyField) and not field.auto_created:
                    target = field.related_model
                    yield (
                        f"{room}: {model.__name__}.{field.name}",
                        room,
                        apps.get_app_config(target._meta.app_label).name,
                    )


def test_rows_point_rightwards_only():
    found = list(references())
    assert len(found) > 10

    assert [name for name, room, target in found if not may_know(room, target)] == []


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ("chat", "tickets", True),
        ("tickets", "chat", False),
        ("tickets", "knowledge", False),
        ("knowledge", "tickets", False),
        ("accounts", "chat", False),
        ("accounts", "analytics.ledger", True),
        ("analytics.ledger", "accounts", False),
        ("analytics.desk", "accounts", True),
        ("chat", "django.contrib.contenttypes", True),
    ],
)
def test_the_rule_itself_knows_left_from_right(one, other, may):
    assert may_know(one, other) is may
