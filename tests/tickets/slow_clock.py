"""What a ticket's clocks must say, told so slowly that anybody can check it; written before the clock it judges.

One tick after the other: what happened at that moment is taken in, then we look whether a promise is due, then the
time until the next tick counts if the clock runs and somebody is at work. What is promised:

- `first`: the first public reply, owed from the opening on.
- `next`: a reply to what the customer said since, owed from their first unanswered words on, counted anew each time.
- `resolution`: owed always.

A clock runs while its promise is owed and the ticket is new, open or on hold; it stands while we wait for the customer
and while the ticket is solved or closed. Time counts while somebody is at work: by the clock on their wall, not on
holidays. A reply at the very moment a promise is due is in time. From a change of policy or working hours on, the new
ones hold, and what has been counted stays counted.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

PROMISES = ("first", "next", "resolution")
RUNNING = {"new", "open", "on_hold"}
LOOK_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Hours:
    """When somebody is at work: for each weekday spans of minutes since midnight, by the clock on the wall."""

    zone: str
    week: tuple[tuple[tuple[int, int], ...], ...]
    holidays: frozenset[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(ZoneInfo(self.zone))
        minute = 60 * local.hour + local.minute
        spans = self.week[local.weekday()]
        return local.date() not in self.holidays and any(start <= minute < end for start, end in spans)


@dataclass(frozen=True)
class Policy:
    """What is promised, in minutes at work; None promises nothing. Warned so many minutes before it is due."""

    hours: Hours
    minutes: dict[str, int | None]
    warn: int


@dataclass(frozen=True)
class Happening:
    """`customer` or `agent` spoke, `status` became another, or `policy` did."""

    at: datetime
    what: str
    value: object = None


@dataclass(frozen=True)
class Case:
    number: int
    step: timedelta
    opened_at: datetime
    policy: Policy
    happenings: tuple[Happening, ...]
    now: datetime


@dataclass
class Told:
    """Of one promise: minutes counted, when it is due if nothing happens any more, and what went by."""

    minutes: int = 0
    due_at: datetime | None = None
    warned: list[datetime] = field(default_factory=list)
    broken: list[datetime] = field(default_factory=list)


def tell(case: Case) -> dict[str, Told]:
    """Everything the clocks of this ticket have to say now."""
    told = {promise: Told() for promise in PROMISES}
    state = _State(case.policy)
    to_come, at = list(case.happenings), case.opened_at
    while True:
        while to_come and to_come[0].at == at:
            state.take_in(to_come.pop(0), told)
        for promise in PROMISES:
            if state.runs(promise) and state.policy.minutes[promise] is not None:
                state.look(promise, told[promise], at)
        if at == case.now:
            break
        _count(state, told, at, case.step)
        at += case.step
    for promise in PROMISES:
        if state.runs(promise) and promise not in state.broken and state.policy.minutes[promise] is not None:
            told[promise].due_at = _due(case, state, promise, told[promise].minutes)
    return told


class _State:
    def __init__(self, policy: Policy) -> None:
        self.policy, self.status = policy, "new"
        self.answered, self.unanswered = False, False
        self.warned, self.broken = set(), set()

    def runs(self, promise: str) -> bool:
        owed = {"first": not self.answered, "next": self.unanswered, "resolution": True}
        return owed[promise] and self.status in RUNNING

    def take_in(self, one: Happening, told: dict[str, Told]) -> None:
        if one.what == "status":
            self.status = one.value
        elif one.what == "policy":
            self.policy = one.value
        elif one.what == "agent":
            self.answered, self.unanswered = True, False
        elif self.answered and not self.unanswered:
            self.unanswered = True
            told["next"].minutes = 0
            self.warned.discard("next")
            self.broken.discard("next")

    def look(self, promise: str, told: Told, at: datetime) -> None:
        promised = self.policy.minutes[promise]
        if promise not in self.warned and told.minutes >= promised - self.policy.warn:
            self.warned.add(promise)
            told.warned.append(at)
        if promise not in self.broken and told.minutes >= promised:
            self.broken.add(promise)
            told.broken.append(at)


def _count(state: _State, told: dict[str, Told], at: datetime, step: timedelta) -> None:
    if state.policy.hours.is_open(at):
        for promise in PROMISES:
            if state.runs(promise):
                told[promise].minutes += step // timedelta(minutes=1)


def _due(case: Case, state: _State, promise: str, minutes: int) -> datetime | None:
    """Go on until it would be due; what is further off than anybody looks is not due."""
    at = case.now
    while minutes < state.policy.minutes[promise]:
        if at - case.now >= LOOK_AHEAD:
            return None
        if state.policy.hours.is_open(at):
            minutes += case.step // timedelta(minutes=1)
        at += case.step
    return at


# Cases.

# Clocks that are put forward and back, at midnight, by half an hour, by a day, in the south, in other years; and not.
ZONES = (
    *("Europe/Paris", "Europe/London", "America/New_York", "America/Santiago", "America/Sao_Paulo", "Asia/Beirut"),
    *("Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns", "Asia/Kathmandu", "UTC", "Pacific/Apia"),
)
OFFICE, MORNING, EVENING = ((540, 1020),), ((480, 720),), ((780, 1110),)
KINDS = ("new", "open", "open", "waiting", "waiting", "on_hold", "solved", "closed")


def case(number: int, *, seed: int) -> Case:
    """One case of its own: the same number and seed give the same one."""
    chance = Random(f"{seed}/{number}")
    step = timedelta(minutes=chance.choice((5, 15, 15, 15, 15, 15, 15, 15, 15, 1)))
    opened_at = _start(chance)
    length = step * chance.randrange(20, 600)
    policy = _policy(chance, opened_at)
    happenings, at = [], opened_at
    for _ in range(chance.choice((0, 1, 2, 4, 6, 9, 14))):
        at += step * chance.choice((0, 1, chance.randrange(40), chance.randrange(160)))
        if at - opened_at > length:
            break
        happenings.append(_happening(chance, at, policy))
    return Case(number, step, opened_at, policy, tuple(happenings), opened_at + length)


def _start(chance: Random) -> datetime:
    """A third anywhere in some years, the rest shortly before a weekend on which clocks are put forward or back."""
    if chance.random() < 1 / 3:
        day = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(17 * 365))
    else:
        month, around = chance.choice(((3, 29), (3, 10), (10, 27), (11, 3), (4, 4), (9, 7), (10, 4), (2, 17), (12, 29)))
        day = datetime(chance.randrange(2010, 2028), month, 1, tzinfo=UTC)
        day += timedelta(days=min(around, 29) - chance.randrange(1, 8))
    return day + timedelta(minutes=15 * chance.randrange(96))


def _policy(chance: Random, at: datetime) -> Policy:
    minutes = {
        "first": chance.choice((None, 15, 30, 60, 240, 480, 15 * chance.randrange(1, 200))),
        "next": chance.choice((None, 0, 30, 60, 240, 15 * chance.randrange(1, 200))),
        "resolution": chance.choice((None, 60, 480, 960, 2400, 15 * chance.randrange(1, 400))),
    }
    return Policy(_hours(chance, at), minutes, chance.choice((0, 15, 30, 60, 600)))


def _hours(chance: Random, at: datetime) -> Hours:
    usual = chance.choice((OFFICE, (*MORNING, *EVENING), ((0, 1440),), ((0, 360), (1320, 1440)), ((90, 195),), EVENING))
    weekend = chance.choice(((), (), usual, MORNING, ((0, 1440),)))
    week = [usual] * 5 + [weekend] * 2
    if chance.random() < 0.3:
        week[chance.randrange(7)] = _odd(chance)
    if chance.random() < 0.02:
        week = [()] * 7
    days = (at.date() + timedelta(days=chance.randrange(-1, 12)) for _ in range(chance.choice((0, 0, 1, 2, 4))))
    return Hours(chance.choice(ZONES), tuple(week), frozenset(days))


def _odd(chance: Random) -> tuple[tuple[int, int], ...]:
    bounds = sorted(chance.sample(range(0, 1441, 15), chance.choice((2, 4, 6))))
    return tuple(zip(bounds[::2], bounds[1::2], strict=True))


def _happening(chance: Random, at: datetime, before: Policy) -> Happening:
    what = chance.choice(("customer", "customer", "agent", "agent", "status", "status", "status", "policy"))
    value = None
    if what == "status":
        value = chance.choice(KINDS)
    elif what == "policy":
        new = _policy(chance, at)
        value = chance.choice((new, Policy(before.hours, new.minutes, new.warn), Policy(new.hours, before.minutes, 30)))
    return Happening(at, what, value)
