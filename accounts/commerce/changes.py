"""Things that happen to an order: asked once for each key, weighed by the rules, done once in the shop's system.

Whoever calls has a row of her own that is executed until an outcome is told, and gives its key: chat's actions are such
rows. `carry_out` may be called with a key as often as need be, by whomever, after whatever has died.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from celery import current_app, shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock, platforms
from accounts.commerce import keeping, orders, plans, rules, saying, wishes
from accounts.commerce.facts import OrderFacts
from accounts.commerce.plans import Plan, Senseless
from accounts.commerce.records import OrderRecord
from accounts.commerce.rules import Refused
from accounts.commerce.wishes import Wish
from accounts.models import Customer, Order, OrderChange, Shop, User
from accounts.platforms import own
from analytics.ledger import events

logger = logging.getLogger(__name__)
State = OrderChange.State
FORGOTTEN = timedelta(minutes=30)  # longer than whoever asks for a change goes on asking


@dataclass(frozen=True)
class Outcome:
    """What became of it, in words for her. `is_settled` is False where nobody can know."""

    done: bool
    text: str
    is_settled: bool = True


class Busy(Exception):
    """Something else is under way with this order; this may be tried again in a moment."""

    def __str__(self) -> str:
        return str(_("Something else is under way with this order."))


def carry_out(order_id: int, wish: Wish, *, key: UUID, by: Customer | User, at: datetime) -> Outcome:
    """Do it, or say exactly why not. Raises Away or Busy where the same key must be tried again."""
    shop = Shop.objects.get(orders=order_id)
    platform = platforms.of(shop)
    known = OrderChange.objects.filter(key=key, order=order_id).first()
    if known is None and platform:
        refresh(shop, Order.objects.values_list("number", flat=True).get(pk=order_id), at=at)
    change = known or _begin(order_id, wish, key=key, by=by, at=at, is_own=platform is None)
    if change.state != State.ASKED or platform is None:
        return _outcome(change)
    return _send(change, shop, platform, at=at)


def ask(order_id: int, wish: Wish, *, key: UUID, by: Customer | User, at: datetime) -> Outcome | None:
    """From a page, which nobody keeps waiting: done at once in rows of our own, elsewhere by a worker (None as yet)."""
    if platforms.of(Shop.objects.get(orders=order_id)) is None:
        return carry_out(order_id, wish, key=key, by=by, at=at)
    with transaction.atomic():
        change = _begin(order_id, wish, key=key, by=by, at=at, is_own=False)
        if change.state != State.ASKED:
            return _outcome(change)
        if OrderChange.objects.filter(pk=change.pk, due_at=None).update(due_at=at):
            transaction.on_commit(partial(_see_to_soon, change.pk))
    return None


def give_up(key: UUID, *, at: datetime) -> Outcome:
    """Nobody answers for it any more: say that nothing was changed, or that nobody can know."""
    with transaction.atomic():
        change = OrderChange.objects.select_for_update(no_key=True).filter(key=key).first()
        if change is None:
            return Outcome(False, saying.not_reached())
        if change.state == State.ASKED:
            state, text = (State.UNCLEAR, saying.unclear()) if change.sent_at else (State.REFUSED, saying.not_reached())
            _settle(change, state, text, at=at)
        return _outcome(change)


def sweep(*, at: datetime) -> None:
    """Give up what nobody has asked for since long, so that it blocks no order; go on with what pages asked for."""
    forgotten = OrderChange.objects.filter(state=State.ASKED, asked_at__lt=at - FORGOTTEN).order_by("pk")
    for change in forgotten.select_related(*_READERS)[:500]:
        with clock.reading(_language(change), change.order.shop.zone):
            give_up(change.key, at=at)
    for pk in OrderChange.objects.filter(state=State.ASKED, due_at__lte=at).order_by("pk").values_list("pk")[:500]:
        _see_to_soon(*pk)


@shared_task(name="accounts.sweep_changes")
def sweep_changes() -> None:
    sweep(at=timezone.now())


@shared_task(name="accounts.see_to_change")
def see_to(change_id: int) -> None:
    """Have what a page asked for done in the shop's system; tried again by the sweep until it answers."""
    at = timezone.now()
    due = OrderChange.objects.filter(pk=change_id, state=State.ASKED, due_at__lte=at)
    if not due.update(due_at=at + timedelta(seconds=settings.ACTION_CLAIM_SECONDS)):
        return
    change = OrderChange.objects.select_related(*_READERS).get(pk=change_id)
    shop = change.order.shop
    with clock.reading(_language(change), shop.zone), suppress(platforms.Away):
        if platform := platforms.of(shop):
            _send(change, shop, platform, at=at)


def refresh(shop: Shop, number: str, *, at: datetime) -> bool:
    """Ask the shop's system for an order and keep what it says. Whether there is one; Away if it does not answer."""
    platform = platforms.of(shop)
    if platform is None:
        return Order.objects.filter(shop=shop, number__in=orders.spellings(number)).exists()
    record = platform.order(number)
    return record is not None and not keeping.keep(shop, [record], as_of=at, again=True).wrong


def move(customer: Customer, wish: wishes.NewAddress, *, at: datetime) -> Outcome:
    """Send what she orders from now on to another address."""
    try:
        plans.check_address(wish.address)
    except Senseless as why:
        return Outcome(False, str(why))
    customer.address = wish.address.parts()
    customer.save(update_fields=["address"])
    return Outcome(True, saying.moved(wish.address))


