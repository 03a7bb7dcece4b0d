"""The agents' lists, what they keep of them, and what they do to many tickets at once."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.many import aim, aims
from accounts.models import Shop, Team, User
from accounts.visitors import agent
from tickets import lists, many, ports, views_kept, work
from tickets import search as searching
from tickets.models import Macro, Priority, Ticket, TicketView
from tickets.models.status import Kind
from tickets.views import number_in


@login_required
@never_cache
@require_safe
def tickets(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    user, asked = agent(request), request.GET
    name = _name(asked)
    if (order := asked.get("order", "")) in lists.ORDERS:
        request.session["tickets_order"] = order
    order = request.session.get("tickets_order", "changed")
    teams = list(Team.objects.visible_to(user).order_by("name", "pk"))
    number, kept = number_in(asked.get("page")), views_kept.of(user)
    numbers = lists.counts(user, [_wanted(QueryDict(view.asked).dict(), user, teams) for view in kept])
    context = {
        "page": lists.page(user, name, order=order, filters=_filters(asked.dict(), teams), number=number),
        "most": lists.MOST,
        "lists": [(key, label, numbers.get(key)) for key, (label, _of) in lists.LISTS.items()],
        "list": name,
        "list_label": lists.LISTS[name][0],
        "orders": [(key, label) for key, (label, _by) in lists.ORDERS.items()],
        "order": order,
        "teams": teams,
        "priorities": Priority.choices,
        "asked": asked,
        "views": [(view, numbers[place]) for place, view in enumerate(kept)],
        "view": next((view for view in kept if str(view.pk) == asked.get("view")), None),
        "aims": aims(user),
        "kinds": Kind.choices[1:],
        "macros": Macro.objects.filter(shop__in=Shop.objects.visible_to(user)).order_by("name", "pk"),
        "now": timezone.now(),
        "many_shops": _many_shops(user),
        **more,
    }
    return render(request, "tickets/tickets.html", context, status=status)


@login_required
@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Tickets of her shops by number, subject, what was said and what was noted."""
    user, asked = agent(request), request.GET.get("q", "")
    refusal, hits, status = "", [], 200
    if asked.strip():
        try:
            if not limits.hit("tickets.search", str(user.pk)):
                raise ports.Refused(_("That were many searches at once. Please wait a moment."))
            hits = searching.tickets(user, asked)
        except ports.Refused as why:
            refusal, status = str(why), 422
    context = {
        "asked": asked,
        "hits": hits,
        "refusal": refusal,
        "most": searching.SHOWN,
        "many": searching.NEWEST,
        "now": timezone.now(),
        "many_shops": _many_shops(user),
    }
    return render(request, "tickets/search.html", context, status=status)


@login_required
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is now, under a name."""
    user, said = agent(request), request.POST
    team = Team.objects.filter(members=user, pk=number_in(said.get("team"))).first()
    try:
        view = views_kept.keep(user, name=said.get("name", ""), asked=said.get("asked", ""), team=team)
    except views_kept.Unfit as why:
        messages.warning(request, str(why))
        return redirect("tickets:tickets")
    return redirect(f"{reverse('tickets:tickets')}?{view.asked}&view={view.pk}")


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a view of hers no longer; what colleagues share is theirs to remove."""
    get_object_or_404(TicketView, pk=pk, owner=request.user).delete()
    return redirect("tickets:tickets")


@login_required
@require_POST
def chosen(request: HttpRequest) -> HttpResponse:
    """One thing done to the tickets she has chosen from a list."""
    user, said, at = agent(request), request.POST, timezone.now()
    tickets = _chosen(request, user)
    match said.get("verb", ""):
        case "mine":
            done = many.assign(tickets, to=user, by=user, at=at)
        case "assign" if to := aim(user, said.get("to", "")):
            done = many.assign(tickets, to=to, by=user, at=at)
        case "status" if said.get("status") in Kind.values:
            done = many.move(tickets, said["status"], by=user, at=at)
        case "priority" if number_in(said.get("priority")) in Priority.values:
            done = many.change(tickets, {"priority": number_in(said["priority"])}, by=user, at=at)
        case "tag":
            done = many.tag(tickets, said.get("tag", ""), by=user, at=at)
        case "macro":
            own = Macro.objects.filter(shop__in=Shop.objects.visible_to(user))
            done = many.use(tickets, get_object_or_404(own, pk=number_in(said.get("macro"))), by=user, at=at)
        case _:
            raise Http404
    if not tickets:
        messages.warning(request, _("Choose tickets first."))
    if done.number:
        words = ngettext("Done with %(number)s ticket.", "Done with %(number)s tickets.", done.number)
        messages.success(request, words % {"number": done.number})
    for why in done.refused:
        messages.warning(request, why)
    return redirect(f"{reverse('tickets:tickets')}?{urlencode({'list': said.get('list', '')})}")


def _chosen(request: HttpRequest, user: User) -> list[Ticket]:
    """All of them, or none is there."""
    try:
        wanted = {UUID(text) for text in request.POST.getlist("ticket")[: lists.ROWS]}
    except ValueError:
        raise Http404 from None
    found = Ticket.objects.staffed_by(user).filter(public_id__in=wanted).order_by("pk")
    if len(found) != len(wanted):
        raise Http404
    return list(found)


def _wanted(asked: dict[str, str], user: User, teams: list[Team]) -> Q:
    """What stands on a list that is kept."""
    return _filters(asked, teams) & lists.LISTS[_name(asked)][1](user)


def _name(asked: Mapping[str, Any]) -> str:
    return name if (name := asked.get("list", "")) in lists.LISTS else "undone"


def _filters(asked: dict[str, str], teams: list[Team]) -> Q:
    wanted = Q()
    if asked.get("team", "") in {str(team.pk) for team in teams}:
        wanted &= Q(team=int(asked["team"]))
    if asked.get("priority", "") in {str(value) for value in Priority.values}:
        wanted &= Q(priority=int(asked["priority"]))
    if tags := work.words_of(asked.get("tag", "")):
        wanted &= Q(tags__contains=tags)
    return wanted


def _many_shops(user: User) -> bool:
    return user.is_superuser or len(user.roles) > 1
