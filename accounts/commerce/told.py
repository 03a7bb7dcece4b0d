"""One object of somebody else's, read strictly: each value by its name, of its kind, within its bounds."""

import re
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.models import Address, Shop
from accounts.models.money import CURRENCIES

T = TypeVar("T")
VALUES = 50  # the most names in one object of names and texts
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_is_url = URLValidator(schemes=["http", "https"])


class Wrong(ValueError):
    """A record that cannot be kept, and why, for whoever wrote it."""


class Told:
    """One object of somebody else's: each value is asked for by name, and what was not asked for is refused."""

    def __init__(self, told: Any, shop: Shop, inside: Mapping[str, Any] | None = None) -> None:
        if not isinstance(told, Mapping):
            raise Wrong(_("This is not an object with names and values."))
        self.told, self.shop, self.inside = told, shop, inside or {}
        self.asked: set[str] = set()

    def __enter__(self) -> "Told":
        return self

    def __exit__(self, kind: Any, *_rest: Any) -> None:
        if kind is None and (unknown := sorted(str(name) for name in self.told if name not in self.asked)):
            raise Wrong(
                _("“%(name)s” is not known here; known are %(names)s.")
                % {"name": unknown[0][:50], "names": ", ".join(sorted(self.asked))}
            )

    def value(self, name: str) -> Any:
        self.asked.add(name)
        return self.told.get(name)

    def must(self, value: T | None, name: str) -> T:
        if value is None or value == "":
            raise Wrong(_("“%(name)s” is missing.") % {"name": name})
        return value

    def text(self, name: str, most: int, *, needed: bool = False) -> str:
        value = self.value(name)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            value = str(value)  # ids are numbers in many systems
        text = clean(value, name, most)
        return self.must(text, name) if needed else text

    def email(self, name: str) -> str:
        address = self.text(name, 254).lower()
        if address:
            try:
                validate_email(address)
            except ValidationError:
                raise Wrong(_("“%(value)s” is not an e-mail address.") % {"value": address[:100]}) from None
        return address

    def url(self, name: str) -> str:
        url = self.text(name, 200)
        if url:
            try:
                _is_url(url)
            except ValidationError:
                raise Wrong(_("“%(value)s” is not a web address.") % {"value": url[:100]}) from None
        return url

    def currency(self, name: str, otherwise: str | None = None) -> str:
        code = self.text(name, 10) or otherwise or self.shop.currency
        if code not in CURRENCIES:
            raise Wrong(_("“%(value)s” is not a currency we know; write a code such as EUR.") % {"value": code})
        return code

    def amount(self, name: str, otherwise: Any, *, least: Decimal | None = Decimal(0)) -> Any:
        value = self.value(name)
        if value is None or value == "":
            return otherwise
        try:
            amount = Decimal(str(value).strip()) if not isinstance(value, bool) else None
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite():
            raise Wrong(
                _("“%(value)s” is not an amount; write %(name)s like 19.90.") % {"value": str(value)[:50], "name": name}
            )
        if least is not None and amount < least:
            raise Wrong(_("%(name)s must not be negative.") % {"name": name})
        exact = amount.quantize(Decimal("0.01")) if abs(amount) < 10**10 else None
        if exact is None or exact != amount:
            raise Wrong(_("%(name)s has too many digits.") % {"name": name})
        return exact

    def something(self, name: str, otherwise: Decimal | None = None) -> Decimal:
        amount: Decimal = self.must(self.amount(name, otherwise), name)
        if not amount:
            raise Wrong(_("%(name)s must be more than nothing.") % {"name": name})
        return amount

    def whole(self, name: str, otherwise: int | None) -> int | None:
        value = self.value(name)
        if value is None or value == "":
            return otherwise
        number = str(value).strip()
        if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,9}", number):
            raise Wrong(_("“%(value)s” is not a whole number.") % {"value": number[:50]})
        return int(number)

    def flag(self, name: str, otherwise: bool) -> bool:
        value = self.value(name)
        if value is None or value == "":
            return otherwise
        word = str(value).strip().lower()
        if word not in ("true", "yes", "1", "false", "no", "0"):
            raise Wrong(_("%(name)s must be yes or no.") % {"name": name})
        return word in ("true", "yes", "1")

    def choice(self, name: str, known: Iterable[str], otherwise: str) -> str:
        value = self.text(name, 50).lower() or str(otherwise)
        if value not in known:
            raise Wrong(
                _("“%(value)s” is not a %(name)s; known are %(known)s.")
                % {"value": value, "name": name, "known": ", ".join(known)}
            )
        return value

    def time(self, name: str) -> datetime | None:
        """A moment; without a zone it is the shop's own clock."""
        value = self.text(name, 40)
        if not value:
            return None
        try:
            found = parse_datetime(value) or (datetime.fromisoformat(value) if parse_date(value) else None)
            if found and found.tzinfo is None:
                found = found.replace(tzinfo=zoneinfo.ZoneInfo(self.shop.time_zone))
        except ValueError:
            found = None
        if found is None or not 1970 <= found.year <= 2200:
            raise Wrong(_("“%(value)s” is not a time; write 2026-03-02T12:00:00+01:00.") % {"value": value})
        return found

    def day(self, name: str) -> date | None:
        value = self.text(name, 40)
        if not value:
            return None
        try:
            found = parse_date(value)
        except ValueError:
            found = None
        if found is None or not 1970 <= found.year <= 2200:
            raise Wrong(_("“%(value)s” is not a date; write 2026-03-02.") % {"value": value})
        return found

    def values(self, name: str) -> dict[str, str]:
        told = self.value(name) or {}
        if not isinstance(told, Mapping) or len(told) > VALUES:
            raise Wrong(_("%(name)s must be names with short texts.") % {"name": name})
        return {
            clean(each, name, 100): clean(value if isinstance(value, str) else str(value), name, 500)
            for each, value in told.items()
            if value not in (None, "")
        }

    def address(self, name: str) -> Address:
        told = self.value(name)
        if told is None or told == "":
            return Address()
        with Told(told, self.shop) as it:
            return Address(
                **{part: it.text(part, 200) for part in ("name", "line1", "line2", "city", "region", "country")},
                postcode=it.text("postcode", 20),
            )

    def each(
        self,
        name: str,
        read: Callable[["Told", int], T],
        *,
        most: int,
        needed: bool = False,
        inside: Mapping[str, Any] | None = None,
    ) -> tuple[T, ...] | None:
        told = self.value(name)
        if told is None and not needed:
            return None
        if not isinstance(told, list) or (needed and not told):
            raise Wrong(_("“%(name)s” must be a list with something in it.") % {"name": name})
        if len(told) > most:
            raise Wrong(_("There are more than %(most)s %(name)s.") % {"most": most, "name": name})
        found = []
        for number, one in enumerate(told, 1):
            try:
                with Told(one, self.shop, inside) as it:
                    found.append(read(it, number))
            except Wrong as why:
                raise Wrong(f"{name} {number}: {why}") from None
        return tuple(found)


def clean(value: Any, name: str, most: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Wrong(_("“%(name)s” must be text.") % {"name": name})
    if _ODD.search(value):
        raise Wrong(_("“%(name)s” holds bytes that are no text; save the file as UTF-8.") % {"name": name})
    text = value.strip()
    if len(text) > most:
        raise Wrong(_("“%(name)s” is longer than %(most)s characters.") % {"name": name, "most": most})
    return text
