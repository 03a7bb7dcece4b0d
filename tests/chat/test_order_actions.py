"""What was confirmed in a talk is done with the order once, and its outcome is told there."""

from decimal import Decimal

import pytest

from accounts.commerce import changes, rules
from accounts.models import OrderChange
from accounts.platforms import Away
from chat import actions, orders, outbox, turns
from chat.models import Action
from tests.factories import CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(customer, shop):
    rules.prepare(shop)
    return OrderFactory(customer=customer, number="1042", status="paid", total=Decimal("19.90"))


@pytest.fixture
def confirmed(conversation, say, later):
    def confirm(order):
        say("Yes, cancel it.")
        turn = turns.claim(conversation.pk, at=later)
        wanted = turns.Wanted(orders.KIND, {"order": order.pk, "action": "cancel", "wish": {"reason": ""}})
        outbox.post_reply(turn, turns.Reply("I will.", actions=(wanted,)), at=later)
        Action.objects.update(due_at=later.replace(year=2020))
        return Action.objects.get()

    return confirm


def told(conversation):
    return list(conversation.messages.filter(author="system").values_list("text", flat=True))


def test_it_is_done_once_and_told_once(conversation, order, confirmed, fresh):
    action = confirmed(order)

    for _ in range(2):
        actions.execute(action.pk)

    assert fresh(order).status == "cancelled"
    assert OrderChange.objects.get().key == action.key
    assert told(conversation) == ["Order 1042 is cancelled."]


def test_a_worker_that_died_after_the_change_tells_what_was_done(conversation, order, confirmed, customer, later):
    action = confirmed(order)
    wish = orders.wishes.read("cancel", {"reason": ""}, customer.shop)
    changes.carry_out(order.pk, wish, key=action.key, by=customer, at=later)

    actions.execute(action.pk)

    assert OrderChange.objects.count() == 1
    assert told(conversation) == ["Order 1042 is cancelled."]


def test_the_order_of_somebody_else_is_not_there(conversation, order, confirmed, shop, fresh):
    foreign = OrderFactory(customer=CustomerFactory(shop=shop), number="2000", status="paid")

    actions.execute(confirmed(foreign).pk)

    assert fresh(foreign).status == "paid"
    assert told(conversation) == ["There is no such order."]


def test_a_shop_that_never_answers_is_tried_again_and_then_said_to_be_away(
    conversation, order, confirmed, monkeypatch, fresh, settings
):
    def away(*args, **more):
        raise Away("asleep")

    monkeypatch.setattr(changes, "carry_out", away)
    action = confirmed(order)

    actions.execute(action.pk)
    assert (fresh(action).status, told(conversation)) == (Action.Status.REQUESTED, [])
    settings.ACTION_ATTEMPTS = 2
    Action.objects.update(due_at=action.due_at)
    actions.execute(action.pk)

    assert fresh(action).status == Action.Status.FAILED
    assert told(conversation) == [changes.saying.not_reached()]
