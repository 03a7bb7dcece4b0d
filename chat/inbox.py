"""The agents' pages: the list, a thread, and whose hands it is in."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts import limits, presence
from accounts.many import aims as aims_of
from accounts.models import Shop, Team, User
from chat import handoff, lists, notes, order_cards, outbox, owners, pages, profile, seats, seen, switch, views, wire
from chat import talk as talking
from chat.adapters import web
from chat.desk import drafts, later, talks, views_kept
from chat.models import Author, Conversation, Handoff

AFTER = 15  # messages shown below the one that was looked for


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _seat(request: HttpRequest, public_id: UUID) -> seats.Seat:
    seat = seats.staff_seat(seats.Visitor(request.user, request.session), public_id)
    if seat is None:
        raise Http404
    return seat


def _list(request: HttpRequest) -> dict[str, Any]:
    user = _user(request)
    if not user.is_team:
        raise Http404
    shops = list(Shop.objects.visible_to(user).order_by("name", "pk"))
    desk, asked = lists.desk_of(user, shops), request.GET.get("list")
    views_hers = views_kept.of(user)
    view = next((one for one in views_hers if one.key == asked), None)
    box = view.key if view else lists.box_of(asked)
    return {
        "conversations": views_kept.page(desk, view) if view else lists.page(desk, box),
        "box": box,
        "boxes": [
            *((each.value, each.label, count) for each, count in zip(lists.Box, lists.counts(desk), strict=True)),
            *(
                (one.key, one.name, count)
                for one, count in zip(views_hers, views_kept.counts(desk, views_hers), strict=True)
            ),
        ],
        "shops": shops,
        "now": timezone.now(),
    }


@login_required
@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Who waits longest comes first."""
    if request.headers.get("HX-Request"):
        return render(request, "chat/_rows.html", _list(request))
    aims = aims_of(_user(request))
    return render(request, "chat/inbox.html", {**_list(request), "aims": aims, "show": "list"})


@login_required
@require_POST
def bot(request: HttpRequest, slug: str) -> HttpResponse:
    """Silence a shop's assistant, or let it speak again; it holds from this moment on."""
    shop = get_object_or_404(Shop.objects.visible_to(request.user), slug=slug)
    switch.set_for_shop(shop, on=request.POST.get("on") == "1", by=_user(request), at=timezone.now())
    return redirect("chat:inbox")


@login_required
@never_cache
@require_safe
def thread(request: HttpRequest, public_id: UUID) -> HttpResponse:
    seat = _seat(request, public_id)
    found = Conversation.objects.select_related("shop", "customer", "person")
    conversation, aims = found.get(pk=seat.conversation_id), aims_of(_user(request))
    context = {
        "conversation": conversation,
        "now": timezone.now(),
        "state": wire.state(conversation),
        "mine": conversation.is_held_by(_user(request)),
        "handoff": Handoff.objects.filter(conversation=conversation).first(),
        "draft": drafts.of(conversation.pk, by=_user(request)),
        "later": list(later.of(conversation, by=_user(request))),
        "joined": _joined(conversation),
        "others": list(talks.could_join(conversation)[:5]),
        "talk_notes": notes.of(conversation),
        "aims": aims,
        "colleagues": aims.colleagues(conversation.shop_id),
        "teams": aims.teams(conversation.shop_id),
        "me": f"{Author.PERSON} {seat.name}",
        "owner": owners.mark(request),
        "show": "thread",
        "back": request.path,
        **profile.beside(conversation.customer, _user(request)),
        **order_cards.context(conversation, _user(request)),
        "seeks": (seeks := views.number(request.GET.get("at"))),
        **pages.page_of(conversation, is_staff=True, before=seeks + AFTER if seeks else views.before(request)),
        **pages.LIMITS,
    }
    if request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request"):
        return render(request, "chat/_thread.html", context)
    return render(request, "chat/inbox.html", {**_list(request), **context})


def _joined(conversation: Conversation) -> list[dict[str, Any]]:
    """The talks that go on in this one, each with its newest messages."""
    return [
        {
            "pk": merge.pk,
            "source": merge.source,
            "thread": pages.page_of(merge.source, is_staff=True)["thread"],
        }
        for merge in talks.before(conversation)
    ]


