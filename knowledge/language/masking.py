"""What must come through a translation as it is: a private-use character stands for each span, looked for after.

Numbers, order numbers, prices, dates, addresses of all kinds, placeholders, code, marks of Markdown, and the names and
terms that the caller brings. A term that the glossary forces comes back as its other word.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.language.detection import detect

FIRST, MOST = 0xE000, 6_400
SHORTEST, LONGEST = 0.3, 3.0  # how long a translation may be, beside its source
SLACK = 12  # characters by which a short one may be longer than that

_MASK = re.compile(r"[\ue000-\uf8ff]")
_SPANS = re.compile(
    r"```.*?```|`[^`\n]+`"  # code
    r"|\b(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)\]]|[\w.+-]+@[\w-]+\.[\w.-]*\w"  # addresses of the web and of mail
    r"|\{\{.*?\}\}|%\(\w+\)[sd]|\{\w*\}|<[^<>\n]{1,200}>"  # placeholders and tags
    r"|\b(?:Calle|Avenida|Av\.|Plaza|Paseo|Rue|Avenue|Boulevard|Via|Viale|Piazza|Rua|ul\.|Straße|Kalle)"
    r"(?: [\w.'-]+){1,4},? \d+\w?\b"  # Calle Mayor 5
    r"|\b\d+\w?(?: [A-Z][\w'-]+){1,3} (?:Street|St|Road|Rd|Lane|Avenue|Ave|Drive|Square)\b"  # 221B Baker Street
    r"|\b[A-Z\u00c4\u00d6\u00dc][\w-]*(?:stra\u00dfe|strasse|str\.|gasse|weg|platz|straat|laan) \d+\w?\b"
    r"|\b\d{4,5} [A-Z][\w-]+\b"  # 28013 Madrid
    r"|(?:[#\u20ac$\u00a3]\s?|\b(?:EUR|USD|GBP)\s)?[^\s\ue000-\uf8ff]*\d(?:[^\s\ue000-\uf8ff]*[\w%])?"
    r"(?:\s?(?:\u20ac|\$|\u00a3|%|\b(?:EUR|USD|GBP|PLN|CHF|kr|cm|mm|kg|km|W|V)\b))?"
    r"|\b(?:[A-Z]{2,}(?:[-_/][A-Z]+)+)\b"  # LAMP-XL
    r"|[*#@<>{}\[\]\\^$/|~_=`+&]+(?:\([^\s()]*\))?"  # what marks text up
    r"|[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+"  # pictures
    r"|[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+|[\ue000-\uf8ff]+",
    re.DOTALL,
)
_LETTERS = re.compile(r"[^\W\d_]")


class Lost(Exception):
    """A translation that must not be used; the text says why."""


class TooMuch(Exception):
    """There is more to protect than there are marks."""


@dataclass(frozen=True)
class Masked:
    """A text with a mark for each protected span, and what each mark comes back as."""

    text: str
    source: str
    spans: tuple[str, ...]

    @property
    def has_words(self) -> bool:
        return bool(_LETTERS.search(_MASK.sub("", self.text)))


def mask(text: str, *, keep: Iterable[str] = (), terms: Mapping[str, str] | None = None) -> Masked:
    """Protect what must stay. `keep` stays as it is; `terms` come back as what they map to."""
    forced = {term.casefold(): other for term, other in (terms or {}).items() if term}
    words = sorted({*(word for word in keep if word.strip()), *(terms or {})}, key=len, reverse=True)
    own = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words if word)
    spans: list[str] = []

    def put(found: re.Match[str]) -> str:
        said = found.group()
        other = forced.get(said.casefold(), said)
        if other != said and said[:1].isupper():
            other = other[:1].upper() + other[1:]
        spans.append(other)
        if len(spans) > MOST:
            raise TooMuch
        return chr(FIRST + len(spans) - 1)

    # A name may stand within an address, and what marks text up within a name: whichever begins first is whole.
    pattern = re.compile(f"{_SPANS.pattern}|(?i:{own})", re.DOTALL) if own else _SPANS
    return Masked(pattern.sub(put, text), text, tuple(spans))


def unmask(said: str, masked: Masked) -> str:
    """The translation with everything in its place again; Lost if a mark is gone, doubled or strange."""
    marks = Counter(_MASK.findall(said))
    if marks != Counter(chr(FIRST + number) for number in range(len(masked.spans))):
        raise Lost("a protected span is missing or doubled")
    return _MASK.sub(lambda found: masked.spans[ord(found.group()) - FIRST], said)


def check(said: str, masked: Masked, *, source: str, target: str) -> str:
    """The finished translation, if nothing speaks against it."""
    whole = unmask(said, masked)
    before, after = _MASK.sub("", masked.text).strip(), _MASK.sub("", said).strip()
    if not after:
        raise Lost("it is empty")
    if re.search(r"\d", after):
        raise Lost("it has a number that the source has not")
    if not len(before) * SHORTEST - SLACK <= len(after) <= len(before) * LONGEST + SLACK:
        raise Lost("it is too long or too short")
    if before.casefold() == after.casefold() and detect(before) == _base(source):
        raise Lost("it says the same as the source")
    if (language := detect(after)) is not None and language != _base(target):
        raise Lost(f"it is in {language}")
    return whole


def _base(language: str) -> str:
    return language.partition("-")[0].lower()
