"""Finding a ticket by its number, its subject, what was said in its talk and what colleagues noted on it.

Of each kind the newest thousand that have the words are looked at, and the best of them are shown.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import F, Max, QuerySet, Value
from django.utils.text import Truncator

from accounts.models import Shop, User
from tickets import ports
from tickets.models import Ticket, TicketNote

NEWEST, SHOWN = 1000, 30
# A frequent word is found among the newest rows already; a rare one costs little in all of them.
WINDOWS = (10_000, 100_000, 2**62)
_SUBJECT, _SAID, _NOTED = 4.0, 1.0, 1.0  # how much a match weighs


@dataclass(frozen=True)
class Hit:
    ticket: Ticket
    words: str  # what was said or noted; none if the subject says it


def tickets(user: User, text: str) -> list[Hit]:
    """The best of the newest tickets of her shops with these words; `ports.Refused` says what cannot be looked for."""
    text = text.strip()
    shops = list(Shop.objects.visible_to(user).order_by("pk").values_list("pk", flat=True))
    numbered = re.fullmatch(r"#?\s*(\d{1,15})", text)
    exact = Ticket.objects.filter(shop__in=shops, number=int(numbered[1])) if numbered else Ticket.objects.none()
    scores: dict[int, float] = dict.fromkeys(exact.order_by("pk").values_list("pk", flat=True), 1e6)
    words: dict[int, str] = {}
    for found, weight in ((_said(shops, text), _SAID), (_noted(shops, text), _NOTED), (_called(shops, text), _SUBJECT)):
        for pk, rank, said in found:
            scores[pk] = scores.get(pk, 0.0) + weight * rank
            if said:
                words.setdefault(pk, said)
    best = sorted(scores, key=lambda pk: (scores[pk], pk), reverse=True)[:SHOWN]
    rows = Ticket.objects.select_related("customer", "status", "assignee", "team", "shop").in_bulk(best)
    return [Hit(rows[pk], words.get(pk, "")) for pk in best if pk in rows]


def _called(shops: Collection[int], text: str) -> list[tuple[int, float, str]]:
    return [(pk, rank, "") for pk, rank in _best(Ticket.objects.filter(shop__in=shops), "subject", text)]


def _noted(shops: Collection[int], text: str) -> list[tuple[int, float, str]]:
    best = dict(_best(TicketNote.objects.filter(ticket__shop__in=shops), "text", text))
    notes = TicketNote.objects.filter(pk__in=best).order_by("-pk").values_list("pk", "ticket", "text")
    return [(ticket, best[pk], Truncator(said).chars(160)) for pk, ticket, said in notes]


def _said(shops: Collection[int], text: str) -> list[tuple[int, float, str]]:
    """A message is the ticket's in whose stretch of the talk it was said."""
    hits = ports.talks.find(shops, text)
    of_talks = Ticket.objects.filter(conversation__in={hit.talk for hit in hits}).order_by("-number")
    stretches: dict[int | None, list[tuple[int, int, float]]] = {}
    for pk, talk, after, upto in of_talks.values_list("pk", "conversation", "begins_after", "ends_with"):
        stretches.setdefault(talk, []).append((pk, after, float("inf") if upto is None else upto))
    return [
        (pk, hit.rank, hit.words)
        for hit in hits
        for pk, after, upto in stretches.get(hit.talk, ())
        if after < hit.seq <= upto
    ]


def _best(rows: QuerySet[Any], field: str, text: str) -> list[tuple[int, float]]:
    """Of the newest rows with these words the best, as far as they are looked for."""
    query = SearchQuery(text, config="simple", search_type="websearch")
    # Written as in the index, or it would not be used.
    matching = rows.annotate(vector=SearchVector(field, config="simple")).filter(vector=query)
    newest = rows.model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0
    found: list[int] = []
    for window in WINDOWS:
        after = max(newest - window, 0)
        # The newest one by one, as long as there are few of them; more of them by the index of words, then sorted.
        by = F("pk") if window == WINDOWS[0] else F("pk") + 0
        found = list(matching.filter(pk__gt=after).order_by(by.desc()).values_list("pk", flat=True)[:NEWEST])
        if len(found) >= NEWEST or not after:
            break
    ranked = rows.model._default_manager.filter(pk__in=found).annotate(
        rank=SearchRank(SearchVector(field, config="simple"), query, normalization=Value(1), cover_density=True)
    )
    return list(ranked.order_by(F("rank").desc(), "-pk").values_list("pk", "rank")[:SHOWN])
