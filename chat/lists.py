"""The lists of the inbox: which talks stand on each, in which order, and how many. Few queries for however many."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, Team, User
from chat.models import Conversation, Holder, Mention

ROWS = 60


class Box(models.TextChoices):
    ALL = "all", _("All open")
    WAITING = "waiting", _("Waiting")
    MINE = "mine", _("Mine")
    TEAM = "team", _("My team")
    BOT = "bot", _("With the assistant")
    MENTIONS = "mentions", _("Mentions")


@dataclass(frozen=True)
class Desk:
    """Whose inbox it is: what she may see, and what is hers."""

    user_id: int
    shops: tuple[int, ...]
    teams: tuple[int, ...]


def desk_of(user: User, shops: Iterable[Shop] | None = None) -> Desk:
    """Her desk; whoever has read her shops already may bring them along."""
    mine = sorted(shop.pk for shop in (Shop.objects.visible_to(user) if shops is None else shops))
    teams = Team.objects.filter(members=user, shop__in=mine).order_by("pk").values_list("pk", flat=True)
    return Desk(user.pk, tuple(mine), tuple(teams))


def page(desk: Desk, box: str) -> list[Conversation]:
    """The first rows of a list, in its order."""
    here = Conversation.objects.filter(shop__in=desk.shops)
    match box:
        case Box.MINE:
            found = here.open().filter(person=desk.user_id, holder=Holder.PERSON).longest_waiting_first()
        case Box.TEAM:
            found = here.open().filter(team__in=desk.teams).longest_waiting_first()
        case Box.MENTIONS:
            calls = Mention.objects.filter(user=desk.user_id, seen_at=None).values("note__conversation")
            found = here.filter(pk__in=calls).newest_first()
        case _:
            return _heads(desk, box)
    return list(found.select_related("customer", "person", "shop")[:ROWS])


# Each shop gives its own first rows by the index that has them in order; sorting is left for those few.
_ORDERS = {
    Box.ALL: ("TRUE", "c.waiting_since, c.last_message_at DESC, c.id", "waiting_since, last_message_at DESC, id"),
    Box.WAITING: ("c.holder = 'queue'", "c.queued_at, c.id", "queued_at, id"),
    Box.BOT: ("c.holder = 'bot'", "c.last_message_at DESC, c.id DESC", "last_message_at DESC, id DESC"),
}
_HEADS = """
    SELECT head.id FROM unnest(%s::bigint[]) AS shop(id) CROSS JOIN LATERAL (
        SELECT c.id, c.waiting_since, c.queued_at, c.last_message_at FROM chat_conversation c
        WHERE c.shop_id = shop.id AND c.closed_at IS NULL AND {only} ORDER BY {order} LIMIT {rows}
    ) AS head ORDER BY {whole} LIMIT {rows}
"""


def heads_sql(box: str) -> str:
    only, order, whole = _ORDERS[Box(box)]
    return _HEADS.format(only=only, order=order, whole=whole, rows=ROWS)


def _heads(desk: Desk, box: str) -> list[Conversation]:
    with connection.cursor() as cursor:
        cursor.execute(heads_sql(box), [list(desk.shops)])
        pks = [pk for (pk,) in cursor.fetchall()]
    rows = Conversation.objects.filter(pk__in=pks).select_related("customer", "person", "shop")
    return sorted(rows, key=lambda row: pks.index(row.pk))


COUNTS = """
    SELECT count(*),
        count(*) FILTER (WHERE holder = 'queue'),
        count(*) FILTER (WHERE holder = 'person' AND person_id = %(me)s),
        count(*) FILTER (WHERE team_id = ANY(%(teams)s)),
        count(*) FILTER (WHERE holder = 'bot'),
        (SELECT count(DISTINCT note.conversation_id) FROM chat_mention mention
            JOIN chat_note note ON note.id = mention.note_id
            JOIN chat_conversation called ON called.id = note.conversation_id
            WHERE mention.user_id = %(me)s AND mention.seen_at IS NULL AND called.shop_id = ANY(%(shops)s))
    FROM chat_conversation WHERE shop_id = ANY(%(shops)s) AND closed_at IS NULL
"""


def counts(desk: Desk) -> tuple[int, ...]:
    """How many stand on each list, in the order of `Box`: one query."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"me": desk.user_id, "teams": list(desk.teams), "shops": list(desk.shops)})
        return tuple(cursor.fetchone())


def stands_on(box: str, desk: Desk, talk: dict[str, object]) -> bool:
    """Whether a talk, as a wake-up tells of it, stands on this list now."""
    match box:
        case Box.WAITING:
            return talk["holder"] == Holder.QUEUE
        case Box.BOT:
            return talk["holder"] == Holder.BOT
        case Box.MINE:
            return talk["person"] == desk.user_id
        case Box.TEAM:
            return talk["team"] in desk.teams
    return True


def box_of(asked: str | None) -> str:
    return asked if asked in Box.values else Box.ALL.value
