"""Days, as people name them. "Friday" is the coming one, "next Friday" that of the coming week."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

Found = Iterator[tuple[str, str, int, int]]

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:,? (?P<year>20\d\d))?"
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
_NEAR = {"today": 0, "tonight": 0, "tomorrow": 1, "the day after tomorrow": 2, "yesterday": -1}
_MANY = rf"(?P<many>\d{{1,3}}|{'|'.join(_COUNTS)}) (?P<unit>day|week)s?"

_WAYS = tuple(
    re.compile(rf"\b(?:{way})\b", re.IGNORECASE)
    for way in (
        r"(?P<iso>20\d\d-\d\d-\d\d)",
        r"(?P<day>\d{1,2})[./](?P<number>\d{1,2})[./](?P<full>20\d\d)",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}{_YEAR}",
        rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_YEAR}",
        r"(?P<near>the day after tomorrow|today|tonight|tomorrow|yesterday)",
        rf"(?:(?P<which>next|this|last) )?(?P<weekday>{'|'.join(_WEEK)})",
        rf"in {_MANY}",
        rf"{_MANY} (?P<ago>ago)",
        r"the (?P<day>\d{1,2})(?:st|nd|rd|th)",
    )
)


def days(text: str, *, on: date) -> Found:
    for way in _WAYS:
        for found in way.finditer(text):
            with suppress(ValueError, OverflowError):  # there is no 31 June
                yield "date", _meant(found.groupdict(), on).isoformat(), found.start(), found.end()


def _meant(said: dict[str, str | None], on: date) -> date:
    if iso := said.get("iso"):
        return date.fromisoformat(iso)
    if number := said.get("number"):
        return date(int(said["full"] or 0), int(number), int(said["day"] or 0))
    if month := said.get("month"):
        return _in_month(on, _MONTHS.index(month[:3].lower()) + 1, int(said["day"] or 0), said.get("year"))
    if near := said.get("near"):
        return on + timedelta(days=_NEAR[near.lower()])
    if weekday := said.get("weekday"):
        return _weekday(on, _WEEK.index(weekday.lower()), (said.get("which") or "").lower())
    if many := said.get("many"):
        count = int(many) if many.isdigit() else _COUNTS[many.lower()]
        length = timedelta(weeks=count) if said["unit"] == "week" else timedelta(days=count)
        return on - length if said.get("ago") else on + length
    return _coming(on, int(said["day"] or 0))


def _in_month(on: date, month: int, day: int, year: str | None) -> date:
    """The one that is nearest, where no year is said."""
    if year:
        return date(int(year), month, day)
    return min((date(on.year + each, month, day) for each in (-1, 0, 1)), key=lambda each: abs(each - on))


def _weekday(on: date, weekday: int, which: str) -> date:
    monday = on - timedelta(days=on.weekday())
    if which == "next":
        return monday + timedelta(days=7 + weekday)
    if which == "last":
        return on - timedelta(days=(on.weekday() - weekday - 1) % 7 + 1)
    return on + timedelta(days=(weekday - on.weekday() - 1) % 7 + 1)


def _coming(on: date, day: int) -> date:
    """The next day of this number, today at the earliest."""
    month = on.replace(day=1)
    for _ in range(3):
        with suppress(ValueError):
            if (found := month.replace(day=day)) >= on:
                return found
        month = (month + timedelta(days=32)).replace(day=1)
    raise ValueError(day)
