"""Whoever words an answer about an order: a value that is not of the record never leaves."""

from datetime import date

import pytest

from chat.flows import lock
from tests.factories import OrderFactory, ShipmentFactory
from tests.knowledge.model import serving, settings_for

pytestmark = pytest.mark.django_db

PLAIN = "Order 1042 is on its way. It travels with Colissimo. It is expected on 5 May 2026."


@pytest.fixture
def model(settings):
    """A language model that says what the test lets it say."""
    settings.EMBEDDINGS = "fake"
    with serving() as server:
        for name, value in settings_for(server).items():
            setattr(settings, name, value)
        yield server


@pytest.fixture(autouse=True)
def on_its_way(customer, now):
    order = OrderFactory(customer=customer, number="1042", status="shipped", placed_at=now)
    ShipmentFactory(order=order, carrier="Colissimo", tracking_number="6A001", expected_on=date(2026, 5, 5))


def test_a_model_words_the_answer_and_sees_no_value(talk, model):
    model.says = "Good news: order [1] is on its way with [2], and you can expect it on [3]."

    message = talk("Where is my order?")

    assert message.text == "Good news: order 1042 is on its way with Colissimo, and you can expect it on 5 May 2026."
    seen = str(model.asked)
    assert "[1]" in seen
    assert not any(value in seen for value in ("1042", "Colissimo", "May 5", "Where is my"))


@pytest.mark.parametrize(
    "says",
    [
        "Order [1] is on its way with [2] and comes on [3], 2 days early.",
        "Order [1] is on its way with [2] and comes on [3], perhaps tomorrow.",
        "Order [1] is on its way with DHL, not [2], and comes on [3].",
        "Order [1] has been delivered by [2] on [3].",
        "Order [1] is not on its way with [2]; look again on [3].",
        "Order [1] is on its way with [2] and comes on [3]0.",
        "Order [1]1 is on its way with [2] and comes on [3].",
        "Order [1] is on its way with [2].",
        "Order [1] is on its way with [2] on [3] [4].",
        "Order [1] is on its way with [2] by ZippyPost on [3].",
        "Order [1] is on its way with [2] on [3] for €5.",
        "",
    ],
)
def test_what_is_not_of_the_record_is_not_said(talk, model, says):
    model.says = says

    assert talk("Where is my order?").text == PLAIN


def test_a_model_that_fails_costs_no_answer(talk, model):
    model.status = 500

    assert talk("Where is my order?").text == PLAIN


def test_it_is_the_lock_that_holds_it_back(talk, model, monkeypatch):
    monkeypatch.setattr(lock, "holds", lambda *told, **more: True)
    model.says = "Order [1] is on its way with [2] and comes on [3], 2 days early."

    assert talk("Where is my order?").text.endswith("2 days early.")
