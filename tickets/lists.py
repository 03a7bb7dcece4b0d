"""The agents' lists: which tickets, in which order, and how many there are of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, User
from tickets.models import Kind, Ticket
from tickets.models.status import UNDONE

ROWS, PAGES, MOST = 30, 100, 1000
_LIVE = Q(kind__in=UNDONE, merged_into=None)
LISTS = {
    "mine": (_("Mine"), lambda user: _LIVE & Q(assignee=user)),
    "free": (_("Nobody's"), lambda user: _LIVE & Q(assignee=None)),
    "undone": (_("All to do"), lambda user: _LIVE),
    "waiting": (_("Waiting on the customer"), lambda user: Q(kind=Kind.WAITING, merged_into=None)),
    "on_hold": (_("On hold"), lambda user: Q(kind=Kind.ON_HOLD, merged_into=None)),
    "followed": (_("Followed"), lambda user: Q(pk__in=user.followed_tickets.values("pk"))),
    "solved": (_("Solved"), lambda user: Q(kind=Kind.SOLVED, merged_into=None)),
    "closed": (_("Closed"), lambda user: Q(kind=Kind.CLOSED, merged_into=None)),
}
DONE = ("followed", "solved", "closed")
COUNTED = ("mine", "free", "undone", "waiting", "on_hold")  # what is done is not worth counting each time
ORDERS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "changed": (_("Last changed"), ("-changed_at", "-pk")),
    "newest": (_("Newest"), ("-opened_at", "-pk")),
    "oldest": (_("Oldest"), ("opened_at", "pk")),
    "due": (_("Due first"), (F("due_at").asc(nulls_last=True), "pk")),
    "priority": (_("Most urgent"), ("-priority", "opened_at", "pk")),
}
_KEYS = {
    "changed": ["changed_at"],
    "newest": ["opened_at"],
    "oldest": ["opened_at"],
    "due": ["due_at"],
    "priority": ["priority", "opened_at"],
}
ONLY_LIVE = ("due", "priority")  # what is done is neither due nor urgent


@dataclass(frozen=True)
class Page:
    """Some rows of a list; how many pages there are nobody counts."""

    object_list: list[Ticket]
    number: int
    has_next: bool

    def __iter__(self) -> Iterator[Ticket]:
        return iter(self.object_list)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_next or self.has_previous

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1


def page(user: User, name: str, *, order: str, filters: Q, number: int) -> Page:
    """A page of a list of what an agent may work on, in its order."""
    number = min(max(number, 1), PAGES)
    if name in DONE and order in ONLY_LIVE:
        order = "changed"
    by, keys, start = ORDERS[order][1], _KEYS[order], ROWS * (number - 1)
    # Each shop gives its own first rows by the index that has them in order; only those few are sorted.
    wanted = LISTS[name][1](user) & filters
    heads = [
        Ticket.objects.filter(wanted, shop=shop).order_by(*by).values_list("pk", *keys)[: start + ROWS + 1]
        for shop in _shops(user)
    ]
    if not heads:
        return Page([], number, has_next=False)
    head = heads[0] if len(heads) == 1 else heads[0].union(*heads[1:], all=True).order_by(*by)
    pks = [row[0] for row in head[start : start + ROWS + 1]]
    rows = Ticket.objects.select_related("customer", "status", "assignee", "team", "shop").in_bulk(pks[:ROWS])
    return Page([rows[pk] for pk in pks[:ROWS] if pk in rows], number, has_next=len(pks) > ROWS)


def counts(user: User, more: Sequence[Q] = ()) -> dict[str | int, int]:
    """How many there are of each list and, by their places, of `more`, in one look; nobody counts beyond `MOST`."""
    wanted: dict[str | int, Q] = {name: LISTS[name][1](user) for name in COUNTED}
    wanted.update(enumerate(more))
    shops = _shops(user)
    if not shops:
        return dict.fromkeys(wanted, 0)
    parts: list[str] = []
    given: list[Any] = []
    for each in wanted.values():
        rows = Ticket.objects.filter(each, shop__in=shops).order_by().values("pk")[:MOST]
        sql, params = rows.query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS few)")  # noqa: S608  (Django's own)
        given += params
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), given)
        return dict(zip(wanted, cursor.fetchone(), strict=True))


def _shops(user: User) -> list[int]:
    return list(Shop.objects.visible_to(user).order_by("pk").values_list("pk", flat=True))
