"""A flow drawn: its steps in order, and where they lead. Plain SVG, made by the server."""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat.flows import scripts
from chat.flows.scripts import Script

WIDE, HIGH, GAP, SIDE, LANE = 340, 44, 24, 8, 14
LETTERS = 44


def drawn(script: Script) -> SafeString:
    """Boxes below one another; a jump goes round at the right, each in a lane of its own."""
    last = len(script.steps)
    boxes = format_html_join(
        "",
        '<rect class="flow-step" data-verb="{}" x="{}" y="{}" width="{}" height="{}" rx="8"></rect>'
        '<text class="flow-verb" x="{}" y="{}">{}</text><text class="flow-words" x="{}" y="{}">{}</text>',
        (
            (verb, SIDE, y, WIDE, HIGH, SIDE + 12, y + 17, verb.replace("_", " "), SIDE + 12, y + 34, words)
            for y, verb, words in (
                (_top(place), scripts.verb_of(step), _words(step)) for place, step in enumerate(script.steps)
            )
        ),
    )
    straight, jumps = [], []
    for place, step in enumerate(script.steps):
        for jump, target in _ways(script, place, step):
            if target == place + 1 and jump in ("go", "else"):
                straight.append((SIDE + WIDE // 2, _top(place) + HIGH, SIDE + WIDE // 2, _top(target)))
            else:
                jumps.append((place, target, "" if jump == "go" and "if" not in step else _label(jump, step)))
    down = format_html_join("", '<path class="flow-way" d="M{} {}L{} {}"/>', straight)
    edge = SIDE + WIDE
    around = format_html_join(
        "",
        '<path class="flow-way" d="M{} {}H{}V{}H{}"/><text class="flow-jump" x="{}" y="{}">{}</text>',
        (
            (edge, y, x, _top(target) + HIGH // 2, edge, edge + 6, y - 4, words)
            for x, y, target, words in (
                (edge + 60 + LANE * lane, _top(place) + HIGH // 2 + 6, target, words)
                for lane, (place, target, words) in enumerate(jumps)
            )
        ),
    )
    end = format_html(
        '<rect class="flow-end" x="{}" y="{}" width="{}" height="{}" rx="22"></rect>'
        '<text class="flow-verb" x="{}" y="{}">{}</text>',
        *(SIDE, _top(last), WIDE, HIGH, SIDE + 12, _top(last) + 27, _("end")),
    )
    return format_html(
        '<svg class="flow-drawn" width="{0}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">{3}{4}{5}{6}</svg>',
        edge + 80 + LANE * len(jumps),
        _top(last) + HIGH + SIDE,
        _("The steps of the flow and where they lead, as they are written beside."),
        *(down, around, boxes, end),
    )


def _top(place: int) -> int:
    return SIDE + place * (HIGH + GAP)


def _ways(script: Script, place: int, step: scripts.Step) -> list[tuple[str, int]]:
    verb = scripts.verb_of(step)
    ends = verb in scripts.LAST or (verb == "act" and not scripts.webhook_of(step))
    ways = [] if ends else [("go", script.target(place, "go"))]
    also = [jump for jump in scripts.JUMPS[1:] if jump in step or (jump == "else" and verb == "if")]
    return ways + [(jump, script.target(place, jump)) for jump in also]


def _label(jump: str, step: scripts.Step) -> str:
    return {"go": _("yes") if "if" in step else "", "else": _("if not"), "no": _("no")}.get(jump, jump)


def _words(step: scripts.Step) -> str:
    told: Any = step[scripts.verb_of(step)]
    if "say" in step and "ask" in step:
        told = f"{step['ask']}: {scripts.in_language(step['say'], 'en')}"
    elif isinstance(told, dict) and "if" not in step and "webhook" not in told:
        told = scripts.in_language(told, "en")
    elif isinstance(told, dict):
        told = ", ".join(f"{name} {value}" for name, value in told.items())
    words = " ".join(str(told).split())
    return words if len(words) <= LETTERS else words[: LETTERS - 1] + "…"
