"""What tickets do when something happens elsewhere."""

from django.utils import timezone

from analytics.ledger import events
from analytics.ledger.models import Event
from tickets import automation, lifecycle, notices


@events.on("message.received", "message.posted")
def hear(event: Event) -> None:
    """Somebody spoke in a talk that may be a ticket's."""
    lifecycle.hear_talk(int(event.subject.partition(":")[2]))


@events.on(*automation.KINDS)
def follow_rules(event: Event) -> None:
    """Something happened that a rule may wait for."""
    if event.shop_id is not None:
        automation.react(event, at=timezone.now())


@events.on("ticket.opened", "ticket.assigned", "ticket.warned", "ticket.broken", "message.received")
def write_notices(event: Event) -> None:
    """Something happened that colleagues who do not look want to know, or a customer."""
    notices.tell(event, at=timezone.now())
