"""What the desk asks for: what was said, a suggestion, saved replies, a draft kept, a reply for later, talks joined."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts import limits
from accounts.many import aim
from accounts.models import User
from chat import lists, seats, talk, views
from chat import search as searching
from chat.desk import drafts, many, reasons, saved, suggesting, talks, views_kept
from chat.desk import later as waiting
from chat.forms import ViewForm
from chat.models import Author, Conversation, Message, SavedView

WAITS = {"seconds": timedelta(seconds=10), "hour": timedelta(hours=1)}
MORNING = 9  # o'clock, where she sits


def _at(request: HttpRequest, public_id: UUID) -> tuple[Conversation, User]:
    """The talk, for somebody who works there."""
    seat = seats.staff_seat(seats.Visitor(request.user, request.session), public_id)
    if seat is None or not isinstance(request.user, User):
        raise Http404
    return Conversation.objects.select_related("shop", "customer").get(pk=seat.conversation_id), request.user


@login_required
@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was said in the talks of her shops."""
    user, asked = request.user, request.GET.get("q", "")
    if not isinstance(user, User) or not user.is_team:
        raise Http404
    refusal, hits, status = "", [], 200
    if asked.strip():
        try:
            if not limits.hit("chat.search", str(user.pk)):
                raise searching.Unsearchable(_("That were many searches at once. Please wait a moment."))
            hits = searching.messages(lists.desk_of(user), searching.words_of(asked))
        except searching.Unsearchable as why:
            refusal, status = str(why), 422
    context = {"asked": asked, "hits": hits, "refusal": refusal, "most": searching.SHOWN, "many": searching.NEWEST}
    return render(request, "chat/search.html", context, status=status)


@login_required
@require_POST
def chosen(request: HttpRequest) -> HttpResponse:
    """Close, give away or tag the talks she has chosen from a list."""
    user, at = request.user, timezone.now()
    if not isinstance(user, User) or not user.is_team:
        raise Http404
    talks = _chosen(request, user)
    match request.POST.get("verb", ""):
        case "close":
            done = many.close(talks, by=user, at=at)
        case "mine":
            done = many.assign(talks, to=user, by=user, at=at)
        case "assign" if to := aim(user, request.POST.get("to", "")):
            done = many.assign(talks, to=to, by=user, at=at)
        case "tag":
            done = many.tag(talks, request.POST.get("tag", ""), by=user, at=at)
        case _:
            raise Http404
    if not talks:
        messages.warning(request, _("Choose conversations first."))
    if done.number:
        said = ngettext("Done with %(number)s conversation.", "Done with %(number)s conversations.", done.number)
        messages.success(request, said % {"number": done.number})
    for why in done.refused:
        messages.warning(request, why)
    query = urlencode({"list": request.POST.get("list", "")})
    return redirect(f"{reverse('chat:inbox')}?{query}")


def _chosen(request: HttpRequest, user: User) -> list[Conversation]:
    """All of them, or none is there."""
    try:
        wanted = {UUID(text) for text in request.POST.getlist("talk")[: lists.ROWS]}
    except ValueError:
        raise Http404 from None
    found = Conversation.objects.staffed_by(user).filter(public_id__in=wanted).select_related("customer").order_by("pk")
    if len(found) != len(wanted):
        raise Http404
    return list(found)


