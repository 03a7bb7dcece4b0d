"""My orders: what I bought, how it stands, and what may be done with it. The team of a shop reads them here too."""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import people, wishing
from accounts.commerce import changes, live
from accounts.commerce import orders as read
from accounts.models import Customer, Order, OrderChange, Shop, TrackingEvent, User

ON_A_PAGE, ASKED = 20, 5


class SignedIn(HttpRequest):
    user: User


@login_required
@never_cache
@require_safe
def orders(request: SignedIn) -> HttpResponse:
    shop = people.shop_for(request)
    _freshen(request.user, shop)
    mine = Order.objects.filter(shop=shop, customer__user=request.user).newest_first()
    page = Paginator(mine, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/orders.html", {"shop": shop, "page": page, "is_away": live.is_away(shop)})


@login_required
@never_cache
@require_safe
def order(request: SignedIn, number: str) -> HttpResponse:
    shop = people.shop_for(request)
    _freshen(request.user, shop)
    events = Prefetch("shipments__events", TrackingEvent.objects.order_by("at", "pk"))
    whole = read.with_parts(Order.objects.visible_to(request.user)).prefetch_related(events)
    found = get_object_or_404(whole, shop=shop, number=number)
    context = {
        "shop": shop,
        "order": found,
        "offers": wishing.offers(read.facts(found), by=request.user, at=timezone.now()),
        "is_away": live.is_away(shop),
        "query": _query(request),
        **_asked(found),
    }
    return render(request, "accounts/order.html", context)


@login_required
@never_cache
@require_safe
def asked(request: SignedIn, number: str) -> HttpResponse:
    """What was asked for and what became of it; once nothing is under way, the page is to be read anew."""
    shop = people.shop_for(request)
    found = get_object_or_404(Order.objects.visible_to(request.user), shop=shop, number=number)
    context = _asked(found)
    response = render(request, "accounts/_asked.html", {"order": found, "query": _query(request), **context})
    if not context["is_under_way"]:
        response["HX-Refresh"] = "true"
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: SignedIn, number: str, action: str) -> HttpResponse:
    """One thing that may be done with it: what is missing is asked, what will happen is shown, a yes does it."""
    shop = people.shop_for(request)
    found = get_object_or_404(Order.objects.visible_to(request.user), shop=shop, number=number)
    said, at = (request.POST if request.method == "POST" else None), timezone.now()
    facts = read.facts_of(Order.objects.filter(pk=found.pk))[0]
    try:
        step = wishing.step(facts, action, said, by=request.user, at=at)
    except LookupError:
        raise Http404 from None
    back = reverse("accounts:order", args=[number]) + _query(request)
    if step.wish is None:
        context = {"shop": shop, "step": step, "back": back, "url": request.get_full_path()}
        return render(request, "accounts/order_do.html", context, status=step.status)
    assert isinstance(step.key, UUID)
    try:
        outcome = changes.ask(found.pk, step.wish, key=step.key, by=request.user, at=at)
    except changes.Busy as busy:
        messages.warning(request, str(busy))
    else:
        if outcome and not outcome.done:
            messages.warning(request, outcome.text)
    return redirect(back)


def _query(request: HttpRequest) -> str:
    """Which shop, where the address had to say it."""
    return f"?{urlencode({'shop': request.GET['shop']})}" if "shop" in request.GET else ""


def _asked(order: Order) -> dict[str, object]:
    """The newest things that somebody wanted done with it."""
    newest = list(OrderChange.objects.filter(order=order).order_by("-pk")[:ASKED])
    return {"changes": newest, "is_under_way": any(change.is_under_way for change in newest)}


def _freshen(user: User, shop: Shop) -> None:
    if not settings.SHOP_SYSTEMS:
        return
    for mine in Customer.objects.filter(user=user, shop=shop).select_related("shop", "user").order_by("pk"):
        live.freshen(mine, at=timezone.now())
