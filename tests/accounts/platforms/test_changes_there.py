"""A change of an order in a shop that is run with another system: once, or not at all, and said truly."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from accounts import platforms
from accounts.commerce import changes, saying, wishes
from accounts.models import OrderChange, Refund
from accounts.platforms import Away
from tests.accounts.platforms import servers
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


def do(order, by, wish=None, *, key, at=LATER):
    return changes.carry_out(order.pk, wish or wishes.Cancel("late"), key=key, by=by, at=at)


def test_it_is_done_there_and_then_so_here(there, known, maria_there):
    key = uuid4()

    told = [do(known, maria_there, key=key) for _ in range(2)]

    assert told[0] == told[1]
    assert told[0].text == f"Order {known.number} is cancelled. 39.80 EUR go back to Visa."
    known.refresh_from_db()
    assert (known.status, known.as_of) == ("cancelled", LATER)
    assert Refund.objects.get().amount == Decimal("39.80")
    assert there.happened["1042", "cancel"] == 1


def test_the_rules_weigh_the_order_as_it_is_there_now(there, known, maria_there):
    there.orders["1042"]["status"] = "completed" if there.scheme == "woocommerce" else "shipped"
    if there.scheme == "shopify":
        there.send_out("1042")

    told = do(known, maria_there, key=uuid4())

    assert not told.done
    assert "can be cancelled only while" in told.text
    assert not there.happened


def test_a_shop_that_is_down_changes_nothing_and_leaves_nothing_open(there, known, maria_there):
    there.wrong = lambda method, path: servers.fails
    key = uuid4()

    with pytest.raises(Away):
        do(known, maria_there, key=key)

    assert changes.give_up(key, at=LATER).text == saying.not_reached()
    assert not OrderChange.objects.filter(state="asked").exists()


def test_an_answer_that_is_lost_is_unclear_when_we_give_up_and_done_when_we_do_not(there, known, maria_there):
    key = uuid4()
    there.lost = lambda method, path: bool(there.happened)
    with pytest.raises(Away):
        do(known, maria_there, key=key)
    assert OrderChange.objects.get().sent_at

    there.lost = lambda method, path: False
    told = do(known, maria_there, key=key, at=LATER + timedelta(minutes=2))

    assert told.done
    assert there.happened["1042", "cancel"] == 1


def test_giving_up_after_it_was_sent_says_that_nobody_knows(there, known, maria_there):
    key = uuid4()
    there.lost = lambda method, path: bool(there.happened)
    with pytest.raises(Away):
        do(known, maria_there, key=key)

    told = changes.give_up(key, at=LATER)

    assert (told.done, told.is_settled, told.text) == (False, False, saying.unclear())


def test_a_shop_without_keys_is_not_asked_again_while_the_first_may_still_arrive(
    there, known, maria_there, settings, monkeypatch
):
    settings.SHOP_SETTLE_SECONDS = 60
    monkeypatch.setattr(platforms.Patience, "left", lambda patience: 1.0)
    key = uuid4()
    never = [True]
    there.wrong = lambda method, path: (
        servers.hangs if never and there.asked[-1][0] in ("PUT", "POST") and is_writing(there) and never.pop() else None
    )
    with pytest.raises(Away):
        do(known, maria_there, key=key)

    if there.scheme == "rest":
        assert do(known, maria_there, key=key, at=LATER + timedelta(seconds=5)).done
        return
    with pytest.raises(Away):
        do(known, maria_there, key=key, at=LATER + timedelta(seconds=5))
    assert not there.happened
    assert do(known, maria_there, key=key, at=LATER + timedelta(seconds=61)).done


def is_writing(there):
    """Of Shopify only what follows the two questions before a change."""
    return there.scheme != "shopify" or len(there.asked) > 3


def test_a_change_nobody_asks_for_any_more_does_not_block_its_order(there, known, maria_there):
    there.lost = lambda method, path: bool(there.happened)
    with pytest.raises(Away):
        do(known, maria_there, key=uuid4())
    there.lost = lambda method, path: False
    with pytest.raises(changes.Busy):
        do(known, maria_there, wishes.MoneyBack(Decimal("1.00")), key=uuid4())

    changes.sweep(at=LATER + timedelta(minutes=10))
    assert OrderChange.objects.filter(state="asked").exists()
    changes.sweep(at=LATER + timedelta(minutes=31))

    assert OrderChange.objects.get().state == "unclear"
    assert not do(known, maria_there, wishes.MoneyBack(Decimal("1.00")), key=uuid4()).text.startswith("Something else")
