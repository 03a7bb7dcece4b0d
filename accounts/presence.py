"""Who of the team is there, and how much each can hold."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import AgentPresence, Shop, User
from analytics.ledger import events

Status = AgentPresence.Status
SILENCE = timedelta(seconds=settings.AGENT_SILENCE_SECONDS)


def come(user: User, shop: Shop, *, at: datetime, capacity: int | None = None) -> AgentPresence:
    """Say that she is there and takes talks."""
    return _say(user, shop, Status.ONLINE, at=at, capacity=capacity)


def step_away(user: User, shop: Shop, *, at: datetime) -> AgentPresence:
    """Say that she is there but takes no new talks."""
    return _say(user, shop, Status.AWAY, at=at)


def leave(user: User, shop: Shop, *, at: datetime) -> AgentPresence:
    """Say that she is gone."""
    return _say(user, shop, Status.OFFLINE, at=at)


def seen(user: User, shop: Shop, *, at: datetime) -> bool:
    """A heartbeat: she is still there. False when she never came."""
    presence = AgentPresence.objects.filter(user=user, shop=shop).exclude(status=Status.OFFLINE)
    return bool(presence.update(last_seen_at=at))


def alive(user_ids: Iterable[int], *, at: datetime) -> None:
    """A heartbeat of everybody who has a page of the team open, in all shops at once."""
    beating = AgentPresence.objects.filter(user__in=set(user_ids)).order_by("pk")
    with transaction.atomic():
        rows = beating.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True)
        AgentPresence.objects.filter(pk__in=list(rows)).update(last_seen_at=at)


def hold(user_id: int) -> list[AgentPresence]:
    """What she said in each shop, ours alone until the transaction ends: nobody else gives her a talk meanwhile."""
    return list(AgentPresence.objects.select_for_update(no_key=True).filter(user=user_id).order_by("pk"))


def available(shop: Shop, *, at: datetime) -> QuerySet[AgentPresence]:
    """Those who take talks now; one who fell silent does not, whatever she last said."""
    online = AgentPresence.objects.filter(shop=shop).online(since=at - SILENCE)
    still_here = online.filter(user__memberships__shop=shop)
    return still_here.select_related("user").order_by("pk")


@transaction.atomic
def _say(user: User, shop: Shop, status: str, *, at: datetime, capacity: int | None = None) -> AgentPresence:
    if not user.works_for(shop):
        raise NotOnTheTeam
    AgentPresence.objects.get_or_create(user=user, shop=shop)
    presence: AgentPresence = AgentPresence.objects.select_for_update(no_key=True).get(user=user, shop=shop)
    before = (presence.status, presence.capacity)
    presence.status, presence.last_seen_at = status, at
    presence.capacity = presence.capacity if capacity is None else capacity
    presence.save(update_fields=["status", "capacity", "last_seen_at"])
    if before != (presence.status, presence.capacity):
        events.record(
            "presence.changed", user=user, shop=shop, state=status, capacity=presence.capacity, actor=user, at=at
        )
    return presence


class NotOnTheTeam(ValueError):
    """Only those who work for a shop can be there for it."""

    def __str__(self) -> str:
        return str(_("Only those who work for this shop can be there for it."))
