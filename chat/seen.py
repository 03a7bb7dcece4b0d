"""How far each side has got and read; it only ever moves forward."""

from django.db.models import F
from django.db.models.functions import Greatest, Least

from chat import realtime
from chat.models import Conversation


def mark(conversation_id: int, *, by_shopper: bool, delivered: int = 0, read: int = 0) -> None:
    """Note how far one side is; what the other side already knows costs nothing more."""
    side = "shopper" if by_shopper else "staff"
    got, seen = f"{side}_delivered_seq", f"{side}_read_seq"
    delivered = max(delivered, read)
    behind = Conversation.objects.filter(pk=conversation_id)
    behind = behind.filter(
        **{f"{seen}__lt": Least(read, F("last_seq"))} if read else {f"{got}__lt": Least(delivered, F("last_seq"))}
    )
    moved = behind.update(
        **{
            got: Greatest(F(got), Least(delivered, F("last_seq"))),
            seen: Greatest(F(seen), Least(read, F("last_seq"))),
        }
    )
    if moved:
        realtime.seen(conversation_id, by_shopper=by_shopper, delivered=delivered, read=read)
