"""Whoever waits is given to a colleague who has room: first come, first served, as far as skills and languages go.

One assignment is one transaction. Those of a shop follow each other, so that the oldest is really the oldest; her
presence is held, so that no other shop fills her last place meanwhile; the conversation is locked last, and given only
if it still waits. Whoever takes a talk by hand is not asked for room.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from celery import shared_task
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from accounts import presence
from accounts.models import AgentPresence, Membership, Shop, Skill, Team, User
from analytics.ledger import events
from chat import handoff, talk
from chat.models import Conversation, Holder

_LOCK = 7_001  # of the database's advisory locks: assigning, by shop


@dataclass(frozen=True)
class Colleague:
    user_id: int
    teams: frozenset[int]
    skills: frozenset[int]
    languages: frozenset[str]  # none: all
    capacity: int
    holds: int
    is_there: bool
    given_at: float

    @property
    def has_room(self) -> bool:
        return self.is_there and self.holds < self.capacity

    @property
    def turn(self) -> tuple[float, float, int]:
        """Who comes first: the least laden, then who was given nothing for longest."""
        return self.holds / self.capacity, self.given_at, self.user_id

    def speaks(self, language: str) -> bool:
        return not self.languages or language in self.languages


@dataclass(frozen=True)
class Place:
    """The head of one queue: a team's, for one language and the same skills."""

    conversation_id: int
    team: int | None
    needs: frozenset[int]
    language: str
    queued_at: datetime


def assign(shop_id: int, *, at: datetime) -> int:
    """Give away whatever can be given; how many were."""
    given = 0
    while (was_given := _give_next(shop_id, at=at)) is not None:
        given += was_given
    return given


def bring_back(*, at: datetime) -> int:
    """Talks of those who fell silent, were switched off or left the team go back to where they stood in the queue."""
    found = list(left_alone(at=at).order_by("queued_at", "pk").values_list("pk", "person_id"))
    return sum(handoff.bring_back(pk, from_id=person_id, at=at) for pk, person_id in found)


def left_alone(*, at: datetime) -> QuerySet[Conversation]:
    """Held by somebody who is no longer there. Who never said that she is there is not missed."""
    hers = Q(user=OuterRef("person"), shop=OuterRef("shop"))
    silent = AgentPresence.objects.filter(hers, last_seen_at__lt=at - presence.SILENCE)
    works = Membership.objects.filter(hers)
    gone = Q(person__is_active=False) | Q(Exists(silent)) | (Q(person__is_superuser=False) & ~Q(Exists(works)))
    return Conversation.objects.filter(gone, holder=Holder.PERSON, closed_at=None)


def waiting_shops() -> list[int]:
    """The shops in which somebody waits."""
    waiting = Conversation.objects.filter(shop=OuterRef("pk"), holder=Holder.QUEUE, closed_at=None)
    return list(Shop.objects.filter(Exists(waiting)).order_by("pk").values_list("pk", flat=True))


@shared_task(name="chat.assign")
def assign_now(shop_id: int) -> None:
    cache.delete(handoff.assigning(shop_id))
    assign(shop_id, at=timezone.now())


@shared_task(name="chat.tend")
def tend() -> None:
    """Bring back what gone colleagues held, and give away what waits, should no worker have heard of it."""
    at = timezone.now()
    bring_back(at=at)
    for shop_id in waiting_shops():
        assign(shop_id, at=at)


@transaction.atomic
def _give_next(shop_id: int, *, at: datetime) -> bool | None:
    """Give the oldest talk that fits anybody with room; False if it was gone by then, None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, shop_id])
    team = colleagues(shop_id, at=at)
    free = [one for one in team if one.has_room]
    if not free:
        return None
    for place in _heads(shop_id):
        fit = [one for one in free if one in _who_fits(place, team)]
        if fit:
            return _give(place, min(fit, key=lambda one: one.turn), at=at)
    return None


def _give(place: Place, colleague: Colleague, *, at: datetime) -> bool:
    presences = presence.hold(colleague.user_id)
    if _held_by([colleague.user_id]).get(colleague.user_id, 0) != colleague.holds:
        return False
    conversation = talk.lock(place.conversation_id)
    if conversation.holder != Holder.QUEUE or not conversation.is_open:
        return False
    person = User.objects.get(pk=colleague.user_id)
    handoff.hand_to(conversation, person, at=at)
    AgentPresence.objects.filter(pk__in=[one.pk for one in presences]).update(given_at=at)
    events.record(
        "conversation.assigned",
        conversation=conversation,
        to=person,
        actor="system",
        at=at,
        lease=conversation.lease,
        waiting=at - place.queued_at,
    )
    return True


def colleagues(shop_id: int, *, at: datetime) -> list[Colleague]:
    """Everybody who works for the shop, and how much each has to do: in all shops, for she has two hands."""
    members = Membership.objects.filter(shop=shop_id, user__is_active=True).order_by("user")
    languages = {one.user_id: one.languages for one in members}
    there = {one.user_id for one in presence.available(Shop(pk=shop_id), at=at)}
    said = {one.user_id: one for one in AgentPresence.objects.filter(shop=shop_id, user__in=languages)}
    holds = _held_by(list(said))
    teams = _members(Team.members.through.objects.filter(team__shop=shop_id).values_list("user_id", "team_id"))
    skills = _members(Skill.members.through.objects.filter(skill__shop=shop_id).values_list("user_id", "skill_id"))
    found = []
    for user_id, spoken in languages.items():
        heard = said.get(user_id)
        found.append(
            Colleague(
                user_id=user_id,
                teams=teams[user_id],
                skills=skills[user_id],
                languages=frozenset(map(_base, spoken)),
                capacity=heard.capacity if heard else 0,
                holds=holds.get(user_id, 0),
                is_there=user_id in there,
                given_at=heard.given_at.timestamp() if heard and heard.given_at else 0,
            )
        )
    return found


def _heads(shop_id: int) -> Iterator[Place]:
    """The oldest of each queue, oldest first."""
    waiting = Conversation.objects.filter(shop=shop_id, holder=Holder.QUEUE, closed_at=None)
    spoken = waiting.annotate(speaks=Coalesce(NullIf("language", Value("")), "customer__language"))
    oldest = spoken.order_by("team", "needs", "speaks", "queued_at", "pk")
    heads = oldest.distinct("team", "needs", "speaks").values_list(
        "pk", "team_id", "needs", "speaks", "shop__language", "queued_at"
    )
    places = [
        Place(pk, team, frozenset(needs), _base(hers or shops), cast(datetime, at))
        for pk, team, needs, hers, shops, at in heads
    ]
    yield from sorted(places, key=lambda place: (place.queued_at, place.conversation_id))


def _who_fits(place: Place, team: list[Colleague]) -> list[Colleague]:
    """Who may be given it. What nobody of the shop could ever fulfil, here or not, is not asked for."""
    in_team = [one for one in team if place.team in one.teams] or team
    able = [one for one in in_team if place.needs <= one.skills] or in_team
    return [one for one in able if one.speaks(place.language)] or able


def _held_by(user_ids: list[int]) -> dict[int, int]:
    held = Conversation.objects.filter(person__in=user_ids, holder=Holder.PERSON, closed_at=None)
    return dict(held.order_by("person").values_list("person").annotate(Count("pk")))


def _members(pairs: "QuerySet[Any, tuple[int, int]]") -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for user_id, row_id in pairs:
        found[user_id].add(row_id)
    return defaultdict(frozenset, {user_id: frozenset(rows) for user_id, rows in found.items()})


def _base(language: str) -> str:
    """en-GB is English."""
    return language.lower().partition("-")[0]