@login_required
@never_cache
def kept(request: HttpRequest) -> HttpResponse:
    """The views she keeps, and a form for one more."""
    user = request.user
    if not isinstance(user, User) or not user.is_team:
        raise Http404
    form = ViewForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_bound and form.is_valid():
        return redirect(f"{reverse('chat:inbox')}?list={form.save().key}")
    context = {"form": form, "views": views_kept.of(user), "user": user}
    return render(request, "chat/views.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a view of hers no longer; what colleagues share is theirs to remove."""
    get_object_or_404(SavedView, pk=pk, owner=request.user).delete()
    return redirect("chat:views")


@login_required
@never_cache
@require_GET
def suggestion(request: HttpRequest, public_id: UUID) -> HttpResponse:
    conversation, user = _at(request, public_id)
    verdict = limits.hit("chat.suggest", str(user.pk))
    context: dict[str, Any] = {"conversation": conversation, "too_fast": not verdict}
    if verdict:
        context["suggestion"] = suggesting.suggest(conversation)
    return render(request, "chat/_suggestion.html", context)


@login_required
@never_cache
@require_GET
def why(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How an answer of the assistant came about."""
    if not isinstance(request.user, User):
        raise Http404
    told = Message.objects.filter(author=Author.BOT, conversation__in=Conversation.objects.staffed_by(request.user))
    message = get_object_or_404(told.select_related("conversation", "version"), public_id=public_id)
    return _aside(request, "chat/_why.html", message.conversation, {"why": reasons.of(message)})


@login_required
@never_cache
@require_GET
def summary(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a talk is about, in few lines."""
    conversation, _user = _at(request, public_id)
    return _aside(request, "chat/_summary.html", conversation, {"summary": reasons.summary(conversation)})


def _aside(request: HttpRequest, piece: str, conversation: Conversation, context: dict[str, Any]) -> HttpResponse:
    """What a fold of the thread holds; a page of its own where there is no JavaScript."""
    if request.headers.get("HX-Request"):
        return render(request, piece, context)
    back = reverse("chat:thread", args=[conversation.public_id])
    return render(request, "chat/aside.html", {**context, "piece": piece, "back": back})


@login_required
@never_cache
@require_GET
def replies(request: HttpRequest, public_id: UUID) -> JsonResponse:
    conversation, user = _at(request, public_id)
    return JsonResponse({"replies": list(saved.replies(conversation, by=user))})


@login_required
@require_POST
def draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    conversation, user = _at(request, public_id)
    drafts.keep(conversation.pk, by=user, text=request.POST.get("text", ""), at=timezone.now())
    return HttpResponse(status=204)


@login_required
@require_POST
def later(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep a reply for its time."""
    conversation, user = _at(request, public_id)
    now, text = timezone.now(), request.POST.get("text", "")
    try:
        waiting.keep(
            conversation.pk,
            by=user,
            text=text,
            client_id=f"later-{uuid4()}",
            due_at=_time(request.POST.get("when", ""), now),
            at=now,
        )
    except talk.Refused as refusal:
        return views.refused(request, refusal, reverse("chat:thread", args=[public_id]))
    return redirect("chat:thread", public_id)


@login_required
@require_POST
def take_back(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    _, user = _at(request, public_id)
    return _done(request, public_id, lambda: waiting.take_back(pk, by=user, at=timezone.now()))


@login_required
@require_POST
def join(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let another talk of hers go on in this one."""
    conversation, user = _at(request, public_id)
    try:
        source, _ = _at(request, UUID(request.POST.get("source", "")))
    except ValueError:
        raise Http404 from None
    return _done(request, public_id, lambda: talks.join(source.pk, conversation.pk, by=user, at=timezone.now()))


@login_required
@require_POST
def part(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    conversation, user = _at(request, public_id)
    if not talks.before(conversation).filter(pk=pk).exists():
        raise Http404
    return _done(request, public_id, lambda: talks.part(pk, by=user, at=timezone.now()))


def _done(request: HttpRequest, public_id: UUID, act: Callable[[], object]) -> HttpResponse:
    """Back to the talk, or why not."""
    back = reverse("chat:thread", args=[public_id])
    try:
        act()
    except talk.Refused as refusal:
        return render(request, "chat/refused.html", {"why": str(refusal), "back": back}, status=422)
    return redirect(back)


def _time(when: str, now: datetime) -> datetime:
    if when in WAITS:
        return now + WAITS[when]
    morning = timezone.localtime(now).replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if morning > now else morning + timedelta(days=1)
