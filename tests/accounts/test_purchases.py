"""My orders: what may be done with one is offered, shown before it is done, done once, and told."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.commerce import changes, rules
from accounts.models import Order, OrderChange, Return, Rule
from tests.accounts.platforms import servers
from tests.accounts.platforms.servers import RestShop, serving
from tests.factories import (
    OrderFactory,
    OrderLineFactory,
    PaymentMethodFactory,
    ShipmentFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(maria, shop):
    rules.prepare(shop)
    customer = people.customer_for(maria, shop)
    order = OrderFactory(
        customer=customer, number="1042", status="paid", total=Decimal("39.80"), placed_at=timezone.now()
    )
    variant = VariantFactory(product__shop=shop, name="clear", stock=3)
    VariantFactory(product=variant.product, sku="SMOKE", name="smoke", stock=3)
    OrderLineFactory(order=order, position=1, variant=variant, sku=variant.sku, name="Fjord lamp", quantity=2)
    order.payments.create(
        external_id="1",
        paid_with=PaymentMethodFactory(customer=customer),
        status="paid",
        amount="39.80",
        currency="EUR",
    )
    return order


@pytest.fixture
def delivered(order):
    Order.objects.update(status="delivered")
    ShipmentFactory(order=order, delivered_at=timezone.now() - timedelta(days=2))
    return order


def url(action, number="1042"):
    return reverse("accounts:order_do", args=[number, action])


def page(browser):
    return browser.get(reverse("accounts:order", args=["1042"])).content.decode()


def hidden(answer):
    """What the yes of a page carries."""
    found = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', answer.content.decode())
    return {name: html.unescape(value) for name, value in found}


def confirm(browser, action, said=None):
    """Fill in what is asked, look at what will happen, say yes; twice, as somebody with a quick finger does."""
    answer = browser.get(url(action)) if said is None else browser.post(url(action), said)
    assert answer.status_code == 200, answer.content.decode()
    sure = {name: value for name, value in hidden(answer).items() if name != "csrfmiddlewaretoken"}
    assert sure["seal"]
    answers = [browser.post(url(action), sure) for _ in range(2)]
    assert answers[0].status_code == 302
    return answer.content.decode()


@pytest.mark.parametrize("action", ["cancel", "address", "return", "exchange", "refund"])
@pytest.mark.parametrize("who", ["omar", "stranger"])
def test_nobody_else_finds_anything_to_do_with_it(who, action, order, client_of, request):
    browser = client_of(request.getfixturevalue(who))

    assert browser.get(url(action)).status_code == 404
    assert browser.post(url(action), {"seal": "x"}).status_code == 404
    assert browser.get(reverse("accounts:order_asked", args=["1042"])).status_code == 404


@pytest.mark.parametrize("action", ["explode", "payment", "items"])
def test_what_is_no_action_of_a_page_is_not_there(action, order, maria, client_of):
    assert client_of(maria).get(url(action)).status_code == 404


def test_the_page_offers_what_the_rules_allow_and_quotes_them_for_the_rest(order, maria, client_of):
    Rule.objects.filter(action="return").update(words="Thirty days, unworn.")

    said = page(client_of(maria))

    assert url("cancel") in said
    assert url("address") in said
    assert url("return") not in said
    assert "An order can be returned only while it is delivered. “Thirty days, unworn.”" in said


def test_she_sees_what_a_cancellation_does_and_a_yes_does_it_once(order, maria, client_of):
    browser = client_of(maria)

    shown = confirm(browser, "cancel")

    assert "Back to Visa ending in 4242" in shown
    assert "39.80 EUR" in shown
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert order.refunds.count() == OrderChange.objects.count() == 1
    assert "Order 1042 is cancelled. 39.80 EUR go back to Visa ending in 4242." in page(browser)


def test_looking_and_leaving_changes_nothing(order, maria, client_of):
    browser = client_of(maria)
    browser.get(url("cancel"))
    browser.post(url("cancel"), {"seal": "guessed", "nonce": "x"})

    assert not OrderChange.objects.exists()


def test_a_yes_to_an_order_that_has_changed_is_asked_for_again(order, maria, client_of):
    browser = client_of(maria)
    sure = hidden(browser.get(url("cancel")))
    Order.objects.update(total=Decimal("45.00"))

    answer = browser.post(url("cancel"), sure)

    assert answer.status_code == 200
    assert "The order has changed meanwhile" in answer.content.decode()
    assert not OrderChange.objects.exists()


def test_a_new_address_is_filled_in_seen_and_kept(order, maria, client_of):
    browser = client_of(maria)
    assert browser.post(url("address"), {"line1": "", "city": "Lyon"}).status_code == 422
    said = {"name": "Maria <Lund>", "line1": "3 Mill Lane", "postcode": "69001", "city": "Lyon", "country": "France"}

    shown = confirm(browser, "address", said)

    assert "Maria &lt;Lund&gt;<br>3 Mill Lane<br>69001 Lyon" in shown
    order.refresh_from_db()
    assert order.ship_to == "Maria <Lund>\n3 Mill Lane\n69001 Lyon\nFrance"


def test_some_of_a_line_goes_back(delivered, maria, client_of):
    browser = client_of(maria)
    assert browser.post(url("return"), {"line-1": "0"}).status_code == 422
    assert browser.post(url("return"), {"line-1": "3"}).status_code == 422

    confirm(browser, "return", {"line-1": "1", "reason": "too small"})

    back = Return.objects.get()
    assert (back.kind, back.reason, back.lines.get().quantity) == ("return", "too small", 1)


def test_a_lamp_is_exchanged_for_another_of_its_kind(delivered, maria, client_of):
    browser = client_of(maria)
    assert b"smoke" in browser.get(url("exchange")).content

    confirm(browser, "exchange", {"line-1": "SMOKE", "count-1": "1"})

    line = Return.objects.get().lines.get()
    assert (line.return_of.kind, line.quantity, line.replaced_by.sku) == ("exchange", 1, "SMOKE")


def test_what_cannot_be_exchanged_says_so(delivered, maria, client_of):
    delivered.lines.update(variant=None)

    answer = client_of(maria).get(url("exchange"))

    assert "nothing else that these goods could be exchanged for" in answer.content.decode()


def test_the_team_gives_back_an_amount_a_shopper_could_not_ask_for(delivered, maria, anna, client_of):
    assert "Money back can be asked for here only while" in client_of(maria).get(url("refund")).content.decode()

    confirm(client_of(anna), "refund", {"amount": "5.00"})

    assert delivered.refunds.get().amount == Decimal("5.00")
    assert OrderChange.objects.get().by == anna
    assert client_of(anna).post(url("refund"), {"amount": "500"}).status_code == 422


def test_a_refusal_is_the_page_that_quotes_the_rule(order, maria, client_of):
    Order.objects.update(status="shipped")

    answer = client_of(maria).post(url("cancel"), {"seal": "x"})

    assert "An order can be cancelled only while it is placed or paid." in answer.content.decode()
    assert not OrderChange.objects.exists()


def test_a_reason_that_a_rule_wants_is_asked_for(order, maria, client_of):
    Rule.objects.filter(action="cancel").update(reasons=["no longer needed"])
    browser = client_of(maria)
    assert browser.post(url("cancel"), {"reason": "a whim"}).status_code == 422

    confirm(browser, "cancel", {"reason": "no longer needed"})

    order.refresh_from_db()
    assert order.cancel_reason == "no longer needed"


# In a shop that is run with another system.


@pytest.fixture
def there(settings, shop):
    system = RestShop()
    system.add("1042")
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    rules.prepare(shop)
    with serving(system) as address:
        settings.SHOP_SYSTEMS = {shop.slug: address}
        yield system


@pytest.fixture
def browser(there, maria, shop, client_of):
    people.customer_for(maria, shop)
    return client_of(maria)


def test_her_orders_come_in_when_she_looks(browser):
    said = browser.get(reverse("accounts:orders")).content.decode()

    assert "1042" in said
    assert "as of" in page(browser)


@pytest.mark.parametrize("bad", servers.BAD, ids=lambda bad: bad.__name__)
def test_while_the_shop_is_down_she_reads_what_we_knew_and_is_told(browser, there, monkeypatch, bad):
    page(browser)
    cache.clear()
    monkeypatch.setattr("accounts.commerce.live.WITHIN", 0.5)
    there.wrong = lambda method, path: bad

    said = page(browser)

    assert "39.80" in said or "Fjord lamp" in said
    assert "does not answer just now" in said


def test_the_page_does_not_wait_and_a_worker_does_it(browser, there):
    page(browser)
    confirm(browser, "cancel")
    asked = browser.get(reverse("accounts:order_asked", args=["1042"]))
    assert "under way" in asked.content.decode()
    assert "HX-Refresh" not in asked
    assert not there.happened

    for _ in range(2):
        changes.see_to(OrderChange.objects.get().pk)

    assert there.happened["1042", "cancel"] == 1
    assert browser.get(reverse("accounts:order_asked", args=["1042"]))["HX-Refresh"] == "true"
    assert "Order 1042 is cancelled." in page(browser)


def test_a_shop_that_does_not_answer_is_asked_again_by_the_sweep(browser, there, hear, monkeypatch):
    page(browser)
    confirm(browser, "cancel")
    there.wrong = lambda method, path: servers.fails
    change = OrderChange.objects.get()
    changes.see_to(change.pk)
    soon = []
    monkeypatch.setattr(changes, "_see_to_soon", soon.append)
    changes.sweep(at=timezone.now())
    assert soon == []  # it has been tried a moment ago
    changes.sweep(at=timezone.now() + timedelta(minutes=2))
    assert soon == [change.pk]

    changes.sweep(at=timezone.now() + timedelta(minutes=31))

    assert "We do not know yet whether this was done" in page(browser)


def test_a_second_wish_waits_for_the_first(browser, there):
    page(browser)
    confirm(browser, "cancel")
    sure = hidden(browser.get(url("cancel")))

    said = browser.post(url("cancel"), sure, follow=True).content.decode()

    assert OrderChange.objects.count() == 1
    assert "Something else is under way" in said or "This can" in said
