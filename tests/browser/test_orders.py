"""Orders in a real browser: an agent and a shopper do the same things with them, each sees first what a yes will do."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_chat import begin, log
from tests.browser.test_inbox import row
from tests.browser.test_pages import barriers, is_too_wide

SHELVES = """
from datetime import timedelta
from decimal import Decimal
from django.utils import timezone
from accounts import people
from accounts.commerce import rules
from accounts.models import Order, Shop, User
from tests import factories
shop = Shop.objects.get(slug="lumen")
rules.prepare(shop)
maria = people.customer_for(User.objects.get(email="maria@example.com"), shop)
clear = factories.VariantFactory(product__shop=shop, product__name="Fjord lamp", name="clear", sku="FJ-1", stock=9)
factories.VariantFactory(product=clear.product, name="smoke", sku="FJ-2", stock=9)
card = factories.PaymentMethodFactory(customer=maria)
for number, status in (("1042", "paid"), ("1043", "packed"), ("1044", "delivered"), ("1045", "paid")):
    order = factories.OrderFactory(customer=maria, number=number, status=status, total=Decimal("44.70"),
                                   shipping=Decimal("4.90"), placed_at=timezone.now() - timedelta(days=3),
                                   ship_to="Maria Lund\\n12 Harbour Lane\\n1100-148 Lisbon")
    factories.OrderLineFactory(order=order, position=1, variant=clear, sku="FJ-1", name="Fjord lamp", quantity=2)
    order.payments.create(external_id="1", paid_with=card, status="paid", amount="44.70", currency="EUR")
    if status == "delivered":
        parcel = factories.ShipmentFactory(order=order, delivered_at=timezone.now() - timedelta(days=1))
        parcel.events.create(external_id="1", text="Left Lyon", place="Lyon", at=timezone.now())
"""


@pytest.fixture(scope="module", autouse=True)
def _shelves(site):
    filled = site.manage("shell", "-c", SHELVES)
    assert filled.returncode == 0, filled.stderr


def looks_well(page, sizes=(PHONE, DESK)):
    """It fits, and shuts nobody out, on a phone and on a desk, by day and by night."""
    for size in sizes:
        for theme in ("light", "dark"):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            assert not is_too_wide(page)
            assert barriers(page) == []
    page.set_viewport_size(DESK)


def test_an_agent_cancels_an_order_beside_the_talk_and_both_are_told(visit):
    anna, maria = visit("anna"), visit("maria")
    talk = begin(maria, "Please stop my order", "Talk to a person")
    anna.goto("/inbox/")
    row(anna, talk).get_by_role("link").click()
    side = anna.get_by_role("complementary", name="About this customer")
    card = side.get_by_role("article", name="Order 1043")
    expect(card).to_contain_text("being packed")
    card.get_by_text("What cannot be done, and why").click()
    expect(card).to_contain_text("Goods can be exchanged only while their order is")
    looks_well(anna, sizes=(DESK,))

    card.get_by_role("link", name="Cancel").click()
    expect(card.get_by_text("This is what will happen.")).to_be_visible()
    expect(card).to_contain_text("Back to Visa ending in 4242")
    looks_well(anna, sizes=(DESK,))
    card.get_by_role("link", name="No, leave it").click()
    expect(card.get_by_text("This is what will happen.")).to_have_count(0)
    card.get_by_role("link", name="Cancel").click()
    card.get_by_role("button", name="Yes: Cancel order 1043").click()

    done = "Order 1043 is cancelled. 44.70 EUR go back to Visa ending in 4242."
    for page in (anna, maria):
        expect(log(page).get_by_text("Anna asked for this: Cancel order 1043.")).to_be_visible()
        expect(log(page).get_by_text(done)).to_be_visible()
    expect(card).to_contain_text(done)
    expect(card.locator(".stamp")).to_have_text("cancelled")
    expect(card.get_by_role("link", name="Cancel")).to_have_count(0)


def test_a_form_beside_the_talk_says_what_is_missing(visit):
    anna, maria = visit("anna"), visit("maria")
    talk = begin(maria, "My lamp has another colour", "Talk to a person")
    anna.goto("/inbox/")
    row(anna, talk).get_by_role("link").click()
    card = anna.get_by_role("article", name="Order 1044")
    card.get_by_role("link", name="Exchange").click()
    card.get_by_role("button", name="Go on").click()
    expect(card.get_by_text("Say which goods it is about.")).to_be_visible()
    anna.complaints.clear()  # the browser tells of every 422
    looks_well(anna, sizes=(DESK,))
    card.get_by_label("Instead of Fjord lamp").select_option("FJ-2")
    card.get_by_role("button", name="Go on").click()
    expect(card).to_contain_text("2 x Fjord lamp")
    card.get_by_role("button", name="Yes: Exchange from order 1044").click()
    expect(log(anna).get_by_text(re.compile("Exchange .* of order 1044 is registered"))).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["", "without-javascript"])
def test_a_shopper_finds_her_orders_and_changes_one(visit, javascript):
    number = "1042" if javascript else "1045"
    maria = visit("maria", PHONE, java_script_enabled=javascript)
    maria.goto("/account/orders/")
    if javascript:
        looks_well(maria)
    maria.get_by_role("main").get_by_role("link", name=f"Order {number}").click()
    main = maria.get_by_role("main")
    expect(main).to_contain_text("Fjord lamp")
    expect(main).to_contain_text("44.70 EUR")
    if javascript:
        maria.get_by_text("What cannot be done, and why").click()
        looks_well(maria)
    main.get_by_role("link", name="Change the address").click()
    if javascript:
        looks_well(maria)
    maria.get_by_label("Street").fill("3 Mill Lane")
    maria.get_by_label("Postcode").fill("69001")
    maria.get_by_label("Town").fill("Lyon")
    maria.get_by_role("button", name="Go on").click()
    expect(main).to_contain_text("This is what will happen.")
    expect(main).to_contain_text("3 Mill Lane")
    if javascript:
        looks_well(maria)
    maria.get_by_role("button", name=f"Yes: Change the address of order {number}").click()
    expect(maria).to_have_url(re.compile(f"/account/orders/{number}/$"))
    expect(main).to_contain_text(f"Order {number} goes to this address now:")
    main.get_by_role("link", name="Cancel").click()
    maria.get_by_role("button", name=f"Yes: Cancel order {number}").click()
    expect(main).to_contain_text(f"Order {number} is cancelled.")
    if javascript:
        looks_well(maria)


def test_an_order_that_arrived_shows_where_its_parcel_was(visit):
    maria = visit("maria")
    maria.goto("/account/orders/1044/")
    expect(maria.get_by_role("main")).to_contain_text("Left Lyon")
    expect(maria.get_by_role("link", name="Return")).to_be_visible()
    looks_well(maria)
