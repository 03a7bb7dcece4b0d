"""One thing done to many rows, each by its own story; and to whom things can be given."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from accounts.models import Membership, Shop, Team, User

Row = TypeVar("Row")


@dataclass
class Done:
    """How many it was done to, and for which others it was not, and why."""

    number: int = 0
    refused: list[str] = field(default_factory=list)


def each(
    rows: Iterable[Row],
    story: Callable[[Row], object],
    *,
    refusals: tuple[type[Exception], ...],
    name: Callable[[Row], str],
) -> Done:
    done = Done()
    for row in rows:
        try:
            story(row)
        except refusals as why:
            done.refused.append(f"{name(row)}: {why}")
        else:
            done.number += 1
    return done


@dataclass(frozen=True)
class Aims:
    """To whom work can be given: the colleagues and the teams of one of her shops, or of all."""

    memberships: list[Membership]
    all_teams: list[Team]

    def colleagues(self, shop_id: int | None = None) -> list[User]:
        return list(dict.fromkeys(one.user for one in self.memberships if shop_id in (None, one.shop_id)))

    def teams(self, shop_id: int | None = None) -> list[Team]:
        return [team for team in self.all_teams if shop_id in (None, team.shop_id)]


def aims(user: User) -> Aims:
    shops = Shop.objects.visible_to(user)
    found = Membership.objects.filter(shop__in=shops, user__is_active=True).exclude(user=user).select_related("user")
    teams = Team.objects.filter(shop__in=shops).order_by("name", "pk")
    return Aims(list(found.order_by("user__name", "user__pk", "pk")), list(teams))


def aim(user: User, named: str) -> User | Team | None:
    """The colleague or team of one of her shops, named as user-1 or team-1."""
    found = aims(user)
    named_so: dict[str, User | Team] = {f"user-{one.pk}": one for one in found.colleagues()}
    named_so |= {f"team-{one.pk}": one for one in found.teams()}
    return named_so.get(named)
