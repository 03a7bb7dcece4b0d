"""Installations of a test's own, on which it may do what an operator or bad luck does."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.services.folder import Folder
from tests.installation import Installation, installation, wait_for

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First: they take longest, and one left for the end would keep the other workers waiting."""
    items.sort(key=lambda item: HERE not in item.path.parents)


@pytest.fixture
def place() -> Iterator[Installation]:
    """An empty folder."""
    with installation() as place:
        yield place
        assert wait_for(lambda: not place.processes()), "a process outlived its test"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A database cluster as the first start makes it."""
    with installation() as first:
        with first.held():
            pass
        yield first.data / "postgres"


@pytest.fixture
def ready(place: Installation, cluster: Path) -> Installation:
    """A folder with a cluster of its own, for a test that is not about making one."""
    Folder(place.data).make()
    subprocess.run(["cp", "-a", cluster, place.data], check=True)
    return place
