"""What people wrote, by language: lines under headings like `== es`; what is of none stands under `== none`."""

from collections.abc import Iterator
from pathlib import Path

from config.env import ROOT

MESSAGES = ROOT / "tests/knowledge/language/messages.txt"


def told(path: Path = MESSAGES) -> Iterator[tuple[str | None, str]]:
    language: str | None = None
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("== "):
            language = line[3:].strip()
        elif line.strip() and language is not None:
            yield (None if language == "none" else language), line
