"""Counting time at work: by the clock on the wall, which is put forward and back, and not on holidays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LOOK_AHEAD = 400  # days without anybody at work, after which nothing is due any more

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hours:
    """For each weekday, spans of minutes since midnight on the wall clock of a time zone."""

    zone: str
    week: tuple[Spans, ...]
    holidays: frozenset[date] = frozenset()

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time between was time at work."""
        total = timedelta()
        for opens, closes in self._open_from(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total

    def after(self, start: datetime, amount: timedelta) -> datetime | None:
        """When so much time at work will have passed; None if nobody is at work for so long."""
        if amount <= timedelta():
            return start
        for opens, closes in self._open_from(start):
            if closes - opens >= amount:
                return opens + amount
            amount -= closes - opens
        return None

    def _open_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When somebody is at work from then on, in order; ends when nobody is for very long."""
        day, idle = start.astimezone(UTC).date(), 0
        while idle < LOOK_AHEAD:
            idle += 1
            for opens, closes in self._open_on(day):
                if closes > start:
                    yield max(opens, start), closes
                    idle = 0
            day += DAY

    def _open_on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The same within one day of universal time, in stretches in which the clock on the wall runs evenly."""
        for begins, ends, ahead in _stretches(self.zone, day):
            local_begins, local_ends = begins + ahead, ends + ahead
            midnight = datetime.combine(local_begins.date(), time(), UTC)
            while midnight < local_ends:
                if midnight.date() not in self.holidays:
                    for opens, closes in self.week[midnight.weekday()]:
                        opening = max(midnight + opens * MINUTE, local_begins)
                        closing = min(midnight + closes * MINUTE, local_ends)
                        if opening < closing:
                            yield opening - ahead, closing - ahead
                midnight += DAY


ALWAYS = Hours("UTC", (((0, 1440),),) * 7)


@lru_cache(maxsize=8192)
def _stretches(zone: str, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """A day of universal time, cut where the clock on the wall is put forward or back; each part with how far ahead."""
    begins = datetime.combine(day, time(), UTC)
    ends, known = begins + DAY, ZoneInfo(zone)
    before, after = _ahead(known, begins), _ahead(known, ends - MINUTE)
    if before == after:
        return ((begins, ends, before),)
    low, high = 0, 1439  # minutes: before the change, and after it
    while high - low > 1:
        middle = (low + high) // 2
        if _ahead(known, begins + middle * MINUTE) == before:
            low = middle
        else:
            high = middle
    change = begins + high * MINUTE
    return ((begins, change, before), (change, ends, after))


def _ahead(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
