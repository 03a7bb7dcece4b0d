"""A guest proves that an order is hers: by its number, the address it was ordered with, and a code mailed there.

Nobody learns which orders there are: the same is done, kept and said whether the order exists or not, and the mail
leaves where nobody waits for it.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts import limits
from accounts.commerce import orders
from accounts.commerce.facts import OrderFacts
from accounts.models import Customer, Order, OrderProof

DIGITS, TRIES = 8, 5
CODE_GOOD, PROOF_GOOD = timedelta(minutes=15), timedelta(hours=12)


def send_code(customer: Customer, *, talk: int, number: str, email: str, at: datetime) -> None:
    """Mail a code to the address of the order, if there is such an order with this address."""
    OrderProof.objects.filter(expires_at__lt=at).delete()
    asked = f"{customer.shop_id} {orders.spellings(number)} {email.lower()}"
    if not (limits.hit("order.code", f"by {customer.pk}") and limits.hit("order.code", f"of {asked}")):
        return
    order, code = _order(customer, number, email), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    OrderProof.objects.create(
        customer=customer, talk=talk, order=order, digest=_digest(talk, code), asked_at=at, expires_at=at + CODE_GOOD
    )
    if order is not None:
        _mail(order, code, to=email.lower())


@transaction.atomic
def try_code(customer: Customer, *, talk: int, code: str, at: datetime) -> bool:
    """Whether this is the newest code of the talk. After five tries, or too late, no code is."""
    asked = OrderProof.objects.select_for_update(no_key=True).filter(talk=talk).newest_first().first()
    if asked is None or asked.proven_at or asked.expires_at < at or asked.attempts >= TRIES:
        return False
    if not limits.hit("order.try", customer.pk):
        return False
    asked.attempts += 1
    fits = constant_time_compare(asked.digest, _digest(talk, code))
    if fits and asked.order_id:
        asked.proven_at, asked.expires_at, asked.digest = at, at + PROOF_GOOD, ""
    asked.save(update_fields=["attempts", "proven_at", "expires_at", "digest"])
    return asked.proven_at is not None


def proven(talk: int, *, at: datetime) -> tuple[OrderFacts, ...]:
    """The orders that were proven in this talk, newest first."""
    good = OrderProof.objects.filter(talk=talk, proven_at__isnull=False, expires_at__gte=at).values("order")
    return orders.facts_of(Order.objects.filter(pk__in=good).newest_first())


def _order(customer: Customer, number: str, email: str) -> Order | None:
    """The order of this number in this shop, if whoever ordered it is known by this address."""
    named = Order.objects.filter(shop=customer.shop_id, number__in=orders.spellings(number))
    now = Q(customer__email=email.lower(), customer__email_verified=True)
    before = Q(customer__identities__email=email.lower(), customer__identities__is_proven=True)
    return named.filter(now | before).select_related("shop").order_by("pk").first()


def _digest(talk: int, code: str) -> str:
    return salted_hmac("accounts.proofs", f"{talk}:{code}", algorithm="sha256").hexdigest()


def _mail(order: Order, code: str, *, to: str) -> None:
    told = {"shop": order.shop.name, "number": order.number, "code": f"{code[:4]} {code[4:]}"}
    text = _(
        "Somebody in the chat of %(shop)s asks about order %(number)s. If that is you, write this code there:\n\n"
        "%(code)s\n\nIt is good for 15 minutes. If it is not you, do nothing: without the code nobody is told anything."
    )
    EmailMessage(_("%(code)s is your code for %(shop)s") % told, text % told, settings.DEFAULT_FROM_EMAIL, [to]).send()
