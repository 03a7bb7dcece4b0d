"""What a shop promises for a ticket, and when somebody is at work on it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max

from accounts.models import Shop
from tickets.hours import ALWAYS, Hours, Spans
from tickets.models import PastTerms, Policy, Promise, Ticket, WorkingHours
from tickets.models.promise import DAYS, spans


@dataclass(frozen=True)
class Terms:
    hours: Hours
    promised: dict[str, timedelta]
    warn: timedelta = timedelta()
    policy_id: int | None = None
    hours_id: int | None = None


class Book:
    """All that a shop promises, or once promised."""

    def __init__(self, written: dict[str, Any], *, edition: int = 0) -> None:
        self.edition = edition
        self._policies = written["policies"]
        self._hours = {
            one["pk"]: Hours(one["zone"], _week(one["week"]), frozenset(map(date.fromisoformat, one["holidays"])))
            for one in written["hours"]
        }
        self._teams = {one["pk"]: one["teams"] for one in written["hours"]}

    def terms(self, ticket: Ticket) -> Terms:
        """What holds for this ticket."""
        policy = next((policy for policy in self._policies if _fits(policy, ticket)), None)
        hours_id = self._hours_of(ticket.team_id)
        if policy is None:
            return Terms(hours=self.hours(hours_id), promised={}, hours_id=hours_id)
        return Terms(
            hours=self.hours(hours_id),
            promised={promise: timedelta(minutes=minutes) for promise, minutes in policy["promised"].items()},
            warn=timedelta(minutes=policy["warn"]),
            policy_id=policy["pk"],
            hours_id=hours_id,
        )

    def hours(self, hours_id: int | None) -> Hours:
        return self._hours.get(hours_id, ALWAYS)

    def _hours_of(self, team_id: int | None) -> int | None:
        own = (pk for pk, teams in self._teams.items() if team_id in teams)
        for_all = (pk for pk, teams in self._teams.items() if not teams)
        return next(own, None) or next(for_all, None)


def now(shop: Shop) -> Book:
    """What holds now. A change that comes in between is one of which the reader does not know yet."""
    last = PastTerms.objects.filter(shop=shop).aggregate(pk=Max("pk"))["pk"] or 0
    return Book(written(shop), edition=last)


def written(shop: Shop) -> dict[str, Any]:
    """All that a shop promises, as it can be kept."""
    policies = Policy.objects.filter(shop=shop, is_on=True).order_by("position", "pk").prefetch_related("teams")
    hours = WorkingHours.objects.filter(shop=shop).order_by("pk").prefetch_related("holidays", "teams")
    return {
        "policies": [
            {
                "pk": one.pk,
                "promised": {name: minutes for name in Promise.values if (minutes := getattr(one, name)) is not None},
                "warn": one.warn,
                "priorities": one.priorities,
                "types": one.types,
                "tags": one.tags,
                "teams": [team.pk for team in one.teams.all()],
            }
            for one in policies
        ],
        "hours": [
            {
                "pk": one.pk,
                "zone": one.time_zone,
                "week": [getattr(one, day) for day in DAYS],
                "holidays": [holiday.on.isoformat() for holiday in one.holidays.all()],
                "teams": [team.pk for team in one.teams.all()],
            }
            for one in hours
        ],
    }


def _week(days: list[str]) -> tuple[Spans, ...]:
    return tuple(spans(day) for day in days)


def _fits(policy: dict[str, Any], ticket: Ticket) -> bool:
    return (
        (not policy["priorities"] or ticket.priority in policy["priorities"])
        and (not policy["types"] or ticket.type in policy["types"])
        and (not policy["teams"] or ticket.team_id in policy["teams"])
        and (not policy["tags"] or bool(set(policy["tags"]) & set(ticket.tags)))
    )
