"""How often anybody may knock: rates by name, counted in Redis so that every process counts together."""

import hashlib
import ipaddress
import logging
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Rate:
    amount: int
    seconds: float


@dataclass(frozen=True)
class Verdict:
    """Whether this knock is answered; if not, after how many seconds the next one may be."""

    allowed: bool
    retry_after: int = 0

    def __bool__(self) -> bool:
        return self.allowed


WELCOME = Verdict(True)
View = Callable[..., HttpResponseBase]


def hit(name: str, key: object) -> Verdict:
    """Count one knock of `key` at the door `name` of settings.RATE_LIMITS, unless it was one too many."""
    rates = rates_of(name)
    if not rates:
        return WELCOME
    drawers = [f"as:rate:{name}:{rate.amount}/{rate.seconds:g}:{_hidden(key)}" for rate in rates]
    numbers = [number for rate in rates for number in (rate.amount, math.ceil(rate.seconds * 1_000_000))]
    try:
        wait = int(_script(settings.REDIS_URL)(keys=drawers, args=numbers))
    except redis.RedisError as error:
        log.warning("Rate limits are not counted, Redis does not answer: %s", error)
        return WELCOME
    return Verdict(False, max(1, math.ceil(wait / 1_000_000))) if wait else WELCOME


def may_say(*, is_staff: bool, user_id: int | None, customer_id: int) -> Verdict:
    """Whether somebody is not saying more than anybody types, in a talk or on a ticket, by whichever door."""
    return hit("chat.send", f"{is_staff}:{user_id}:{customer_id}")


class Own:
    """The same rates for one socket alone: counted in its own process, so that a frame costs no round trip."""

    def __init__(self, name: str) -> None:
        self._counted = [(rate, deque[float]()) for rate in rates_of(name)]

    def hit(self) -> Verdict:
        now = time.monotonic()
        wait = 0.0
        for rate, knocks in self._counted:
            while knocks and knocks[0] <= now - rate.seconds:
                knocks.popleft()
            if len(knocks) >= rate.amount:
                wait = max(wait, knocks[0] + rate.seconds - now if knocks else rate.seconds)
        if wait:
            return Verdict(False, max(1, math.ceil(wait)))
        for _rate, knocks in self._counted:
            knocks.append(now)
        return WELCOME


def limited(name: str) -> Callable[[View], View]:
    """Guard a view with a rate, counted by account, or by address for somebody who has not signed in."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            verdict = hit(name, visitor(request))
            return view(request, *args, **kwargs) if verdict else refuse(request, retry_after=verdict.retry_after)

        return guarded

    return guard


def visitor(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return address(request.META.get("REMOTE_ADDR") or "", request.headers.get("X-Forwarded-For", ""))


def address(peer: str, forwarded: str = "") -> str:
    """The visitor's address, seen through as many proxies as the settings trust; a whole /64 is one IPv6 visitor."""
    hops, proxies = [hop.strip() for hop in forwarded.split(",") if hop.strip()], settings.ALLAUTH_TRUSTED_PROXY_COUNT
    seen = hops[-proxies] if 0 < proxies <= len(hops) else peer
    try:
        ip = ipaddress.ip_address(seen)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((ip, 64), strict=False).network_address) if ip.version == 6 else str(ip)


def refuse(request: HttpRequest, exception: Exception | None = None, *, retry_after: int = 60) -> HttpResponse:
    """The answer 429, as a page or as JSON, with the time to wait in words and in Retry-After."""
    if request.accepts("text/html"):
        answer = render(request, "429.html", {"seconds": retry_after}, status=429)
    else:
        answer = JsonResponse({"detail": _("Too many requests. Please wait a moment.")}, status=429)
    answer["Retry-After"] = str(retry_after)
    return answer


def rates_of(name: str) -> tuple[Rate, ...]:
    """The rates of a door; an unknown name is a mistake of ours and never an open door."""
    return parse(settings.RATE_LIMITS[name] or "")


@cache
def parse(text: str) -> tuple[Rate, ...]:
    """Read "20/m" or "5/10s,60/h"; an empty text means no limit."""
    return tuple(_parse_one(part.strip()) for part in text.split(",") if part.strip())


def _parse_one(text: str) -> Rate:
    amount, slash, period = text.partition("/")
    unit, times = period[-1:], period[:-1] or "1"
    if not (slash and amount.isdecimal() and unit in UNITS and times.isdecimal() and int(times)):
        raise ValueError(f"{text!r} is not a rate; write it as 20/m, 5/10s or 100/h")
    return Rate(int(amount), int(times) * UNITS[unit])


def _hidden(key: object) -> str:
    """Who knocked is nobody's business to read in Redis."""
    return hashlib.sha256(str(key).encode()).hexdigest()[:24]


# A sliding window in each drawer, read and written in one step; Redis' own clock, so that all machines agree.
_SLIDING = """
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local wait = 0
for i, drawer in ipairs(KEYS) do
  local amount, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  redis.call('ZREMRANGEBYSCORE', drawer, '-inf', now - window)
  if redis.call('ZCARD', drawer) >= amount then
    local oldest = redis.call('ZRANGE', drawer, 0, 0, 'WITHSCORES')[2]
    wait = math.max(wait, (oldest or now) + window - now)
  end
end
if wait == 0 then
  for i, drawer in ipairs(KEYS) do
    redis.call('ZADD', drawer, string.format('%.0f', now), string.format('%.0f:%d', now, redis.call('ZCARD', drawer)))
    redis.call('PEXPIRE', drawer, math.ceil(ARGV[2 * i] / 1000))
  end
end
return wait
"""


@cache
def _script(url: str) -> Any:
    server = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
    return server.register_script(_SLIDING)
