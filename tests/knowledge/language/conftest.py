import pytest

from knowledge.language import engines, translate
from tests.knowledge.language.servers import serving


@pytest.fixture(autouse=True)
def _fresh_engines():
    """What failed in another test is forgotten, and engines are looked for anew."""
    engines.there.cache_clear()
    translate._failures.clear()
    yield
    for engine in engines.there().values():
        if hasattr(engine, "close"):
            engine.close()
    engines.there.cache_clear()
    translate._failures.clear()


@pytest.fixture
def server():
    with serving() as server:
        yield server


@pytest.fixture
def only(settings, monkeypatch):
    """Only these engines are there."""

    def only(*names):
        monkeypatch.setattr(engines, "NAMES", names)
        engines.there.cache_clear()

    return only
