"""The team just now: who is there, who holds what, who waits, and what the day has brought so far."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, DurationField, F, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import presence
from accounts.models import AgentPresence, Membership, Shop, User
from analytics.ledger.models import Event
from chat.models import Conversation, Handoff, Holder

WAITING = 8  # rows of those who wait longest

# What a number of the day counts, and in words for whoever asks.
DAY = {
    "message.received": (_("Messages from shoppers"), _("Every message a shopper sent today, in any conversation.")),
    "message.answered": (
        _("Answered by the assistant"),
        _("Answers that the assistant gave today, greetings included."),
    ),
    "conversation.handed_over": (_("Handed to people"), _("How often today a conversation went to the queue.")),
    "message.posted": (_("Replies by people"), _("Messages that somebody of the team wrote today.")),
}


@dataclass(frozen=True)
class Number:
    """One figure of the day, and the same of yesterday up to this hour."""

    name: str
    means: str
    value: int
    before: int

    @property
    def change(self) -> int:
        return self.value - self.before


@dataclass(frozen=True)
class Colleague:
    user: User
    state: str  # online, away, offline
    holds: int
    capacity: int
    talks: list[Conversation]  # to listen in

    @property
    def is_full(self) -> bool:
        return self.state == "online" and self.holds >= self.capacity


@dataclass(frozen=True)
class Board:
    numbers: list[Number]
    colleagues: list[Colleague]
    waiting: list[Conversation]
    waits: int
    waits_since: datetime | None
    held_by_people: int
    held_by_bot: int
    room: int  # talks that could be given to somebody now
    waited: int | None  # seconds, today, until somebody came: half of them shorter, half longer


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def read(shops: Iterable[Shop], *, at: datetime) -> Board:
    """The board of these shops together."""
    pks = [shop.pk for shop in shops]
    open_ones = Conversation.objects.filter(shop__in=pks).open()
    now = open_ones.aggregate(
        waits=Count("pk", filter=Q(holder=Holder.QUEUE)),
        waits_since=Min("waiting_since", filter=Q(holder=Holder.QUEUE)),
        held_by_people=Count("pk", filter=Q(holder=Holder.PERSON)),
        held_by_bot=Count("pk", filter=Q(holder=Holder.BOT)),
    )
    waiting = open_ones.filter(holder=Holder.QUEUE).select_related("customer", "person", "shop")
    colleagues = _colleagues(pks, open_ones, at=at)
    return Board(
        numbers=_numbers(pks, at=at),
        colleagues=colleagues,
        room=sum(max(0, one.capacity - one.holds) for one in colleagues if one.state == "online"),
        waited=_waited(pks, at=at),
        waiting=list(waiting.longest_waiting_first()[:WAITING]),
        **now,
    )


def _numbers(shops: list[int], *, at: datetime) -> list[Number]:
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    today, yesterday = Q(at__gte=midnight, at__lte=at), Q(at__gte=midnight - day, at__lte=at - day)
    events = Event.objects.filter(kind__in=DAY, at__gte=midnight - day, at__lte=at, shop_id__in=shops)
    found = {
        row["kind"]: row
        for row in events.order_by("kind")
        .values("kind")
        .annotate(today=Count("pk", filter=today), yesterday=Count("pk", filter=yesterday))
    }
    nothing = {"today": 0, "yesterday": 0}
    return [
        Number(str(name), str(means), found.get(kind, nothing)["today"], found.get(kind, nothing)["yesterday"])
        for kind, (name, means) in DAY.items()
    ]


def _waited(shops: list[int], *, at: datetime) -> int | None:
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Handoff.objects.filter(conversation__shop__in=shops, noticed_at__gte=midnight, noticed_at__lte=at)
    waited: timedelta | None = today.aggregate(waited=Median(F("noticed_at") - F("at")))["waited"]
    return int(waited.total_seconds()) if waited is not None else None


def _colleagues(shops: list[int], open_ones: QuerySet[Conversation], *, at: datetime) -> list[Colleague]:
    """Those who are there first, then by name. Who works for several of the shops stands here once."""
    held: dict[int | None, list[Conversation]] = defaultdict(list)
    for talk in open_ones.filter(holder=Holder.PERSON).select_related("customer").order_by("last_message_at", "pk"):
        held[talk.person_id].append(talk)
    said = {one.user_id: one for one in AgentPresence.objects.filter(shop__in=shops).order_by("last_seen_at", "pk")}
    team = {one.user_id: one.user for one in Membership.objects.filter(shop__in=shops).select_related("user")}
    since = at - presence.SILENCE
    found = []
    for pk, user in team.items():
        heard = said.get(pk)
        is_here = heard is not None and heard.last_seen_at is not None and heard.last_seen_at >= since
        state = heard.status if heard is not None and is_here else "offline"
        found.append(Colleague(user, state, len(held[pk]), heard.capacity if heard else 0, held[pk]))
    rank = {"online": 0, "away": 1, "offline": 2}
    return sorted(found, key=lambda each: (rank[each.state], -each.holds, str(each.user), each.user.pk))
