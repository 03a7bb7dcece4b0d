"""Fragments for the desk: a suggestion, the saved replies, a draft kept."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import limits
from accounts.models import User
from chat import seats
from chat.desk import drafts, saved, suggesting
from chat.models import Conversation


def _at(request: HttpRequest, public_id: UUID) -> tuple[Conversation, User]:
    """The talk, for somebody who works there."""
    seat = seats.staff_seat(seats.Visitor(request.user, request.session), public_id)
    if seat is None or not isinstance(request.user, User):
        raise Http404
    return Conversation.objects.select_related("shop", "customer").get(pk=seat.conversation_id), request.user


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
def replies(request: HttpRequest, public_id: UUID) -> JsonResponse:
    conversation, user = _at(request, public_id)
    return JsonResponse({"replies": list(saved.replies(conversation, by=user))})


@login_required
@require_POST
def draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    conversation, user = _at(request, public_id)
    drafts.keep(conversation.pk, by=user, text=request.POST.get("text", ""), at=timezone.now())
    return HttpResponse(status=204)
