"""The switch that silences the assistant: for a shop, or for one conversation."""

from datetime import datetime

from django.db import connection, transaction

from accounts.models import Shop, User
from analytics.ledger import events
from chat import handoff, realtime, talk
from chat.models import Handoff


def is_on(shop_id: int) -> bool:
    """Whether the shop's assistant may speak; the answer holds until our transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT bot_enabled FROM accounts_shop WHERE id = %s FOR SHARE", [shop_id])
        row = cursor.fetchone()
    return bool(row and row[0])


@transaction.atomic
def set_for_shop(shop: Shop, *, on: bool, by: User, at: datetime) -> None:
    """Switch the assistant of a shop. Off means now: whatever it was about to say is discarded."""
    shop.bot_enabled = on
    shop.save(update_fields=["bot_enabled"])
    events.record("bot.switched", shop=shop, actor=by, at=at, is_on=on)


@transaction.atomic
def set_for_conversation(conversation_id: int, *, on: bool, by: User, at: datetime) -> None:
    """Switch the assistant in one conversation. Off hands over whatever the shopper waits for."""
    conversation = talk.lock(conversation_id)
    if conversation.bot_enabled == on:
        return
    conversation.bot_enabled = on
    conversation.lease += 1
    events.record("conversation.switched", conversation=conversation, actor=by, at=at, is_on=on)
    if not on and conversation.turn_due_at is not None:
        handoff.to_queue(conversation, reason=Handoff.Reason.BOT_OFF, at=at)
        return
    talk.keep(conversation)
    realtime.wake(conversation)
