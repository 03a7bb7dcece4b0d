"""What is written to be copied: addresses and the numbers of orders, parcels and telephones."""

import re
from collections.abc import Iterator

Found = Iterator[tuple[str, str, int, int]]

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TRACKING = re.compile(
    r"\b(?:1Z[0-9A-Z]{16}|[A-Z]{2}\d{9}[A-Z]{2}|JJ?D\d{16,20}|\d{20,22}"
    r"|(?<=tracking )\w{10,22}|(?<=tracking number )\w{10,22})\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w#-])(?:\+|00|\(?0)\d?[\d ()/.-]{7,18}\d(?![\w-])")
_ORDER = re.compile(
    r"(?<![\w-])(?:#(?P<marked>[A-Z]{0,4}-?\d{3,12})|(?P<lettered>[A-Z]{1,4}-\d{3,12})"
    r"|(?:order|bestellung|pedido|commande)s?(?: ?(?:number|no\.?|nr\.?|nummer|n[uú]mero|num[eé]ro|id))?"
    r"(?: is|:| ist| es| est)? ?#?(?P<named>\d{4,12}))(?![\w-])",
    re.IGNORECASE,
)


def emails(text: str) -> Found:
    for found in _EMAIL.finditer(text):
        yield "email", found[0].lower(), found.start(), found.end()


def trackings(text: str) -> Found:
    for found in _TRACKING.finditer(text):
        if any(sign.isdigit() for sign in found[0]):
            yield "tracking", found[0].upper(), found.start(), found.end()


def phones(text: str) -> Found:
    """Telephone numbers, digits only; 00 before the country is its plus."""
    for found in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if 8 <= len(digits) <= 15:
            plus = found[0].startswith(("+", "00"))
            value = f"+{digits.removeprefix('00')}" if plus else digits
            yield "phone", value, found.start(), found.end()


def orders(text: str) -> Found:
    for found in _ORDER.finditer(text):
        name = str(found.lastgroup)
        yield "order", found[name].upper(), found.start(name), found.end(name)
