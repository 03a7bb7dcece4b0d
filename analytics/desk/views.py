"""The team lead's board."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import presence
from accounts.models import Shop, User
from analytics.desk import board


def _shops(request: HttpRequest) -> tuple[User, list[Shop]]:
    user = request.user
    if not isinstance(user, User) or not user.is_team:
        raise Http404
    return user, list(Shop.objects.visible_to(user).order_by("name", "pk"))


@login_required
@never_cache
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Who is there, who waits, what the day has brought; the page asks again by itself."""
    user, shops = _shops(request)
    at = timezone.now()
    mine = next((one for one in user.presences.filter(shop__in=shops).order_by("-last_seen_at", "pk")), None)
    context = {"board": board.read(shops, at=at), "now": at, "mine": mine}
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, "analytics/_board.html" if is_part else "analytics/team.html", context)


@login_required
@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """Say that she takes talks, or that she is away."""
    user, shops = _shops(request)
    say = presence.come if request.POST.get("here") == "1" else presence.step_away
    for shop in shops:
        if user.works_for(shop):
            say(user, shop, at=timezone.now())
    return redirect("desk:team")
