"""Beside a talk an agent does what may be done with an order; the talk says that she asked, and what became of it."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.commerce import changes, rules
from accounts.models import Order, OrderChange, Rule
from accounts.platforms import Away
from chat import actions
from chat.models import Action
from tests.factories import CustomerFactory, OrderFactory, OrderLineFactory

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


@pytest.fixture
def order(customer, shop):
    rules.prepare(shop)
    order = OrderFactory(
        customer=customer, number="1042", status="packed", total=Decimal("39.80"), placed_at=timezone.now()
    )
    OrderLineFactory(order=order, position=1, name="Fjord lamp", quantity=2)
    return order


@pytest.fixture
def browser(anna, client_of):
    return client_of(anna)


@pytest.fixture
def url(conversation, order):
    return lambda action="cancel": reverse("chat:staff_order_do", args=[conversation.public_id, order.pk, action])


def sure(answer):
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', answer.content.decode()))


def told(conversation):
    return list(conversation.messages.filter(author="system").order_by("seq").values_list("text", flat=True))


@pytest.mark.parametrize("who", ["maria", "omar", "stranger"])
def test_the_cards_are_for_the_team_of_the_shop(who, conversation, url, client_of, request):
    browser = client_of(request.getfixturevalue(who))

    for there in (url(), reverse("chat:staff_orders", args=[conversation.public_id])):
        assert browser.get(there).status_code == 404
    assert browser.post(url(), {"seal": "x"}).status_code == 404


def test_an_order_of_somebody_else_is_not_beside_this_talk(conversation, browser, shop, order):
    foreign = OrderFactory(customer=CustomerFactory(shop=shop), number="2000", status="paid")

    there = reverse("chat:staff_order_do", args=[conversation.public_id, foreign.pk, "cancel"])

    assert browser.get(there).status_code == 404
    assert browser.get(there.replace("cancel", "explode")).status_code == 404


def test_the_thread_shows_her_orders_with_what_an_agent_may_do(conversation, browser, url):
    Rule.objects.filter(action="return").update(words="Thirty days, unworn.")

    said = browser.get(reverse("chat:thread", args=[conversation.public_id])).content.decode()

    assert "Order 1042" in said
    assert url("cancel") in said  # packed: the team alone may
    assert url("return") not in said
    assert "“Thirty days, unworn.”" in said


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_her_yes_is_an_action_that_is_done_once_and_told_to_both(headers, conversation, browser, url, order, anna):
    yes = sure(browser.get(url(), headers=headers))

    answers = [browser.post(url(), yes, headers=headers) for _ in range(2)]

    assert {answer.status_code for answer in answers} == {200 if headers else 302}
    action = Action.objects.get()
    assert told(conversation) == ["Anna asked for this: Cancel order 1042."]
    if headers:
        assert 'hx-trigger="every 2s"' in answers[0].content.decode()
    for _ in range(2):
        actions.execute(action.pk)
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert (OrderChange.objects.get().by, OrderChange.objects.get().key) == (anna, action.key)
    assert told(conversation)[1:] == ["Order 1042 is cancelled."]
    beside = browser.get(reverse("chat:staff_orders", args=[conversation.public_id])).content.decode()
    assert "Order 1042 is cancelled." in beside
    assert "every 2s" not in beside


def test_what_became_impossible_meanwhile_is_told_with_the_rule(conversation, browser, url, order):
    browser.post(url(), sure(browser.get(url())))
    Order.objects.update(status="shipped")

    actions.execute(Action.objects.get().pk)

    assert "An order can be cancelled only while it is placed, paid or being packed." in told(conversation)[1]
    beside = browser.get(reverse("chat:staff_orders", args=[conversation.public_id])).content.decode()
    assert "only while it is placed, paid or being packed." in beside


def test_a_shop_that_is_away_is_told_as_away(conversation, browser, url, order, monkeypatch, settings):
    def away(*args, **more):
        raise Away("asleep")

    browser.post(url(), sure(browser.get(url())))
    monkeypatch.setattr(changes, "carry_out", away)
    settings.ACTION_ATTEMPTS = 1

    actions.execute(Action.objects.get().pk)

    assert told(conversation)[1:] == [changes.saying.not_reached()]


def test_a_form_that_is_wrong_comes_back_in_its_card(browser, url):
    answer = browser.post(url("address"), {"line1": "", "city": ""}, headers=HTMX)

    assert answer.status_code == 422
    assert 'id="side-orders"' in answer.content.decode()
    assert "This field is required" in answer.content.decode()


def test_the_thread_costs_the_same_with_more_lines(
    conversation, browser, customer, order, django_assert_max_num_queries
):
    for number in range(5):
        more = OrderFactory(customer=customer, number=str(number))
        OrderLineFactory.create_batch(3, order=more)
    there = reverse("chat:thread", args=[conversation.public_id])
    browser.get(there)

    with django_assert_max_num_queries(45):
        browser.get(there)
