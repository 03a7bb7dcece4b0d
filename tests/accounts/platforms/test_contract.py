"""What every adapter holds to, whatever shop it speaks with: whoever writes one adds its shop to `there`."""

from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.commerce import orders, plans, wishes
from accounts.models import Address
from accounts.platforms import Away, Declined
from tests.accounts.platforms import servers

pytestmark = pytest.mark.django_db
ELSEWHERE = Address(name="Maria Lund", line1="Rua Nova 1", postcode="4000-001", city="Porto", country="PT")
PRODUCTS = {"RestShop": "P-1", "WooShop": "93", "ShopifyShop": "gid://shopify/Product/1"}


def planned(facts, wish):
    return plans.plan(facts, wish, plans.Means(orders.methods_of(facts.customer_id)))


@pytest.fixture
def do(platform, facts):
    def change(wish, *, key=None, sending=lambda: None):
        return platform.change(facts, wish, planned(facts, wish), key=key or uuid4(), sending=sending)

    return change


def test_an_order_is_told_whole(facts):
    assert facts.number.lstrip("#") == "1042"
    assert (facts.status, facts.currency, facts.total) == ("paid", "EUR", Decimal("39.80"))
    assert [(line.sku, line.name, line.price, line.quantity) for line in facts.lines] == [
        ("FJ-CLR", "Fjord lamp", Decimal("19.90"), 2)
    ]
    assert facts.goods + facts.shipping + facts.tax - facts.discount == facts.total
    assert [(each.method, each.amount, each.status) for each in facts.payments] == [("Visa", Decimal("39.80"), "paid")]
    assert facts.ship_to.startswith("Maria Lund\n12 Harbour Lane\n1100-148 Lisbon")


@pytest.mark.parametrize("number", ["9999", "#9999", "../products/93", '1" OR name:"1042', "1042/refunds", "ä", "*"])
def test_an_order_that_is_not_there_is_none(platform, number):
    assert platform.order(number) is None


def test_it_is_found_with_and_without_its_mark(platform):
    assert platform.order("#1042") is not None or platform.order("1042") is not None


def test_the_orders_of_an_address_are_hers_alone(there, platform):
    there.add("1043")
    assert {each.number.lstrip("#") for each in platform.orders_of("maria@example.com")} == {"1042", "1043"}
    assert platform.orders_of("omar@example.com") == []
    assert platform.orders_of("Lund") == []


def test_a_product_is_told_with_its_variants(there, platform):
    product = platform.product(PRODUCTS[type(there).__name__])

    assert product.name == "Fjord lamp"
    assert [(each.sku, each.price, each.stock) for each in product.variants] == [("FJ-CLR", Decimal("19.90"), 14)]
    assert list(product.variants[0].options.values()) == ["clear"]
    assert platform.product("77") is None


@pytest.mark.parametrize(
    "wish",
    [wishes.Cancel("changed my mind"), wishes.NewAddress(ELSEWHERE), wishes.MoneyBack(Decimal("10.00"))],
    ids=["cancel", "address", "refund"],
)
def test_a_change_is_done_once_for_a_key_and_tells_the_order_as_it_is_then(there, do, wish):
    key = uuid4()

    told = [do(wish, key=key) for _ in range(3)]

    assert all(times == 1 for what, times in there.happened.items() if what[1] != "address")
    if isinstance(wish, wishes.Cancel):
        assert {each.status for each in told} == {"cancelled"}
        assert [sum(r.amount for r in each.refunds) for each in told] == [Decimal("39.80")] * 3
    elif isinstance(wish, wishes.NewAddress):
        assert {each.address for each in told} == {ELSEWHERE} or there.scheme == "shopify"
        assert {(each.address.line1, each.address.city) for each in told} == {("Rua Nova 1", "Porto")}
    else:
        assert [sum(r.amount for r in each.refunds) for each in told] == [Decimal("10.00")] * 3


def test_another_key_is_another_change(there, do):
    do(wishes.MoneyBack(Decimal("10.00")))
    told = do(wishes.MoneyBack(Decimal("10.00")))

    assert sum(each.amount for each in told.refunds) == 20


def test_an_answer_that_got_lost_is_away_and_asked_again_it_happened_once(there, do):
    key, losing = uuid4(), [True]
    there.lost = lambda method, path: bool(there.happened and losing and losing.pop())

    with pytest.raises(Away):
        do(wishes.MoneyBack(Decimal("10.00")), key=key)
    told = do(wishes.MoneyBack(Decimal("10.00")), key=key)

    assert sum(there.happened.values()) == 1
    assert sum(each.amount for each in told.refunds) == 10


def test_it_says_that_it_sends_before_anything_can_have_happened(there, do):
    def died():
        assert not there.happened
        raise Away("the worker died here")

    for wish in (wishes.Cancel(), wishes.NewAddress(ELSEWHERE), wishes.MoneyBack(Decimal("5.00"))):
        with pytest.raises(Away):
            do(wish, sending=died)
    assert not there.happened


def test_what_it_cannot_do_is_declined_and_nothing_was_changed(there, platform, facts):
    wish = wishes.Exchange((wishes.Swap(1, "OTHER"),))
    with pytest.raises(Declined):
        platform.change(facts, wish, plans.Plan(), key=uuid4(), sending=lambda: None)
    assert not there.happened


def test_an_order_that_is_gone_is_declined(there, do):
    there.orders.clear()
    with pytest.raises(Declined):
        do(wishes.Cancel())


@pytest.mark.parametrize("bad", servers.BAD, ids=lambda bad: bad.__name__)
def test_a_bad_shop_is_away_in_time_whatever_is_asked(there, platform, facts, bad):
    there.wrong = lambda method, path: bad
    platform.system.patience.each = 0.5
    wish = wishes.Cancel()

    for ask in (
        lambda: platform.order("1042"),
        lambda: platform.orders_of("maria@example.com"),
        lambda: platform.change(facts, wish, planned(facts, wish), key=uuid4(), sending=lambda: None),
    ):
        with pytest.raises(Away) as why:
            ask()
        assert str(why.value) == "The shop's own system does not answer just now."
        assert there.password not in why.value.cause
    assert not there.happened


def test_a_wrong_secret_is_away_for_a_question(there, platform):
    there.has_key = lambda headers: False
    with pytest.raises(Away):
        platform.order("1042")


def test_no_secret_stands_in_an_address_or_a_description(there, platform):
    platform.order("1042")
    platform.orders_of("maria@example.com")

    assert there.password not in str(there.asked) + repr(platform.system)


def test_a_redirect_of_something_to_be_done_does_nothing(there, do):
    there.wrong = lambda method, path: servers.sends_away if method != "GET" and "graphql" not in path else None
    if there.scheme == "shopify":
        there.wrong = lambda method, path: servers.sends_away
    with pytest.raises(Away):
        do(wishes.Cancel())
    assert not there.happened
