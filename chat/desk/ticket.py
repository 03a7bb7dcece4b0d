"""The tickets of a talk, and one more in one click."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from chat import seats, ticketing
from chat.models import Conversation


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def beside(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the tickets of the talk, or make one of it."""
    seat = seats.staff_seat(seats.Visitor(request.user, request.session), public_id)
    if seat is None or not isinstance(request.user, User):
        raise Http404
    conversation = Conversation.objects.select_related("shop", "customer").get(pk=seat.conversation_id)
    if request.method == "POST":
        made = ticketing.make(conversation, by=request.user, at=timezone.now())
        return redirect("tickets:ticket", made.public_id)
    context = {"conversation": conversation, "tickets": ticketing.of(conversation), "is_read": True}
    return render(request, "chat/_side_tickets.html", context)
