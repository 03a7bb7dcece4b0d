"""A case as the clocks tell it, in the words of their judge."""

from datetime import timedelta

from tests.tickets.slow_clock import LOOK_AHEAD, PROMISES, Case, Policy, Told
from tickets import clocks
from tickets.hours import Hours
from tickets.models import Clock
from tickets.terms import Terms


def terms(policy: Policy) -> Terms:
    hours = Hours(policy.hours.zone, policy.hours.week, policy.hours.holidays)
    promised = {one: timedelta(minutes=minutes) for one, minutes in policy.minutes.items() if minutes is not None}
    return Terms(hours, promised, timedelta(minutes=policy.warn))


def tell(case: Case) -> dict[str, Told]:
    holds, status = terms(case.policy), "new"
    told = {promise: Told() for promise in PROMISES}
    all_of_them = {promise: Clock(promise=promise, is_owed=promise != "next") for promise in PROMISES}
    for clock in all_of_them.values():
        clocks.plan(clock, holds, runs=True, at=case.opened_at)
    for one in case.happenings:
        for clock in all_of_them.values():
            _note(told, clocks.settle(clock, holds.hours, one.at))
        if one.what in ("customer", "agent"):
            clocks.said(all_of_them, "team" if one.what == "agent" else "customer")
        elif one.what == "status":
            status = one.value
        else:
            holds = terms(one.value)
        for clock in all_of_them.values():
            clocks.plan(clock, holds, runs=status in clocks.RUNNING, at=one.at)
    for promise, clock in all_of_them.items():
        _note(told, clocks.ring(clock, case.now))
        clocks.settle(clock, holds.hours, case.now)
        told[promise].minutes = clock.counted // timedelta(minutes=1)
        if clock.broken_at is None and clock.due_at is not None and clock.due_at - case.now <= LOOK_AHEAD:
            told[promise].due_at = clock.due_at
    return told


def _note(told, rang):
    for clock, what, moment in rang:
        getattr(told[clock.promise], what).append(moment)
