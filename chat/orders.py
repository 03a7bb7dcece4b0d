"""Orders in the talk: what a shopper or an agent has confirmed is done with an order, once, and told to both."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.commerce import changes, proofs, saying, wishes
from accounts.commerce.facts import OrderFacts
from accounts.commerce.wishes import Wish
from accounts.models import Customer, Order, User
from accounts.platforms import Away
from chat import actions, languages, realtime, talk
from chat.models import Action, Author
from chat.turns import Wanted

KIND = "order"


@transaction.atomic
def ask(conversation_id: int, order: OrderFacts, wish: Wish, *, key: UUID, by: User, at: datetime) -> None:
    """An agent has something done with an order, once for a key; the talk says so, and later what became of it."""
    conversation = talk.lock(conversation_id)
    if Action.objects.filter(key=key).exists():
        return
    with clock.reading(languages.of(conversation), conversation.shop.zone):
        told = {"name": by.get_short_name(), "title": saying.title(wish.action, order.number)}
        text = _("%(name)s asked for this: %(title)s.") % told
    message = talk.say(conversation, author=Author.SYSTEM, text=text, at=at, client_id=f"asks:{key}")
    arguments = {"order": order.id, "action": wish.action, "wish": wishes.plain(wish), "by": by.pk}
    actions.request(message, Wanted(KIND, arguments), at=at, key=key)
    talk.keep(conversation)
    realtime.wake(conversation, message)


def carry_out(action: Action) -> actions.Outcome:
    """Do it under the key of the action. Where nobody answers it is tried again, and in the end said to be unclear."""
    customer, told = action.conversation.customer, action.arguments
    with clock.reading(languages.of(action.conversation), customer.shop.zone):
        order = Order.objects.select_related("customer").get(pk=told["order"], shop=customer.shop_id)
        by = User.objects.get(pk=told["by"]) if "by" in told else _shopper(action, order)
        wish = wishes.read(told["action"], told["wish"], customer.shop)
        at = timezone.now()
        try:
            outcome = changes.carry_out(order.pk, wish, key=action.key, by=by, at=at)
        except (Away, changes.Busy) as why:
            if action.attempts < settings.ACTION_ATTEMPTS:
                raise actions.TryAgain from why
            outcome = changes.give_up(action.key, at=at)
        return actions.Outcome(outcome.text, ok=outcome.done)


def _shopper(action: Action, order: Order) -> Customer:
    """She of the talk; who has proven in it that the order is hers acts as whose it is."""
    is_proven = any(each.id == order.pk for each in proofs.proven(action.conversation_id, at=action.requested_at))
    return order.customer if is_proven and order.customer else action.conversation.customer


actions.register(KIND, carry_out, ours=False)
