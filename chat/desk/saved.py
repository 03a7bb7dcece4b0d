"""Saved replies: found by their shortcut, their open places filled with what is true of this talk."""

from collections.abc import Iterator
from re import Match

from accounts.commerce import orders
from accounts.models import User
from chat.models import Conversation, SavedReply
from chat.models.desk import BLANK

MOST = 500


def replies(conversation: Conversation, *, by: User) -> Iterator[dict[str, str]]:
    """All of the shop's, as they would be said here."""
    newest = orders.newest(conversation.customer_id, limit=1)
    values = {
        "customer": conversation.customer.name,
        "agent": by.get_short_name(),
        "shop": conversation.shop.name,
        "order": newest[0].number if newest else "",
    }

    def fill(blank: Match[str]) -> str:
        """A place for which there is nothing closes up, so that nobody is greeted as a brace."""
        value = values.get(blank[1], "")
        return f"{blank[0].partition('{')[0]}{value}" if value else ""

    for reply in SavedReply.objects.filter(shop=conversation.shop_id).order_by("shortcut")[:MOST]:
        yield {"shortcut": reply.shortcut, "text": BLANK.sub(fill, reply.text)}
