"""Money, how many, which size and colour, and where."""

import re
from collections.abc import Iterator
from pathlib import Path

Found = Iterator[tuple[str, str, int, int]]

_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
_CURRENCIES = {
    "eur": "EUR", "euro": "EUR", "euros": "EUR", "usd": "USD", "dollar": "USD", "dollars": "USD", "gbp": "GBP",
    "pound": "GBP", "pounds": "GBP", "chf": "CHF", "quid": "GBP",
}  # fmt: skip
_AMOUNT = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{2})?|\d+(?:[.,]\d{1,2})?"
_NAMED = "|".join(_CURRENCIES)
_MONEY = re.compile(
    rf"(?:(?P<sign>[€$£])|\b(?P<code>{_NAMED})) ?(?P<amount>{_AMOUNT})(?![\d.,]*\d)"
    rf"|(?<![\w.,-])(?P<before>{_AMOUNT}) ?(?:(?P<sign2>[€$£])|(?P<code2>{_NAMED})\b)",
    re.IGNORECASE,
)
_COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "a pair": 2, "a couple": 2, "a dozen": 12,
}  # fmt: skip
_QUANTITY = re.compile(
    r"(?<![\w.,-])(?P<times>\d{1,3}) ?[x\u00d7](?![\w])|\bx ?(?P<after>\d{1,3})\b"
    r"|(?<!\bthe )(?<!\border )(?<!\bsize )(?<![\w.,#-])(?P<digits>\d{1,2}) (?=[a-z]{3,})"
    r"(?!days?\b|weeks?\b|hours?\b|minutes?\b|months?\b|years?\b|times?\b|percent\b|am\b|pm\b)"
    r"|\b(?P<pair>a pair|a couple|a dozen)\b"
    r"|(?<!\bthe )(?<!\bthat )(?<!\bthis )\b(?P<word>two|three|four|five|six|seven|eight|nine|ten)\b"
    r"(?= of\b| [a-z]{3,}s\b| pieces?)(?! days?\b| weeks?\b| hours?\b| minutes?\b| months?\b| years?\b| times\b)",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"\b(?:size|gr(?:ö|oe)(?:ß|ss)e|talla|taille) (?P<named>(?:x{0,3}[sl]|m|\d{1,2}(?:[.,]5)?))\b"
    r"|\b(?:EU|UK|US) ?(?P<of>\d{1,2}(?:[.,]5)?)\b"
    r"|(?<![\w'\u2019])(?P<bare>XXS|XS|XL|XXL|XXXL)(?![\w'\u2019])",
    re.IGNORECASE,
)
_COLOUR = re.compile(
    r"\b(?:(?:light|dark|pale|bright|deep) )?(?:black|white|gr[ae]y|silver|gold|red|pink|purple|violet|blue|navy"
    r"|turquoise|teal|green|olive|yellow|orange|brown|beige|cream|burgundy|mustard)\b",
    re.IGNORECASE,
)
# The large ones of the countries shops ship to, those of two words first.
_CITIES = (Path(__file__).parent / "cities.txt").read_text(encoding="utf-8").splitlines()
_CITY = re.compile(rf"\b(?:{'|'.join(_CITIES)})\b")


def money(text: str) -> Found:
    for found in _MONEY.finditer(text):
        said = found["amount"] or found["before"]
        sign, name = found["sign"] or found["sign2"], (found["code"] or found["code2"] or "").lower()
        yield "money", f"{_amount(said)} {_SIGNS.get(sign) or _CURRENCIES[name]}", found.start(), found.end()


def quantities(text: str) -> Found:
    for found in _QUANTITY.finditer(text):
        said = found[str(found.lastgroup)].lower()
        value = said if said.isdigit() else str(_COUNTS[said])
        if int(value):
            yield "quantity", value, found.start(), found.end()


def sizes(text: str) -> Found:
    for found in _SIZE.finditer(text):
        yield "size", found[str(found.lastgroup)].upper().replace(",", "."), found.start(), found.end()


def colours(text: str) -> Found:
    for found in _COLOUR.finditer(text):
        yield "colour", found[0].lower().replace("gray", "grey"), found.start(), found.end()


def cities(text: str) -> Found:
    for found in _CITY.finditer(text):
        yield "city", found[0], found.start(), found.end()


def _amount(said: str) -> str:
    """Two digits behind the last mark are cents, whichever mark it is."""
    whole, cents = (said[:-3], said[-2:]) if len(said) > 3 and said[-3] in ".," else (said, "00")
    if len(said) > 2 and said[-2] in ".,":
        whole, cents = said[:-2], f"{said[-1]}0"
    return f"{re.sub(r'[^0-9]', '', whole)}.{cents}"
