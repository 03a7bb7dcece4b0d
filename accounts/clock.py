"""Times as those who read them expect: by the clock of their shop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.functional import cached_property

from accounts import people


@contextmanager
def reading(language: str, zone: tzinfo | str) -> Iterator[None]:
    """Words and times in here are for somebody who reads this language, in a shop of this time zone."""
    with translation.override(language), timezone.override(zone):
        yield


class ShopClock:
    """Pages tell the time of the shop they are for, which is looked up when the first time is told."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(_ZoneOf(request)):
            return self.get_response(request)


class _ZoneOf(tzinfo):
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def zone(self) -> tzinfo:
        try:
            return people.shop_for(self.request).zone
        except people.NoShop:
            return ZoneInfo("UTC")

    def __str__(self) -> str:
        return str(self.zone)

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        return self.zone.utcoffset(at)

    def dst(self, at: datetime | None) -> timedelta | None:
        return self.zone.dst(at)

    def tzname(self, at: datetime | None) -> str | None:
        return self.zone.tzname(at)

    def fromutc(self, at: datetime) -> datetime:
        return self.zone.fromutc(at.replace(tzinfo=self.zone)).replace(tzinfo=self)
