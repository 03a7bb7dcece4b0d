"""A shopper's own tickets."""

from typing import Any
from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits, people
from accounts.models import Customer, Order, User
from tickets import joining, lifecycle, opening, ports, timeline
from tickets import work as working
from tickets.forms import NewForm
from tickets.models import Ticket

ROWS = 20


def _own(request: HttpRequest, number: int) -> Ticket:
    assert isinstance(request.user, User)
    own = Ticket.objects.of(request.user, people.shop_for(request))
    return get_object_or_404(own.select_related("shop", "customer", "status", "merged_into"), number=number)


@login_required
@never_cache
@require_safe
def all_of_them(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    shop = people.shop_for(request)
    own = Ticket.objects.of(request.user, shop).filter(merged_into=None).select_related("status").newest_first()
    return render(
        request, "tickets/mine.html", {"shop": shop, "page": Paginator(own, ROWS).get_page(request.GET.get("page"))}
    )


@login_required
@never_cache
@require_safe
def one(request: HttpRequest, ticket: int) -> HttpResponse:
    found = _own(request, ticket)
    if found.merged_into is not None:
        return redirect("my_tickets:ticket", found.merged_into.number)
    return _page(request, found)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    shop = people.shop_for(request)
    orders = Order.objects.filter(shop=shop, customer__user=request.user).newest_first()
    form = NewForm(request.POST or None, orders=orders, initial={"opening_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        customer, said = people.customer_for(request.user, shop), form.cleaned_data
        if not (allowed := _may_say(customer)):
            return limits.refuse(request, retry_after=allowed.retry_after)
        opened = opening.from_form(
            customer,
            subject=said["subject"],
            text=said["text"],
            opening_id=str(said["opening_id"]),
            type=said["type"],
            orders=[said["order"]] if said["order"] else [],
            at=timezone.now(),
        )
        return redirect("my_tickets:ticket", opened.number)
    context = {"shop": shop, "form": form}
    return render(request, "tickets/mine_new.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def act(request: HttpRequest, ticket: int) -> HttpResponse:
    """Reply, say that it is done or is not, and how it was."""
    found, said, at = _own(request, ticket), request.POST, timezone.now()
    customer, verb = found.customer, said.get("verb")
    if not (allowed := _may_say(customer)):
        return limits.refuse(request, retry_after=allowed.retry_after)
    try:
        if verb == "reply":
            client_id = said.get("client_id", "")[:64] or str(uuid4())
            working.reply_as_customer(found.pk, by=customer, text=said.get("text", ""), client_id=client_id, at=at)
        elif verb == "settle":
            lifecycle.settle(found.pk, by=customer, at=at)
        elif verb == "reopen":
            lifecycle.reopen(found.pk, by=customer, at=at)
        elif verb == "rate":
            score = int(said["score"]) if said.get("score", "") in set("12345") else 0
            lifecycle.rate(found.pk, score=score, words=said.get("words", ""), by=customer, at=at)
        else:
            raise Http404
    except (ports.Refused, lifecycle.Closed, lifecycle.NotNow) as refusal:
        return _page(request, _own(request, ticket), refusal=str(refusal), typed=said.get("text", ""), status=422)
    newest = Ticket.objects.filter(customer=customer, conversation=found.conversation, conversation__isnull=False)
    follower = newest.order_by("-number").first()
    return redirect("my_tickets:ticket", follower.number if verb == "reply" and follower else ticket)


def _may_say(customer: Customer) -> limits.Verdict:
    return limits.may_say(is_staff=False, user_id=customer.user_id, customer_id=customer.pk)


def _page(request: HttpRequest, found: Ticket, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "ticket": found,
        "shop": found.shop,
        "lines": timeline.said(*joining.family(found)),
        "orders": list(Order.objects.filter(tickets=found).newest_first()),
        "can_reopen": lifecycle.can_reopen(found, at=timezone.now()),
        "scores": range(1, 6),
        "client_id": uuid4(),
        **more,
    }
    return render(request, "tickets/my_ticket.html", context, status=status)
