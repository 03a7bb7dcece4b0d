"""The policy of tau_retail as rules of a shop: data, as an admin would write it."""

from accounts.models import Rule, Shop

REASONS = ["no longer needed", "ordered by mistake"]
ONCE = ["items"]  # once items were changed, nothing else is
ONE_OF_THEM = ["return", "exchange"]

RULES = [
    {"action": "cancel", "statuses": ["paid"], "reasons": REASONS, "not_after": ONCE},
    {"action": "address", "statuses": ["paid"], "not_after": ONCE},
    {"action": "payment", "statuses": ["paid"], "not_after": ONCE, "money_goes": "any"},
    {"action": "items", "statuses": ["paid"], "not_after": ONCE, "money_goes": "any"},
    {"action": "return", "statuses": ["delivered"], "not_after": ONE_OF_THEM, "money_goes": "or_gift_card"},
    {"action": "exchange", "statuses": ["delivered"], "not_after": ONE_OF_THEM, "money_goes": "any"},
]


def set_up(shop: Shop) -> None:
    Rule.objects.filter(shop=shop).delete()
    Rule.objects.bulk_create(Rule(shop=shop, position=place, **told) for place, told in enumerate(RULES, 1))
