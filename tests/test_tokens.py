"""The colours can be read and the style sheets stay small: computed from what the browser is sent."""

import gzip
import math
import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
SHEETS = {sheet.name: sheet.read_text() for sheet in sorted(CSS.glob("*.css"))}
TOKENS = SHEETS["tokens.css"]
NUMBER = r"([\d.]+)"
COLOUR = rf"oklch\({NUMBER}% {NUMBER} {NUMBER}\)"
PAIRS = {
    name: (tuple(map(float, found[:3])), tuple(map(float, found[3:])))
    for name, *found in re.findall(rf"--([\w-]+): light-dark\({COLOUR}, {COLOUR}\)", TOKENS)
}

PAPERS = ("paper", "raised", "sunken")
STATES = ("stamp", "warn", "bad", "good", "info")
TEXTS = [
    *((ink, paper) for ink in ("ink", "ink-soft", "ink-faint") for paper in (*PAPERS, "stamp-wash", "note")),
    *((ink, f"{state}-wash") for ink in ("ink", "ink-soft") for state in STATES),
    *((state, paper) for state in STATES for paper in (*PAPERS, f"{state}-wash")),
    *(("ink", face) for face in PAIRS if face.startswith("face-")),
    ("ink", "mark"),
    ("on-stamp", "stamp"),
    ("on-stamp", "stamp-deep"),
    ("raised", "bad"),
    ("paper", "ink"),
]
CONTROLS = [("edge", paper) for paper in PAPERS] + [("stamp", paper) for paper in (*PAPERS, "stamp-wash", "note")]


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """Relative luminance (WCAG 2) of an OKLCH colour, cut to what an sRGB screen can show."""
    lightness, angle = lightness / 100, math.radians(hue)
    a, b = chroma * math.cos(angle), chroma * math.sin(angle)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, light)) for light in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    dark, light = sorted((luminance(*one), luminance(*other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_the_known_one() -> None:
    assert contrast((0, 0, 0), (100, 0, 0)) == pytest.approx(21, abs=0.01)
    # #767676 on white, the textbook's grey at the edge of 4.5
    assert contrast((56.58, 0, 0), (100, 0, 0)) == pytest.approx(4.54, abs=0.02)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(text: str, ground: str, theme: int) -> None:
    assert contrast(PAIRS[text][theme], PAIRS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), CONTROLS)
def test_controls_can_be_seen(line: str, ground: str, theme: int) -> None:
    assert contrast(PAIRS[line][theme], PAIRS[ground][theme]) >= 3


def test_only_the_tokens_name_a_colour() -> None:
    for name, sheet in SHEETS.items():
        if name != "tokens.css":
            rules = re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
            assert not re.findall(r"oklch\(|rgba?\(|hsla?\(|:[^;{]*#[0-9a-f]{3,8}\b", rules), name


def test_every_token_in_use_exists() -> None:
    known = {name for sheet in SHEETS.values() for name in re.findall(r"(--[\w-]+):", sheet)}
    for name, sheet in SHEETS.items():
        assert set(re.findall(r"var\((--[\w-]+)\)", sheet)) <= known, name


def test_the_style_sheets_stay_small() -> None:
    assert len(gzip.compress("".join(SHEETS.values()).encode())) < 30_000


def test_the_style_page_shows_every_component() -> None:
    templates = CSS.parent.parent / "templates"
    frame = ("base.html", "_top.html", "_tools.html", "_foot.html", "_launcher.html")
    pages = [templates / "style.html", *(templates / "style").iterdir(), *(templates / name for name in frame)]
    shown = {word for page in pages for word in re.findall(r"[\w-]+", page.read_text())}
    rules = re.sub(r"/\*.*?\*/", "", SHEETS["components.css"], flags=re.S)
    assert set(re.findall(r"\.([a-z][\w-]+)", rules)) - shown == set()
