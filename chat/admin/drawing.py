"""The picture of what is taken for what: plain SVG, made by the server."""

from collections import Counter
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

MOST = 24  # intents that can still be told apart in the picture
CELL, WORDS = 18, 150


def confusion(report: dict[str, Any], label: str, none: str) -> SafeString:
    """Rows are what was meant, columns what it was taken for; the fuller the darker. The worst intents, if many."""
    right = {row["intent"]: round(row["recall"] * row["n"]) for row in report["intents"]}
    wrong: Counter[str | None] = Counter()
    for gold, guess, many in report["confused"]:
        wrong[gold] += many
        wrong[guess] += many
    shown = sorted(sorted(right, key=lambda name: -wrong[name])[:MOST], key=lambda name: (name is None, name or ""))
    place = {name: at for at, name in enumerate(shown)}
    cells = [(place[name], place[name], right[name], right[name]) for name in shown]
    for gold, guess, many in report["confused"]:
        if gold in place and guess in place:
            cells.append((place[gold], place[guess], many, 0))
    most = max([many for _row, _column, many, _right in cells], default=1) or 1
    drawn = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" opacity="{}"><title>{}: {} {}</title></rect>',
        (
            (
                "confused-right" if is_right else "confused-wrong",
                WORDS + column * CELL,
                row * CELL,
                CELL - 2,
                CELL - 2,
                f"{0.15 + 0.85 * (many / most) ** 0.5:.2f}",
                shown[row] or none,
                shown[column] or none,
                many,
            )
            for row, column, many, is_right in cells
            if many
        ),
    )
    names = format_html_join(
        "",
        '<text class="curve-words" x="{}" y="{}" text-anchor="end">{}</text>',
        ((WORDS - 6, at * CELL + 13, (name or none)[:24]) for name, at in place.items()),
    )
    side = len(shown) * CELL
    return format_html(
        '<svg class="confused" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        WORDS + side,
        side,
        label,
        names,
        drawn,
    )
