"""The pages on which two records become one customer, and two again."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import directory, duplicates, merging
from accounts.models import Customer, CustomerMerge
from accounts.visitors import agent
from chat.customers import known

FOUND = 10


@login_required
@never_cache
@require_safe
def choose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who else may be this person: the likely ones, and whoever is looked for."""
    customer, words = known(request, public_id), request.GET.get("q", "")
    found = directory.look_up(agent(request), words).filter(shop=customer.shop_id).exclude(pk=customer.pk)
    context = {
        "customer": customer,
        "shop": customer.shop,
        "candidates": duplicates.of(customer),
        "asked": words,
        "found": list(found[:FOUND]) if words.strip() else [],
    }
    return render(request, "chat/join.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, public_id: UUID, other: UUID) -> HttpResponse:
    """First exactly what would happen; then, if it is still that, it happens."""
    one, two = known(request, public_id), known(request, other)
    source, target = _asked_way(request, one, two)
    try:
        look = duplicates.preview(source, target)
        if request.method == "POST" and request.POST.get("mark") == look.mark:
            merging.merge(source, target, by=agent(request), at=timezone.now())
            messages.success(request, _("They are one now. You can undo this for 30 days."))
            return redirect("chat:customer", target.public_id)
    except merging.NotTheSame as why:
        context = {"customer": one, "shop": one.shop, "why": str(why)}
        return render(request, "chat/join_refused.html", context, status=409)
    changed = request.method == "POST"
    context = {"look": look, "shop": one.shop, "changed": changed, "can_turn": source.user_id == target.user_id}
    return render(request, "chat/join_with.html", context, status=409 if changed else 200)


@login_required
@require_POST
def part(request: HttpRequest, public_id: UUID, merge: int) -> HttpResponse:
    """Tell them apart again."""
    customer = known(request, public_id)
    found = CustomerMerge.objects.visible_to(request.user).select_related("source", "target")
    try:
        again = merging.part(get_object_or_404(found, pk=merge, target=customer), by=agent(request), at=timezone.now())
    except merging.CannotPart as why:
        messages.error(request, str(why))
    else:
        told = _("%(one)s and %(other)s are two again.") % {"one": customer, "other": again}
        messages.success(request, told)
    return redirect("chat:customer", public_id)


def _asked_way(request: HttpRequest, one: Customer, two: Customer) -> tuple[Customer, Customer]:
    """The best way round, or the other where either would do and the agent turned it."""
    source, target = duplicates.best_way(one, two)
    turned = (request.POST or request.GET).get("stays") == str(source.public_id)
    return (target, source) if turned and source.user_id == target.user_id else (source, target)
