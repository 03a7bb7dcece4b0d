"""What tickets do when something happens elsewhere."""

from analytics.ledger import events
from analytics.ledger.models import Event
from tickets import lifecycle


@events.on("message.received", "message.posted")
def hear(event: Event) -> None:
    """Somebody spoke in a talk that may be a ticket's."""
    lifecycle.hear_talk(int(event.subject.partition(":")[2]))
