"""What a shop promises is changed: it holds at once, and the clocks of open tickets are set anew by workers, in steps.

Each ticket catches up by itself, too, before anything is done with it; so it does not matter who comes first.
"""

from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts.models import Shop
from tickets import lifecycle, terms
from tickets.models import PastTerms, Ticket

STEP = 200
DROPPED = timedelta(minutes=1)


def change(shop: Shop, *, at: datetime) -> None:
    """In the transaction of a change and before it: what held so far is kept, and a worker goes over the tickets."""
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)  # one change after the other
    PastTerms.objects.create(shop=shop, until=at, book=terms.written(shop))
    transaction.on_commit(partial(recount.delay, shop.pk))


@shared_task(name="tickets.recount")
def recount(shop_id: int, after: int = 0) -> None:
    """Set the clocks of some open tickets anew, and come back for the next ones."""
    last = step(shop_id, after=after, at=timezone.now())
    if last is not None:
        recount.delay(shop_id, last)


def step(shop_id: int, *, after: int, at: datetime) -> int | None:
    """The last of those that were set anew; none if no other is behind."""
    newest = PastTerms.objects.filter(shop=shop_id, recounted_at=None).order_by("-pk").first()
    if newest is None:
        return None
    behind = Ticket.objects.undone().filter(shop=shop_id, terms__lt=newest.pk, pk__gt=after)
    found = list(behind.order_by("pk").values_list("pk", flat=True)[:STEP])
    for pk in found:
        with transaction.atomic():
            lifecycle.lock(pk)
    if found:
        return found[-1]
    PastTerms.objects.filter(shop=shop_id, pk__lte=newest.pk, recounted_at=None).update(recounted_at=at)
    return None


@shared_task(name="tickets.sweep_recounts")
def sweep_recounts() -> None:
    """Go on where a worker died or the queue lost its task."""
    left = PastTerms.objects.filter(recounted_at=None, until__lt=timezone.now() - DROPPED)
    for shop_id in left.order_by("shop").values_list("shop", flat=True).distinct():
        recount.delay(shop_id)