@login_required
@never_cache
@require_GET
def earlier(request: HttpRequest, public_id: UUID) -> HttpResponse:
    seat = _seat(request, public_id)
    conversation = Conversation.objects.select_related("customer").get(pk=seat.conversation_id)
    context = pages.page_of(conversation, is_staff=True, before=views.before(request))
    return render(request, "chat/_earlier.html", {**context, "conversation": conversation})


@login_required
@never_cache
@require_GET
def since(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return views.newer(request, _seat(request, public_id))


@login_required
@require_POST
def send(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Reply as a person; a conversation nobody holds is taken by it."""
    seat = _seat(request, public_id)
    if not (verdict := seats.may_say(seat)):
        return limits.refuse(request, retry_after=verdict.retry_after)
    try:
        client_id = web.client_id(request.POST.get("client_id") or str(uuid4()))
        files = web.file_ids(request.POST.getlist("files"), client_id)
        receipt = outbox.post_person(
            seat.conversation_id,
            by=_user(request),
            text=request.POST.get("text", ""),
            client_id=client_id,
            at=timezone.now(),
            files=files,
        )
    except (web.BadFrame, talking.Refused) as refusal:
        return views.refused(request, refusal, reverse("chat:thread", args=[public_id]))
    if request.POST.get("plain"):
        return redirect("chat:thread", public_id)
    return JsonResponse(wire.ack(receipt))


@login_required
@require_POST
def read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    seat = _seat(request, public_id)
    seen.mark(seat.conversation_id, by_shopper=False, read=views.number(request.POST.get("seq")))
    return HttpResponse(status=204)


@login_required
@require_POST
def upload(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return views.uploaded(request, _seat(request, public_id))


@login_required
@require_POST
def alive(request: HttpRequest) -> HttpResponse:
    """A sign of life of a page that has no socket."""
    user = _user(request)
    if not user.is_team:
        raise Http404
    presence.alive([user.pk], at=timezone.now())
    return HttpResponse(status=204)


@login_required
@require_POST
def note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write to colleagues; what calls them reaches them."""
    seat = _seat(request, public_id)
    try:
        client_id = web.client_id(request.POST.get("client_id") or str(uuid4()))
        notes.write(
            seat.conversation_id,
            by=_user(request),
            text=request.POST.get("text", ""),
            client_id=client_id,
            at=timezone.now(),
        )
    except (web.BadFrame, talking.Refused) as refusal:
        return views.refused(request, refusal, reverse("chat:thread", args=[public_id]))
    if request.headers.get("HX-Request"):
        return HttpResponse(pages.notes(seat.conversation_id, language=get_language() or "en"))
    return redirect("chat:thread", public_id)


@login_required
@require_POST
def hands(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take, accept, give back, close, or silence the assistant here."""
    seat = _seat(request, public_id)
    by, at, verb = _user(request), timezone.now(), request.POST.get("verb", "")
    try:
        match verb:
            case "take" | "take_over":
                handoff.take(seat.conversation_id, by=by, at=at, from_person=verb == "take_over")
            case "accept":
                handoff.accept(seat.conversation_id, by=by, at=at)
            case "give_back":
                handoff.give_back(seat.conversation_id, by=by, at=at)
            case "pass_on":
                handoff.pass_on(seat.conversation_id, by=by, to=_aim(request, seat), at=at)
            case "close":
                handoff.close(seat.conversation_id, by=by, at=at)
            case "bot_off" | "bot_on":
                switch.set_for_conversation(seat.conversation_id, on=verb == "bot_on", by=by, at=at)
            case _:
                raise Http404
    except (handoff.AlreadyTaken, handoff.NotHolding, presence.NotOnTheTeam) as refusal:
        return render(request, "chat/_refusal.html", {"why": str(refusal)}, status=409)
    if request.headers.get("HX-Request"):
        return views.newer(request, seat)
    return redirect("chat:thread", public_id)


def _aim(request: HttpRequest, seat: seats.Seat) -> User | Team:
    """The colleague or the team of this shop to whom a talk goes, as user-1 or team-1."""
    kind, _dash, number = request.POST.get("to", "").partition("-")
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    rows: QuerySet[Any] = (
        Team.objects.filter(shop=seat.shop_id) if kind == "team" else User.objects.team_of(Shop(pk=seat.shop_id))
    )
    aim: User | Team = get_object_or_404(rows, pk=int(number))
    return aim
