"""What a shop promises for a ticket, and when somebody is at work on it."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import Shop
from tickets.hours import ALWAYS, Hours
from tickets.models import Policy, Promise, Ticket, WorkingHours
from tickets.models.promise import DAYS, spans


@dataclass(frozen=True)
class Terms:
    hours: Hours
    promised: dict[str, timedelta]
    warn: timedelta = timedelta()
    policy_id: int | None = None
    hours_id: int | None = None


class Book:
    """All that a shop promises, read once."""

    def __init__(self, shop: Shop) -> None:
        policies = Policy.objects.filter(shop=shop, is_on=True).order_by("position", "pk")
        self._policies = [
            (policy, {team.pk for team in policy.teams.all()}) for policy in policies.prefetch_related("teams")
        ]
        found = WorkingHours.objects.filter(shop=shop).order_by("pk").prefetch_related("holidays", "teams")
        self._hours = {one.pk: (hours(one), {team.pk for team in one.teams.all()}) for one in found}

    def terms(self, ticket: Ticket) -> Terms:
        """What holds for this ticket."""
        policy = next((policy for policy, teams in self._policies if _fits(policy, teams, ticket)), None)
        hours_id = self._hours_of(ticket.team_id)
        promised = {
            promise: timedelta(minutes=minutes)
            for promise in Promise.values
            if policy is not None and (minutes := getattr(policy, promise)) is not None
        }
        return Terms(
            hours=self.hours(hours_id),
            promised=promised,
            warn=timedelta(minutes=policy.warn) if policy else timedelta(),
            policy_id=policy.pk if policy else None,
            hours_id=hours_id,
        )

    def hours(self, hours_id: int | None) -> Hours:
        return self._hours[hours_id][0] if hours_id in self._hours else ALWAYS

    def _hours_of(self, team_id: int | None) -> int | None:
        own = (pk for pk, (_hours, teams) in self._hours.items() if team_id in teams)
        for_all = (pk for pk, (_hours, teams) in self._hours.items() if not teams)
        return next(own, None) or next(for_all, None)


def hours(row: WorkingHours) -> Hours:
    week = tuple(spans(getattr(row, day)) for day in DAYS)
    return Hours(row.time_zone, week, frozenset(holiday.on for holiday in row.holidays.all()))


def _fits(policy: Policy, teams: set[int], ticket: Ticket) -> bool:
    return (
        (not policy.priorities or ticket.priority in policy.priorities)
        and (not policy.types or ticket.type in policy.types)
        and (not teams or ticket.team_id in teams)
        and (not policy.tags or bool(set(policy.tags) & set(ticket.tags)))
    )
