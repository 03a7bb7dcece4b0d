"""The journeys of `journeys.txt`: what is said and happens, and what must come of it."""

from dataclasses import dataclass
from pathlib import Path

KINDS = ("straight", "correction", "interruption", "abandonment", "failing", "wrong twice")
MARKS = "><!=+-"


@dataclass(frozen=True)
class Journey:
    flow: str
    kind: str
    lines: tuple[tuple[str, str], ...]  # the mark and the rest, in order

    def __str__(self) -> str:
        return f"{self.flow} / {self.kind}"

    @property
    def is_told(self) -> bool:
        """Whether there is such a journey; else its one line says why not."""
        return self.lines[0][0] != "-"


def read() -> list[Journey]:
    text = (Path(__file__).parent / "journeys.txt").read_text(encoding="utf-8")
    return [_journey(block) for block in text.split("\n## ")[1:]]


def _journey(block: str) -> Journey:
    head, *rest = block.rstrip().split("\n")
    flow, kind = head.split(" / ")
    lines: list[tuple[str, str]] = []
    for line in filter(str.strip, rest):
        if line.startswith("  "):
            mark, said = lines.pop()
            lines.append((mark, f"{said}\n{line.strip()}"))
        else:
            lines.append((line[0], line[1:].strip()))
    return Journey(flow, kind, tuple(lines))
