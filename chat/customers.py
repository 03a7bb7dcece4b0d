"""The agents' pages about people: the list, one of them, and the notes and tags beside a talk."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import directory, notes
from accounts.crm import pushes
from accounts.models import Customer, CustomerNote, CustomerTag, Order, User
from accounts.visitors import agent
from chat import profile
from chat.models import Conversation

ROWS = 30


def known(request: HttpRequest, public_id: UUID) -> Customer:
    """Whom an agent asks for by her address, or who she became."""
    seen = Customer.objects.staffed_by(agent(request)).select_related("shop", "user", "merged_into__shop")
    found = get_object_or_404(seen, public_id=public_id)
    return found.merged_into or found


@login_required
@never_cache
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """Everybody, newest first, or whoever is looked for."""
    user, words, tag = agent(request), request.GET.get("q", ""), request.GET.get("tag", "")
    found = directory.look_up(user, words, tag=tag).select_related("shop").prefetch_related("tags")
    bought = Order.objects.filter(customer=OuterRef("pk")).order_by().values("customer").annotate(number=Count("pk"))
    talked = Conversation.objects.filter(customer=OuterRef("pk")).newest_first().values("last_message_at")[:1]
    found = found.annotate(number=Coalesce(Subquery(bought.values("number")), 0), talked_at=Subquery(talked))
    context = {
        "page": Paginator(found, ROWS).get_page(request.GET.get("page")),
        "asked": words,
        "tag": tag,
        "known_tags": list(CustomerTag.objects.visible_to(user).order_by("name", "pk")[:12]),
        "many_shops": user.is_superuser or len(user.roles) > 1,
    }
    return render(request, "chat/_customers.html" if _wants_fragment(request) else "chat/customers.html", context)


@login_required
@never_cache
@require_safe
def customer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = known(request, public_id)
    if found.public_id != public_id:
        return redirect("chat:customer", found.public_id, permanent=False)
    pushes.freshen(found, at=timezone.now())
    context = profile.whole(found, agent(request), request.GET.dict())
    return render(
        request, "chat/customer.html", {**context, "shop": found.shop, "back": request.path, "now": timezone.now()}
    )


@login_required
@require_POST
def note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a note, or remove one."""
    found, user, at, refusal = known(request, public_id), agent(request), timezone.now(), ""
    try:
        if key := request.POST.get("remove"):
            notes.remove(_note(found, user, key), by=user, at=at)
        else:
            notes.write(found, request.POST.get("text", ""), by=user, at=at)
    except notes.Unfit as unfit:
        refusal = str(unfit)
    return _again(request, "chat/_notes.html", found, refusal, "note")


@login_required
@require_POST
def tag(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a tag, or take one off."""
    found, user, at, refusal = known(request, public_id), agent(request), timezone.now(), ""
    try:
        if name := request.POST.get("remove"):
            notes.untag(found, name, by=user, at=at)
        else:
            notes.tag(found, request.POST.get("name", ""), by=user, at=at)
    except notes.Unfit as unfit:
        refusal = str(unfit)
    return _again(request, "chat/_tags.html", found, refusal, "tag")


def _note(found: Customer, user: User, key: str) -> CustomerNote:
    try:
        named = UUID(key)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(CustomerNote.objects.visible_to(user), customer=found, public_id=named)


def _again(request: HttpRequest, fragment: str, found: Customer, refusal: str, kind: str) -> HttpResponse:
    """The fragment once more; without JavaScript the page it stood on, or her page with what was refused."""
    back, user = _back(request, found), agent(request)
    if not _wants_fragment(request) and not refusal:
        return redirect(back)
    typed = {f"{kind}_typed": request.POST.get("text", request.POST.get("name", "")), f"{kind}_refusal": refusal}
    context: dict[str, Any] = {"back": back, **(typed if refusal else {})}
    status = 422 if refusal else 200
    if _wants_fragment(request):
        return render(request, fragment, {**profile.beside(found, user), **context}, status=status)
    whole = profile.whole(found, user, {})
    return render(
        request, "chat/customer.html", {**whole, "shop": found.shop, "now": timezone.now(), **context}, status=status
    )


def _back(request: HttpRequest, found: Customer) -> str:
    there = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return there if is_ours else reverse("chat:customer", args=[found.public_id])


def _wants_fragment(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
