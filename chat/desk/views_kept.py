"""Views an agent keeps: which talks stand on them, and how many, in one query for however many."""

from django.db.models import Count, Q, QuerySet

from accounts.models import CustomerTag, Team, User
from chat.lists import ROWS, Box, Desk
from chat.models import Conversation, Holder, Mention, SavedView

MOST = 12  # of her own


def of(user: User) -> list[SavedView]:
    """Hers, and what colleagues share with a team of hers."""
    shared = SavedView.objects.filter(shared_with__in=Team.objects.filter(members=user))
    return list((shared | SavedView.objects.filter(owner=user)).distinct().order_by("name", "pk"))


def named(user: User, key: str | None) -> SavedView | None:
    """The view an address calls for."""
    return next((view for view in of(user) if view.key == key), None) if key and key.startswith("view-") else None


def page(desk: Desk, view: SavedView) -> list[Conversation]:
    """Its first rows, who waits longest first."""
    found = _open(desk).filter(_cut(desk, view)).longest_waiting_first()  # type: ignore[attr-defined]
    return list(found.select_related("customer", "person", "shop")[:ROWS])


def counts(desk: Desk, views: list[SavedView]) -> list[int]:
    """How many stand on each: one query, and none where there are no views."""
    if not views:
        return []
    numbers = {f"n{place}": Count("pk", filter=_cut(desk, view)) for place, view in enumerate(views)}
    found = _open(desk).aggregate(**numbers)
    return [found[name] for name in numbers]


def holds(desk: Desk, view: SavedView, conversation_id: int) -> bool:
    return _open(desk).filter(_cut(desk, view), pk=conversation_id).exists()


def _open(desk: Desk) -> QuerySet[Conversation]:
    return Conversation.objects.filter(shop__in=desk.shops).open()


def _cut(desk: Desk, view: SavedView) -> Q:
    calls = Mention.objects.filter(user=desk.user_id, seen_at=None).values("note__conversation")
    cut = {
        Box.WAITING: Q(holder=Holder.QUEUE),
        Box.MINE: Q(person=desk.user_id),
        Box.TEAM: Q(team__in=desk.teams),
        Box.BOT: Q(holder=Holder.BOT),
        Box.MENTIONS: Q(pk__in=calls),
    }.get(Box(view.box), Q())
    if view.tag:
        tagged = CustomerTag.customers.through.objects.filter(
            customertag__shop__in=desk.shops, customertag__name__iexact=view.tag
        )
        cut &= Q(customer__in=tagged.values("customer"))
    if view.team_id:
        cut &= Q(team=view.team_id)
    if view.language:
        cut &= Q(language=view.language) | Q(language="", customer__language=view.language)
    if view.words:
        cut &= Q(last_words__icontains=view.words)
    return cut
