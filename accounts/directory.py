"""The shop's customers, and finding one among many."""

import re

from django.db.models import Q

from accounts.commerce.orders import spellings
from accounts.models import Customer, CustomerTag, Order, Shop, User
from accounts.models.customer import CustomerQuerySet

FEW_DIGITS = 7  # fewer do not tell one phone from another


def look_up(user: User, words: str = "", *, tag: str = "") -> CustomerQuerySet:
    """Those an agent may look after, newest first: by a part of name or address, by phone, or by an order's number."""
    found = Customer.objects.staffed_by(user).present()
    if tag:
        found = found.filter(tags__in=CustomerTag.objects.visible_to(user).filter(name__iexact=tag))
    if word := words.replace("\x00", "").strip()[:100]:
        found = found.filter(_matches(word) | Q(pk__in=_who_ordered(user, word)))
    return found.order_by("-pk")


def _matches(word: str) -> Q:
    tail = re.sub(r"\D", "", word)[-9:]
    said = Q(name__icontains=word) | Q(email__icontains=word.lower()) | Q(external_id=word)
    return said | Q(phone_tail__endswith=tail) if len(tail) >= FEW_DIGITS else said


def _who_ordered(user: User, number: str) -> list[int]:
    shops = list(Shop.objects.visible_to(user).values_list("pk", flat=True))
    orders = Order.objects.filter(shop__in=shops, number__in=spellings(number), customer__isnull=False)
    return list(orders.values_list("customer", flat=True))
