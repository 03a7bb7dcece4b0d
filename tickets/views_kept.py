"""Views of the list an agent keeps: an address, with a name."""

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import Team, User
from tickets.models import TicketView

MOST = 12  # of her own
KEPT = ("list", "order", "priority", "team", "tag")


class Unfit(ValueError):
    """A view that cannot be kept; the text says why."""


def of(user: User) -> list[TicketView]:
    """Hers, and what colleagues share with a team of hers."""
    mine = Q(owner=user) | Q(shared_with__in=Team.objects.filter(members=user))
    return list(TicketView.objects.filter(mine).distinct().order_by("name", "pk"))


def keep(user: User, *, name: str, asked: str, team: Team | None) -> TicketView:
    """Keep the list as it is asked for now."""
    name = " ".join(name.replace("\x00", "").split())[:40]
    if not name:
        raise Unfit(_("Give the view a name."))
    hers = TicketView.objects.filter(owner=user)
    if hers.filter(name=name).exists():
        raise Unfit(_("You have a view of this name."))
    if hers.count() >= MOST:
        raise Unfit(_("You can keep up to %(most)s views. Remove one first.") % {"most": MOST})
    said, kept = QueryDict(asked), QueryDict(mutable=True)
    for part in KEPT:
        if value := said.get(part, "").replace("\x00", ""):
            kept[part] = value[:60]
    return TicketView.objects.create(owner=user, name=name, asked=kept.urlencode(), shared_with=team)
