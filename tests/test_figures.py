import importlib

import pytest

from tests import bench, faults, figures


@pytest.mark.parametrize("package", [bench, faults], ids=lambda package: package.__name__)
def test_every_part_is_figures_all_the_way_down(package):
    """One module without any would end `make bench only=PART` half-way."""
    waiting = [f"{package.__name__}.{part}" for part in figures.parts(package)]
    assert waiting
    while waiting:
        module = importlib.import_module(waiting.pop())
        if not hasattr(module, "figures"):
            assert hasattr(module, "__path__"), f"{module.__name__} prints no figures: begin its name with _"
            waiting += [f"{module.__name__}.{name}" for name in figures.parts(module)]
