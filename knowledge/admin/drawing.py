"""Small drawings for the desk: plain SVG, made by the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

STEP, WIDE, HIGH = 10, 7, 24
SIDE, EDGE = 240, 28


def bars(counts: Sequence[int], label: str) -> SafeString:
    """One bar for each count, the last one now."""
    most = max([*counts, 1])
    heights = [round((HIGH - 1) * count / most) for count in counts]
    drawn = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>',
        ((number * STEP, HIGH - 1 - high, WIDE, high) for number, high in enumerate(heights) if high),
    )
    return format_html(
        '<svg class="bars" viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<rect class="bars-base" x="0" y="{}" width="{}" height="1"/></svg>',
        len(counts) * STEP,
        HIGH,
        label,
        drawn,
        HIGH - 1,
        len(counts) * STEP,
    )


@dataclass(frozen=True)
class Point:
    """A tenth of confidence on the curve: where it stands, how large its dot is, and what it says."""

    x: float
    y: float
    radius: float
    confidence: float
    right: float
    n: int


@dataclass(frozen=True)
class Curve:
    """The reliability curve on a square of so many units, from the lower left corner up."""

    points: tuple[Point, ...]
    line: str
    side: int = SIDE
    box: str = f"-12 -12 {SIDE + 24} {SIDE + EDGE + 12}"


def reliability(tenths: Sequence[dict[str, Any]]) -> Curve | None:
    """How sure we were against how often we were right; a larger dot is more questions."""
    most = max((tenth["n"] for tenth in tenths), default=0)
    if not most:
        return None
    points = tuple(
        Point(
            x=round(SIDE * tenth["confidence"], 1),
            y=round(SIDE * (1 - tenth["right"]), 1),
            radius=round(3 + 6 * (tenth["n"] / most) ** 0.5, 1),
            confidence=tenth["confidence"],
            right=tenth["right"],
            n=tenth["n"],
        )
        for tenth in tenths
    )
    return Curve(points, " ".join(f"{point.x},{point.y}" for point in points))
