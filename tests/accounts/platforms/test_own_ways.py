"""What only one of the systems does."""

from decimal import Decimal
from uuid import uuid4

import pytest

from accounts import platforms
from accounts.commerce import plans, wishes
from accounts.platforms import Away, Declined
from config import checks, env
from config.doctor import shop_systems
from tests.accounts.platforms import servers

pytestmark = pytest.mark.django_db


@pytest.fixture
def only(there):
    def one(scheme):
        if there.scheme != scheme:
            pytest.skip(f"this is about {scheme}")

    return one


def back(amount):
    return plans.Money(Decimal(amount), "Visa", "", "p-1")


def test_a_return_there_is_of_what_was_sent_out_and_made_once(only, there, platform, facts):
    only("shopify")
    wish, key = wishes.GiveBack((wishes.Part(1, 1),)), uuid4()
    plan = plans.plan(facts, wish, plans.Means())
    with pytest.raises(Declined):
        platform.change(facts, wish, plan, key=key, sending=lambda: None)
    there.send_out("1042")

    told = [platform.change(facts, wish, plan, key=key, sending=lambda: None) for _ in range(2)]

    assert {(each.status, each.shipments[0].tracking_number) for each in told} == {("delivered", "EB1")}
    assert [[(back.number, back.lines[0].quantity) for back in each.returns] for each in told] == [
        [("#1042-R1", 1)]
    ] * 2


def test_a_refusal_in_the_middle_never_says_that_nothing_was_changed(only, there, platform, facts):
    only("woocommerce")
    there.wrong = lambda method, path: (
        (lambda door: servers.reply(door, b"{}", status=400)) if method == "PUT" else None
    )
    with pytest.raises(Away):
        platform.change(facts, wishes.Cancel(), plans.Plan(back=(back("39.80"),)), key=uuid4(), sending=lambda: None)
    assert there.happened == {("1042", "refund"): 1}


def test_money_that_cannot_go_back_cancels_nothing(only, there, platform, facts):
    only("woocommerce")
    with pytest.raises(Declined):
        platform.change(facts, wishes.Cancel(), plans.Plan(back=(back("50.00"),)), key=uuid4(), sending=lambda: None)
    assert there.orders["1042"]["status"] == "processing"


def test_an_order_with_a_number_of_its_own_is_searched(only, there, platform):
    only("woocommerce")
    there.orders["1042"]["number"] = "LL-7"
    assert platform.order("LL-7").external_id == "1042"
    assert platform.order("1042") is None


def test_a_cancellation_that_is_only_queued_is_not_said_to_be_done(only, there, platform, facts, monkeypatch):
    only("shopify")
    monkeypatch.setattr(there, "_orderCancel", lambda *_: "")
    with pytest.raises(Away):
        platform.change(facts, wishes.Cancel(), plans.Plan(), key=uuid4(), sending=lambda: None)


def test_an_answer_about_another_order_is_no_answer(only, there, platform):
    only("rest")
    there.orders["1042"]["number"] = "1043"
    with pytest.raises(Away):
        platform.order("1042")


def test_the_doctor_says_whether_it_answers_and_never_how_we_ask(there, settings, shop):
    assert [(each.part, each.state) for each in shop_systems()] == [("shop system of lumen", "well")]

    there.has_key = lambda headers: False
    found = [*shop_systems()]
    settings.SHOP_SYSTEMS = {"nowhere": settings.SHOP_SYSTEMS[shop.slug]}
    found += shop_systems()

    assert [each.state for each in found] == ["wrong", "wrong"]
    assert there.password not in str(found)


def test_a_shop_that_is_not_named_has_its_own_tables(there, other_shop, shop, settings):
    assert platforms.of(other_shop) is None
    settings.SHOP_SYSTEMS = {"": settings.SHOP_SYSTEMS[shop.slug]}
    assert platforms.of(other_shop) is not None


def test_systems_are_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("SHOP_SYSTEMS", "a=rest+https://:t=k@x.example/api shopify+https://:s@y.example")
    assert env.systems("SHOP_SYSTEMS") == {"a": "rest+https://:t=k@x.example/api", "": "shopify+https://:s@y.example"}
    for bad in ("a=https://x.example", "a=rest+ftp://x.example", "rest+https://", "rest+https://x.example?token=1"):
        monkeypatch.setenv("SHOP_SYSTEMS", bad)
        with pytest.raises(ValueError, match="SHOP_SYSTEMS"):
            env.systems("SHOP_SYSTEMS")


def test_an_adapter_that_nobody_has_is_told_at_the_start(settings):
    settings.SHOP_SYSTEMS = {"lumen": "magento+https://x.example"}
    assert [each.id for each in checks.shop_systems(None)] == ["aftersale.E009"]
