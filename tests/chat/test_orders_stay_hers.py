"""Whatever anybody says, in whatever language and of whatever number: what is told of orders is of her own."""

import random
import re

import pytest

from accounts.commerce import rules
from chat import assistant
from tests.asked import turn_of
from tests.bench.orders import phrasings
from tests.factories import CustomerFactory, OrderFactory, OrderLineFactory, ShipmentFactory, ShopFactory

pytestmark = pytest.mark.django_db

SEED = 6006


@pytest.fixture
def people():
    """Three in each of two shops, with two orders each; the shops use the same numbers. The last in each has none."""
    found = []
    for shop in ShopFactory.create_batch(2):
        rules.prepare(shop)
        for place in range(3):
            person = CustomerFactory(shop=shop)
            for number in range(2 * place, 2 * place + 2):
                mark = f"canary{person.pk}c"
                order = OrderFactory(
                    customer=person, number=f"50{number}1", status="paid", ship_to=f"{mark} street 1\nLyon"
                )
                OrderLineFactory.create_batch(2, order=order, name=f"{mark} lamp")
                ShipmentFactory(order=order, carrier=mark, tracking_number=f"{mark}{number}")
            found.append(person)
        found.append(CustomerFactory(shop=shop))
    return found


def told(person, text, now, **more):
    return assistant.reply(turn_of(person, text, at=now, **more), draft=lambda said: None)


def test_of_any_phrasing_and_number_only_her_own_comes_back(people, now, settings):
    settings.EMBEDDINGS = "fake"
    chance = random.Random(SEED)
    hers, asked = 0, 0
    for phrase in phrasings.read(number="{number}"):
        person = chance.choice(people)
        number = chance.choice(["5001", "5011", "5021", "5031", "5041", "5051", "9999"])
        steps = [{}, {"step": "order", "what": "ship_to"}, {"step": "line", "action": "return", "order": number}]

        reply = told(person, phrase.text.replace("{number}", number), now, asks=chance.choice(steps))

        marks = set(re.findall(r"canary(\d+)c", repr(reply)))
        assert marks <= {str(person.pk)}, phrase
        hers, asked = hers + bool(marks), asked + 1
    assert asked > 300
    assert hers > 100
