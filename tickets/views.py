"""The agents' page of a ticket."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.models import Customer, Order, User
from accounts.presence import NotOnTheTeam
from accounts.visitors import agent
from tickets import drafts, joining, lifecycle, macros, opening, ports, statuses, timeline, work
from tickets.forms import EditForm, OpenForm, as_typed
from tickets.models import Kind, Macro, Ticket, TicketMerge

BESIDE = 5
REFUSALS = (
    joining.CannotMerge,
    joining.ApartAlready,
    joining.CannotSplit,
    macros.NotOfThisShop,
    ports.Refused,
    lifecycle.Closed,
    lifecycle.NotNow,
    work.Unfit,
    NotOnTheTeam,
)


def staffed(request: HttpRequest, public_id: UUID) -> Ticket:
    """The ticket an agent asks for, if she works for its shop."""
    found = Ticket.objects.staffed_by(agent(request))
    known = found.select_related("shop", "customer", "status", "assignee", "team", "follows", "merged_into")
    return get_object_or_404(known, public_id=public_id)


@login_required
@never_cache
@require_safe
def ticket(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _page(request, staffed(request, public_id))


@login_required
@require_POST
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change it; if somebody else was faster, both are shown and hers waits to be saved again."""
    found = staffed(request, public_id)
    form = EditForm(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    try:
        work.change(found.pk, form.wanted(), version=form.cleaned_data["version"], by=agent(request), at=timezone.now())
    except work.Conflict as conflict:
        return _conflict(request, conflict.ticket, str(conflict))
    except REFUSALS as refusal:
        return _page(request, found, form=form, refusal=str(refusal), status=422)
    messages.success(request, _("Saved."))
    return redirect("tickets:ticket", public_id)


@login_required
@require_POST
def act(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Reply, note, take, follow."""
    found, user, said = staffed(request, public_id), agent(request), request.POST
    verb = _VERBS.get(said.get("verb", ""))
    if verb is None:
        raise Http404
    if verb in (_reply, _note, _macro):
        allowed = limits.may_say(is_staff=True, user_id=user.pk, customer_id=found.customer_id)
        if not allowed:
            return limits.refuse(request, retry_after=allowed.retry_after)
    try:
        verb(found, user, said)
    except REFUSALS as refusal:
        typed = {"typed": said.get("text", ""), "typed_as": said.get("verb"), "refusal": str(refusal)}
        return _page(request, staffed(request, public_id), status=422, **typed)
    return redirect("tickets:ticket", public_id)


@login_required
@require_POST
def draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep what she has begun to write."""
    found = staffed(request, public_id)
    drafts.keep(found.pk, by=agent(request), text=request.POST.get("text", ""), at=timezone.now())
    return HttpResponse(status=204)


@login_required
@require_POST
def split(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another matter in a message becomes a ticket of its own."""
    found, said = staffed(request, public_id), request.POST
    try:
        new = joining.split(
            found.pk,
            number_in(said.get("seq")),
            subject=said.get("subject", ""),
            by=agent(request),
            at=timezone.now(),
        )
    except REFUSALS as refusal:
        return _page(request, found, refusal=str(refusal), status=422)
    return redirect("tickets:ticket", new.public_id)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A ticket for this customer."""
    user = agent(request)
    known = Customer.objects.staffed_by(user).present().select_related("shop")
    customer = get_object_or_404(known, public_id=public_id)
    form = OpenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = opening.by_agent(customer, **form.cleaned_data, by=user, assignee=user, at=timezone.now())
        return redirect("tickets:ticket", opened.public_id)
    context = {"form": form, "customer": customer, "shop": customer.shop}
    return render(request, "tickets/new.html", context, status=422 if form.is_bound else 200)


# Inside.


def _page(request: HttpRequest, found: Ticket, *, status: int = 200, **more: Any) -> HttpResponse:
    user = agent(request)
    others = (
        Ticket.objects.filter(customer=found.customer_id, merged_into=None)
        .exclude(pk=found.pk)
        .select_related("status")
    )
    context = {
        "ticket": found,
        "shop": found.shop,
        "entries": timeline.of(found),
        "form": EditForm(found),
        "afterwards": [one for one in statuses.of(found.shop) if one.kind not in (Kind.NEW, Kind.CLOSED)],
        "follows": found.followers.filter(pk=user.pk).exists(),
        "now": timezone.now(),
        "clocks": [clock for clock in found.clocks.order_by("pk") if clock.broken_at or clock.running_since],
        "bought": list(Order.objects.filter(tickets=found).newest_first()),
        "merges": list(found.merges.filter(undone_at=None).select_related("source").order_by("pk")),
        "can_merge": not found.merged_into_id and found.kind != Kind.CLOSED,
        "others": list(others.newest_first()[:BESIDE]),
        "thread_url": ports.talks.address(found.conversation) if found.conversation else "",
        "client_id": uuid4(),
        "macros": macros.of(found.shop),
        "draft": drafts.of(found.pk, by=user),
        **more,
    }
    return render(request, "tickets/ticket.html", context, status=status)


def _conflict(request: HttpRequest, now: Ticket, words: str) -> HttpResponse:
    """What she touched stays in the form, with what it says now beside it; saved again hers wins."""
    theirs = EditForm(now)
    mine = request.POST.copy()
    for part in EditForm(now, request.POST).untouched():
        mine.setlist(part, as_typed(theirs.initial["was"][part]))
    mine["version"], mine["was"] = str(now.version), json.dumps(theirs.initial["was"])
    form = EditForm(now, mine)
    form.is_valid()
    meanwhile = [(theirs[part].label, _shown(theirs, part)) for part in form.parts if part in form.changed_data]
    return _page(request, now, form=form, refusal=words, meanwhile=meanwhile, status=409)


def _shown(form: EditForm, part: str) -> str:
    value = form.initial[part]
    if isinstance(value, list):
        return ", ".join(order.number for order in value)
    labels = dict(form.fields[part].choices) if part in ("priority", "type") else {}  # type: ignore[attr-defined]
    return str(labels.get(value, value)) if value else str(_("nothing"))


def _reply(found: Ticket, user: User, said: Any) -> None:
    then = next((one for one in statuses.of(found.shop) if str(one.pk) == said.get("then")), None)
    client_id = said.get("client_id", "")[:64] or str(uuid4())
    work.reply(found.pk, by=user, text=said.get("text", ""), client_id=client_id, at=timezone.now(), status=then)


def _note(found: Ticket, user: User, said: Any) -> None:
    client_id = said.get("client_id", "")[:64] or str(uuid4())
    work.note(found.pk, by=user, text=said.get("text", ""), client_id=client_id, at=timezone.now())


def _macro(found: Ticket, user: User, said: Any) -> None:
    macro = get_object_or_404(Macro, shop=found.shop_id, pk=number_in(said.get("macro")))
    client_id = said.get("client_id", "")[:64] or str(uuid4())
    macros.use(found.pk, macro, by=user, client_id=client_id, at=timezone.now())


def _take(found: Ticket, user: User, said: Any) -> None:
    work.take(found.pk, by=user, at=timezone.now())


def _follow(found: Ticket, user: User, said: Any) -> None:
    work.follow(found.pk, by=user, at=timezone.now(), on=said.get("verb") == "follow")


def _merge(found: Ticket, user: User, said: Any) -> None:
    """Another ticket goes on in this one."""
    others = Ticket.objects.staffed_by(user).filter(customer=found.customer_id)
    source = get_object_or_404(others, number=number_in(said.get("source")))
    joining.merge(source.pk, found.pk, by=user, at=timezone.now())


def _unmerge(found: Ticket, user: User, said: Any) -> None:
    done = get_object_or_404(TicketMerge, target=found, pk=number_in(said.get("merge")))
    joining.unmerge(done.pk, by=user, at=timezone.now())


def number_in(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


_VERBS: dict[str, Callable[[Ticket, User, Any], None]] = {
    "reply": _reply,
    "note": _note,
    "macro": _macro,
    "take": _take,
    "follow": _follow,
    "unfollow": _follow,
    "merge": _merge,
    "unmerge": _unmerge,
}
