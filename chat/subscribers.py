"""What the talk does when something happens elsewhere."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from accounts.crm import pushes
from accounts.models import CrmPush
from analytics.ledger import events
from analytics.ledger.models import Event
from chat import handoff, languages, realtime, turns
from chat.models import Handoff, Message
from knowledge import gaps


# Signing out is Django's own doing and no row of ours, so its signal is the only one who knows.
@receiver(user_logged_out)
def close_sockets(sender: Any, request: Any, **kwargs: Any) -> None:
    if request is not None and request.session.session_key:
        realtime.leave(request.session.session_key)


@events.on("presence.changed")
def call_next(event: Event) -> None:
    """Somebody came: whoever waits is given to her."""
    if event.shop_id is not None:
        handoff.assign_soon(event.shop_id)


@events.on("answer.abstained")
def note_gap(event: Event) -> None:
    """Put what the assistant could not answer on the editors' list. It belongs to who asked, and goes with her."""
    pk = int(event.refs["message"].partition(":")[2])
    found = Message.objects.select_related("conversation__customer", "conversation__shop").filter(pk=pk)
    message = found.first()
    if message is None:
        return
    conversation = message.conversation
    gaps.record(
        conversation.shop,
        turns.asked_in(message),
        language=languages.written(conversation),
        confidence=event.facts["confidence"],
        customer=conversation.customer,
        asked_in=message.public_id,
        at=event.at,
        conversation=conversation,
        message=message,
    )


@events.on("conversation.handed_over")
def tell_crm(event: Event) -> None:
    """What a person has to look at is a ticket in the shop's CRM, if it has one."""
    found = Handoff.objects.filter(message=int(event.refs["message"].partition(":")[2]))
    handed = found.select_related("conversation__customer").first()
    if handed is not None:
        subject = str(handed.get_reason_display())
        about = f"handoff {handed.pk}"
        customer = handed.conversation.customer
        pushes.tell(customer, CrmPush.Kind.TICKET, about=about, subject=subject, text=handed.summary, at=event.at)
