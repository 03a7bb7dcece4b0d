"""One thing done to many talks: each by its own story and under its own lock, so that colleagues lose nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import notes
from accounts.models import Membership, Shop, Team, User
from accounts.presence import NotOnTheTeam
from chat import handoff, talk
from chat.models import Conversation, Holder


class Over(Exception):
    """Somebody closed it in the meantime."""

    def __str__(self) -> str:
        return str(_("This conversation is closed."))


REFUSALS = (Over, handoff.AlreadyTaken, handoff.NotHolding, NotOnTheTeam, notes.Unfit)
Story = Callable[[Conversation], object]


@dataclass
class Done:
    """How many it was done to, and for which others it was not, and why."""

    number: int = 0
    refused: list[str] = field(default_factory=list)


def close(talks: Iterable[Conversation], *, by: User, at: datetime) -> Done:
    """End these talks, but none that a colleague is holding."""
    return _each(talks, lambda one: handoff.close(_not_of_others(one, by).pk, by=by, at=at))


def assign(talks: Iterable[Conversation], *, to: User | Team, by: User, at: datetime) -> Done:
    """Give these talks to a colleague or a team, or take them; what a third person holds stays with them."""
    if to == by:
        return _each(talks, lambda one: handoff.take(one.pk, by=by, at=at))
    return _each(talks, lambda one: handoff.pass_on(one.pk, by=by, to=to, at=at))


def tag(talks: Iterable[Conversation], name: str, *, by: User, at: datetime) -> Done:
    """Give the customers of these talks a tag."""
    return _each(talks, lambda one: notes.tag(one.customer, name, by=by, at=at))


@dataclass(frozen=True)
class Aims:
    """To whom talks can be given: the colleagues and the teams of one of her shops, or of all."""

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


def _each(talks: Iterable[Conversation], story: Story) -> Done:
    done = Done()
    for one in talks:
        try:
            _under_its_lock(one.pk, story)
        except REFUSALS as why:
            done.refused.append(f"{one.customer}: {why}")
        else:
            done.number += 1
    return done


@transaction.atomic
def _under_its_lock(pk: int, story: Story) -> None:
    conversation = talk.lock(pk)
    if not conversation.is_open:
        raise Over
    story(conversation)


def _not_of_others(conversation: Conversation, by: User) -> Conversation:
    if conversation.holder == Holder.PERSON and not conversation.is_held_by(by):
        raise handoff.AlreadyTaken(conversation.person)
    return conversation