def _see_to_soon(change_id: int) -> None:
    try:
        current_app.send_task("accounts.see_to_change", (change_id,), ignore_result=True, retry=False)
    except Exception:  # a broker that is away costs time, never the change: the sweep finds it
        logger.warning("The queue is away; the sweep will see to change %s", change_id)


_READERS = ("order__customer", "order__shop", "by")


def _language(change: OrderChange) -> str:
    """Of whoever will read what became of it."""
    reader = change.by if change.by_team else change.order.customer
    return (reader.language if reader else "") or change.order.shop.language


def _begin(order_id: int, wish: Wish, *, key: UUID, by: Customer | User, at: datetime, is_own: bool) -> OrderChange:
    """Weigh it under the order's lock, and write down what came of that; rows of our own are changed at once."""
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
        said = OrderChange.objects.filter(key=key).first()
        if said is not None:
            return said
        if OrderChange.objects.filter(order=order, state=State.ASKED).exists():
            raise Busy
        facts = _facts(order_id)
        answer = rules.may(facts, wish, by=by, at=at)
        change = OrderChange(
            order=order,
            key=key,
            action=wish.action,
            wish=wishes.plain(wish),
            by=by if isinstance(by, User) else None,
            by_team=rules.side_of(facts, by) == "team",
            asked_at=at,
        )
        if isinstance(answer, Refused) or answer.plan is None:
            _settle(change, State.REFUSED, answer.text if isinstance(answer, Refused) else "", at=at)
            return change
        change.plan = plans.plain(answer.plan)
        change.save()
        if is_own:
            _apply(change, order, wish, answer.plan, at=at)
        return change


def _apply(change: OrderChange, order: Order, wish: Wish, plan: Plan, *, at: datetime) -> None:
    try:
        with transaction.atomic():
            own.apply(order, wish, plan, key=change.key, at=at)
    except Senseless as why:
        _settle(change, State.REFUSED, str(why), at=at)
    else:
        _settle(change, State.DONE, saying.done(_facts(order.pk), wish, plan), at=at)


def _send(change: OrderChange, shop: Shop, platform: platforms.Platform, *, at: datetime) -> Outcome:
    """Ask the shop's system for it, outside of any transaction, and write down what it made of it."""
    wish, plan = wishes.read(change.action, change.wish, shop), plans.read(change.plan)
    sending = _Sending(change, keeps_keys=platform.keeps_keys, at=at)
    try:
        record = platform.change(_facts(change.order_id), wish, plan, key=change.key, sending=sending)
    except platforms.Away as away:
        logger.warning("The shop system does not do a change of order %s: %s", change.order_id, away.cause)
        raise
    except platforms.Declined as declined:
        why = str(declined)
        logger.info("The shop system declined a change of order %s: %s", change.order_id, declined.args)
        return _finish(change.pk, lambda asked: _settle(asked, State.REFUSED, why, at=at))
    return _finish(change.pk, lambda asked: _keep(asked, shop, record, wish, plan, at=at))


class _Sending:
    """Written down before each request that may change something: from here on it may have happened, whatever dies.

    A request that we gave up on may still be on its way. A system that keeps no keys would do it again, so before it is
    asked anew we wait until that one has surely arrived, and the adapter has looked.
    """

    def __init__(self, change: OrderChange, *, keeps_keys: bool, at: datetime) -> None:
        self.change_id, self.at = change.pk, at
        settled = change.sent_at is None or (at - change.sent_at).total_seconds() >= settings.SHOP_SETTLE_SECONDS
        self.too_early = not (keeps_keys or settled)

    def __call__(self) -> None:
        if self.too_early:
            raise platforms.Away("It was asked for a moment ago, and is not done yet")
        OrderChange.objects.filter(pk=self.change_id).update(sent_at=self.at)


def _keep(change: OrderChange, shop: Shop, record: OrderRecord | None, wish: Wish, plan: Plan, *, at: datetime) -> None:
    """It happened there, so it is so here."""
    if record is not None and (wrong := keeping.keep(shop, [record], as_of=at, again=True).wrong):
        logger.warning(
            "Order %s was changed, and what the shop system then said cannot be kept: %s", change.order, wrong
        )
    _settle(change, State.DONE, saying.done(_facts(change.order_id), wish, plan), at=at)


def _finish(change_id: int, settle: Callable[[OrderChange], None]) -> Outcome:
    with transaction.atomic():
        change = (
            OrderChange.objects.select_for_update(no_key=True, of=("self",)).select_related("order").get(pk=change_id)
        )
        if change.state == State.ASKED:
            settle(change)
        return _outcome(change)


def _settle(change: OrderChange, state: str, text: str, *, at: datetime) -> None:
    change.state, change.text, change.settled_at = state, text, at
    change.save()
    if state == State.DONE:
        side = "team" if change.by_team else "shopper"
        events.record("order.changed", order=change.order, at=at, actor=change.by, action=change.action, side=side)


def _outcome(change: OrderChange) -> Outcome:
    return Outcome(change.state == State.DONE, change.text, is_settled=change.state != State.UNCLEAR)


def _facts(order_id: int) -> OrderFacts:
    return orders.facts_of(Order.objects.filter(pk=order_id))[0]
