"""Orders in the talk: what a shopper has confirmed is done with her order, once, and told to her."""

from django.conf import settings
from django.utils import timezone, translation

from accounts.commerce import changes, wishes
from accounts.models import Order
from accounts.platforms import Away
from chat import actions
from chat.models import Action

KIND = "order"


def carry_out(action: Action) -> actions.Outcome:
    """Do it under the key of the action. Where nobody answers it is tried again, and in the end said to be unclear."""
    customer, told = action.conversation.customer, action.arguments
    with translation.override(customer.language or customer.shop.language):
        order = Order.objects.get(pk=told["order"], shop=customer.shop_id)
        wish = wishes.read(told["action"], told["wish"], customer.shop)
        at = timezone.now()
        try:
            outcome = changes.carry_out(order.pk, wish, key=action.key, by=customer, at=at)
        except (Away, changes.Busy) as why:
            if action.attempts < settings.ACTION_ATTEMPTS:
                raise actions.TryAgain from why
            outcome = changes.give_up(action.key, at=at)
        return actions.Outcome(outcome.text, ok=outcome.done)


actions.register(KIND, carry_out, ours=False)
