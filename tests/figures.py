"""Figures: what a bench or a fault run measured, one JSON line each, with the bar it has to clear."""

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """One number. It holds when it is on the right side of its bar; without a bar it only informs."""

    name: str
    value: float | int | str
    unit: str
    bar: float | int | None = None
    better: Literal["lower", "higher"] = "lower"
    n: int | None = None
    seed: int | None = None
    peer: float | int | None = None

    @property
    def holds(self) -> bool:
        if self.bar is None:
            return True
        if isinstance(self.value, str):
            return False
        return self.value <= self.bar if self.better == "lower" else self.value >= self.bar

    @property
    def ratio(self) -> float | None:
        if not self.peer or isinstance(self.value, str):
            return None
        return round(self.value / self.peer, 4)

    def line(self) -> str:
        told = {"holds": self.holds, "ratio": self.ratio}
        return json.dumps({name: value for name, value in (asdict(self) | told).items() if value is not None})


def run(package: ModuleType, arguments: list[str]) -> int:
    """Run one part of a package, or all, and print each figure as it comes; 1 when one does not hold."""
    options = argparse.ArgumentParser(prog=f"python -m {package.__name__}")
    options.add_argument("part", nargs="?", help="one of: " + ", ".join(parts(package)))
    part = options.parse_args(arguments).part
    if part and part.split(".")[0] not in parts(package):
        options.error(f"there is no part {part}; there are {', '.join(parts(package)) or 'none'}")
    held = True
    for name in [part] if part else parts(package):
        for figure in figures(package, name):
            print(figure.line(), flush=True)
            held = held and figure.holds
    return 0 if held else 1


def parts(package: ModuleType) -> list[str]:
    return sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_"))


def figures(package: ModuleType, part: str) -> Iterator[Figure]:
    """A part is a module with figures(), or a package of such modules; `part.module` names one of them."""
    module = importlib.import_module(f"{package.__name__}.{part}")
    if hasattr(module, "figures"):
        yield from module.figures()
    else:
        for name in parts(module):
            yield from figures(module, name)


def main(package: str) -> int:
    return run(importlib.import_module(package), sys.argv[1:])
