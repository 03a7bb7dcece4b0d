"""What a shopper does while somebody is away: leave word, and come back by the letter that answered it."""

from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from chat import absence, letters, seats, views
from chat import talk as talking
from chat.adapters import web


@require_POST
def leave(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Nobody is there: leave an address and a word for whoever comes."""
    seat = seats.shopper_seat(_visitor(request), public_id)
    if seat is None:
        raise Http404
    verdict = seats.may_say(seat)
    if not verdict:
        return limits.refuse(request, retry_after=verdict.retry_after)
    try:
        absence.leave_word(
            seat.conversation_id,
            email=request.POST.get("email", "")[:254],
            text=request.POST.get("text", ""),
            client_id=web.client_id(request.POST.get("client_id") or str(uuid4())),
            at=timezone.now(),
        )
    except (web.BadFrame, talking.Refused) as refusal:
        if request.headers.get("HX-Request"):
            return render(request, "chat/_refusal.html", {"why": str(refusal)}, status=409)
        back = reverse("chat:talk", args=[public_id])
        return render(request, "chat/refused.html", {"why": str(refusal), "back": back}, status=422)
    if request.headers.get("HX-Request"):
        return views.newer(request, seat)
    return redirect("chat:talk", public_id)


@never_cache
@require_safe
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """A letter about a talk leads into it, in any browser of hers."""
    conversation = letters.opens(token)
    if conversation is None:
        return render(
            request, "chat/refused.html", {"why": _("This link is too old."), "back": reverse("chat:home")}, status=404
        )
    if seats.shopper_seat(_visitor(request), conversation.public_id) is None:
        seats.open_by_letter(request.session, conversation)
    return redirect("chat:talk", conversation.public_id)


def _visitor(request: HttpRequest) -> seats.Visitor:
    return seats.Visitor(request.user, request.session)
