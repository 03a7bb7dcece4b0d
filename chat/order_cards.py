"""The orders beside a talk: how they stand, what may be done with them, and the agent's yes to it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import wishing
from accounts.commerce import live, proofs
from accounts.commerce import orders as read
from accounts.commerce.facts import OrderFacts
from accounts.models import OrderChange, User
from accounts.wishing import Step
from chat import orders, seats
from chat.models import Action, Conversation

SHOWN = 3


def context(conversation: Conversation, user: User, step: Step | None = None) -> dict[str, Any]:
    """Each order of the talk with what may be done with it, and what was."""
    at, newest = timezone.now(), _orders(conversation)
    asked = OrderChange.objects.filter(order__in=[order.id for order in newest]).order_by("order", "-pk")
    last = {change.order_id: change for change in asked.distinct("order")}
    cards = [
        {
            "order": order,
            "path": f"{order.id}/",
            "offers": wishing.offers(order, by=user, at=at),
            "change": last.get(order.id),
            "step": step if step and step.order.id == order.id else None,
        }
        for order in newest
    ]
    waiting = Action.objects.filter(conversation=conversation, kind=orders.KIND, status=Action.Status.REQUESTED)
    return {
        "order_cards": cards,
        "order_is_under_way": waiting.exists() or any(change.is_under_way for change in last.values()),
        "step_is_open": step is not None,
        "is_fresh": not settings.SHOP_SYSTEMS,
        "shop_is_away": live.is_away(conversation.shop),
    }


@login_required
@never_cache
@require_safe
def beside(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The cards as they are now; the shop's own system is asked first, where there is one."""
    conversation, user = _conversation(request, public_id)
    live.freshen(conversation.customer, at=timezone.now())
    shown = {"conversation": conversation, **context(conversation, user), "is_fresh": True}
    return render(request, "chat/_side_orders.html", shown)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: HttpRequest, public_id: UUID, order: int, action: str) -> HttpResponse:
    """Ask for what is missing, show what will happen, and have it done once she says yes."""
    conversation, user = _conversation(request, public_id)
    facts = next((one for one in _orders(conversation) if one.id == order), None)
    if facts is None:
        raise Http404
    said, at = (request.POST if request.method == "POST" else None), timezone.now()
    try:
        step: Step | None = wishing.step(facts, action, said, by=user, at=at)
    except LookupError:
        raise Http404 from None
    is_fragment = bool(request.headers.get("HX-Request"))
    assert step is not None
    if step.wish is not None:
        assert step.key is not None
        orders.ask(conversation.pk, facts, step.wish, key=step.key, by=user, at=at)
        if not is_fragment:
            return redirect("chat:thread", public_id)
        step = None
    status = step.status if step else 200
    if is_fragment:
        shown = {"conversation": conversation, **context(conversation, user, step), "is_fresh": True}
        return render(request, "chat/_side_orders.html", shown, status=status)
    return render(
        request,
        "chat/order_do.html",
        {"conversation": conversation, "step": step, "url": request.path},
        status=status,
    )


def _orders(conversation: Conversation) -> list[OrderFacts]:
    """The newest orders of whom the talk is with, and those a guest has proven in it."""
    own, proven = read.newest(conversation.customer_id, limit=SHOWN), proofs.proven(conversation.pk, at=timezone.now())
    return list({order.id: order for order in (*own, *proven)}.values())


def _conversation(request: HttpRequest, public_id: UUID) -> tuple[Conversation, User]:
    seat = seats.staff_seat(seats.Visitor(request.user, request.session), public_id)
    if seat is None:
        raise Http404
    assert isinstance(request.user, User)
    found = Conversation.objects.select_related("shop", "customer__shop", "customer__user")
    return found.get(pk=seat.conversation_id), request.user
