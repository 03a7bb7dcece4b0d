"""The processes of the orders trial: hands that execute actions and are killed, and the two shops they speak with."""

import json
import os
import random
import re
import signal
import sys
import time
from contextlib import ExitStack, suppress
from datetime import timedelta
from decimal import Decimal

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts import platforms  # noqa: E402
from accounts.commerce import rules, saying  # noqa: E402
from accounts.models import Order, OrderChange, Shop  # noqa: E402
from accounts.platforms import Away, Declined  # noqa: E402
from chat import actions, intake, orders, outbox, turns  # noqa: E402
from chat.models import Action, Message  # noqa: E402
from tests.accounts.platforms.servers import RestShop, WooShop, fails, refuses, serving  # noqa: E402
from tests.factories import CustomerFactory, OrderFactory, ShopFactory  # noqa: E402
from tests.faults.orders.killed import Trial  # noqa: E402

SYSTEMS = {"rest": RestShop, "woocommerce": WooShop}
LIFE = 0.3  # seconds, within which a doomed hand is killed
LOOK = 0.1  # seconds between two looks at what is due
OUT, NO, LOST = 0.03, 0.03, 0.05  # how often a shop fails, declines, or its answer gets lost
WITHIN = 540.0


def conduct(trial: Trial) -> dict[str, object]:
    """Promise the actions, have hands execute them and kill most of the hands, until every action has its outcome."""
    began, dice = time.monotonic(), random.Random(trial.seed)
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    settings.ACTION_CLAIM_SECONDS = settings.SHOP_SETTLE_SECONDS = trial.pause
    settings.ACTION_ATTEMPTS = 100
    settings.SHOP_SYSTEMS = {}
    with ExitStack() as stack:
        shops = {scheme: make() for scheme, make in SYSTEMS.items()}
        for scheme, system in shops.items():
            moody(system, random.Random(f"{trial.seed} {scheme}"))
            settings.SHOP_SYSTEMS[scheme] = stack.enter_context(serving(system))
        for number in range(trial.actions):
            promise(list(SYSTEMS)[number % len(SYSTEMS)], shops, 1000 + number)
        for shop in Shop.objects.all():
            with suppress(Away):
                platforms.of(shop).product("P-0")  # so that no hand spends its short life on imports
        killed = kill_about(trial, dice, until=began + WITHIN)
        return {
            "shops": {scheme: judge(scheme, system) for scheme, system in shops.items()},
            "killed": killed,
            "seconds": round(time.monotonic() - began, 1),
        }


def moody(system, dice):
    """Now and then it fails, declines, or does a thing and its answer gets lost; it always takes its time."""
    fates = {}
    system.pause = lambda: time.sleep(dice.uniform(0, 0.03))
    system.lost = lambda method, path: method != "GET" and dice.random() < LOST

    def wrong(method, path):
        if dice.random() < OUT:
            return fails
        order = re.search(r"/orders/(\d+)", path)
        declines = order and fates.setdefault(order[1], dice.random() < NO)
        return refuses if declines and method != "GET" else None

    system.wrong = wrong


def promise(scheme, shops, number):
    """An order, somebody who talks about it, and the action that the assistant promised her."""
    at = timezone.now()
    shop = ShopFactory(slug=scheme)
    rules.prepare(shop)
    shops[scheme].add(str(number))
    email = f"maria{number}@example.com"
    held = shops[scheme].orders[str(number)]
    if scheme == "rest":
        held["customer"] = {"id": f"c-{number}", "email": email}
    else:
        held["customer_id"], held["billing"] = number, {**held["billing"], "email": email}
    customer = CustomerFactory(shop=shop, external_id=held["customer"]["id"] if scheme == "rest" else str(number))
    order = OrderFactory(customer=customer, number=str(number), status="paid", total=Decimal("39.80"))
    talk = intake.open_conversation(customer, opening_id=str(number), at=at)
    intake.receive(intake.Inbound(talk.pk, "1", "Yes, cancel it."), at=at)
    turn = turns.load(talk.pk)
    wanted = turns.Wanted(orders.KIND, {"order": order.pk, "action": "cancel", "wish": {"reason": ""}})
    assert outbox.post_reply(turn, turns.Reply("I will.", actions=(wanted,)), at=at)


def kill_about(trial, dice, *, until):
    """Fork a hand for each action that is due; most of them have not long to live."""
    hands, killed, due, left = {}, 0, [], trial.actions
    look = 0.0
    while (left or hands) and time.monotonic() < until:
        if not due and time.monotonic() > look:
            due, left, look = _due(trial, {pk for pk, _ in hands.values()}), _left(), time.monotonic() + LOOK
            connection.close()  # nobody forks with a connection in hand
        while due and len(hands) < trial.hands:
            doomed = time.monotonic() + dice.uniform(0, LIFE) if dice.random() < trial.doomed else None
            pk = due.pop()
            hands[fork(pk)] = (pk, doomed)
        time.sleep(0.002)
        for pid, (_, doomed) in list(hands.items()):
            if doomed and time.monotonic() > doomed:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                killed += os.WIFSIGNALED(status) and _was_at_it(hands[pid][0])
                del hands[pid]
    for pid in hands:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return killed


def _due(trial, held):
    """What is to be done now; who is to wait for minutes waits as long as a claim holds."""
    at, pause = timezone.now(), timedelta(seconds=trial.pause)
    Action.objects.filter(status="requested", due_at__gt=at + pause).update(due_at=at + pause)
    return [pk for pk in Action.objects.due(at).values_list("pk", flat=True)[:60] if pk not in held][::-1]


def _was_at_it(pk):
    """Whether who was killed just now had begun: the claim is hers, and nothing came of it."""
    claimed = Action.objects.filter(pk=pk, status="requested", claimed_until__gt=timezone.now()).exists()
    connection.close()
    return claimed


def _left():
    return Action.objects.filter(status="requested").count()


def fork(pk):
    """A hand of the worker: it executes one action by the real task, and its life ends there or before."""
    pid = os.fork()
    if pid:
        return pid
    try:
        actions.execute(pk)
    finally:
        os._exit(0)


def judge(scheme, system):
    """What happened in the shop against what was said to her."""
    counted = ("n", "more_than_once", "told_wrongly", "never_told", "told_twice", "done", "declined", "unclear")
    found = dict.fromkeys(counted, 0)
    mine = Action.objects.filter(conversation__shop__slug=scheme).select_related("conversation")
    for action in mine:
        number = Order.objects.get(pk=action.arguments["order"]).number
        happened = {what: times for (of, what), times in system.happened.items() if of == number}
        told = list(Message.objects.filter(client_id=f"action:{action.key}").values_list("text", flat=True))
        change = OrderChange.objects.filter(key=action.key).first()
        is_done = bool(happened.get("cancel"))
        found["n"] += 1
        found["more_than_once"] += any(times > 1 for times in happened.values())
        found["never_told"] += not told
        found["told_twice"] += len(told) > 1
        says = told[0] if told else ""
        if says.startswith(f"Order {number} is cancelled."):
            found["done"] += 1
            found["told_wrongly"] += not is_done
        elif says == saying.unclear():
            found["unclear"] += 1
            found["told_wrongly"] += change is None or change.state != "unclear"
        elif says:
            found["declined"] += 1
            found["told_wrongly"] += bool(happened) or says not in (str(Declined()), saying.not_reached())
    return found


if __name__ == "__main__":
    print(json.dumps(conduct(Trial(**json.loads(sys.argv[1])))), flush=True)
