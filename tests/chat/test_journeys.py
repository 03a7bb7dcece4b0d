"""Talks by flows go as they must."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.commerce import catalogue, rules
from accounts.models import Payment
from chat import actions, intake, outbox, turns, webhooks
from chat.flows import proof, shelf
from chat.flows.scripts import Script
from chat.models import Action, Webhook
from knowledge import articles, recipes, retrieval
from tests.chat import journeys, loopback
from tests.factories import (
    OrderFactory,
    OrderLineFactory,
    PaymentMethodFactory,
    ProductFactory,
    ShipmentFactory,
    VariantFactory,
)
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

SHIPPED = {
    "order-status",
    "track-parcel",
    "cancel",
    "change-address",
    "return-or-exchange",
    "refund",
    "product",
    "stock-alert",
    "complaint",
    "opening-hours",
    "person",
}


def test_each_flow_has_its_six_journeys_or_a_reason():
    told = [(journey.flow, journey.kind) for journey in journeys.read()]

    assert sorted(told) == sorted((flow, kind) for flow in SHIPPED | {"flights"} for kind in journeys.KINDS)
    assert {mark for journey in journeys.read() for mark, _said in journey.lines} == set(journeys.MARKS)


def told(found):
    return [journey for journey in journeys.read() if journey.is_told and journey.flow in found]


@pytest.mark.parametrize("journey", told(SHIPPED | {"flights"}), ids=str)
def test_a_journey_goes_as_it_was_written(journey, world):
    for mark, said in journey.lines:
        world.follow(mark, said)
    world.has_been_seen()


def test_a_complaint_is_a_ticket_too(world):
    (journey,) = (each for each in told({"complaint"}) if each.kind == "straight")
    for mark, said in journey.lines:
        world.follow(mark, said)

    assert Ticket.objects.get().subject == "The lamp came broken and nobody answers"
    assert Ticket.objects.get().conversation == world.conversation.pk


class World:
    """One shopper in one talk, and what the other systems do meanwhile."""

    def __init__(self, conversation, say, at, monkeypatch, flights):
        self.conversation, self.say, self.at, self.monkeypatch = conversation, say, at, monkeypatch
        self.flights = flights
        self.said = 0
        self.replies = []  # of the newest thing she said
        self.seen = True

    def follow(self, mark, said):
        match mark:
            case ">":
                self.said += 1
                self.say(said, number=self.said, at=self.at)
                self.think()
            case "!":
                self.happens(said)
            case "<":
                self.seen = True
                self.looks(*said.partition(" ")[::2])
            case "=":
                assert self.end() == said
            case "+":
                assert said in self.conversation.handoffs.get().summary.splitlines()

    def think(self):
        self.before = self.asks()
        self.at += timedelta(seconds=10)
        turn = turns.claim(self.conversation.pk, at=self.at)
        self.reply = intake._think(turn)
        outbox.post_reply(turn, self.reply, at=self.at)
        self.conversation.refresh_from_db()

    def happens(self, what):
        calls = Action.objects.filter(kind=webhooks.KIND, status="requested")
        if not calls:  # then it is our own records that cannot be read
            for module, name in ((proof, "order_of"), (catalogue, "find"), (retrieval, "search")):
                self.monkeypatch.setattr(module, name, broken)
            return
        self.flights.answers.mode = what
        Action.objects.filter(pk__in=calls).update(due_at="2020-01-01T00:00Z", attempts=webhooks.TRIES - 1)
        for action in list(calls):
            actions.execute(action.pk)
        self.think()

    def asks(self):
        newest = self.conversation.messages.filter(author="bot").order_by("-seq").first()
        return newest.details.get("asks", {}) if newest else {}

    def message(self):
        return self.conversation.messages.filter(author="bot").order_by("-seq").first()

    def asked(self):
        """The slot that is asked for now, whether a flow asks or one of the talks that are code."""
        asks = self.asks()
        if asks.get("step") != "flow":
            return asks.get("step", "")
        definition = shelf.of_shop(self.conversation.shop_id)[asks["flow"]["flow"]]
        step = Script(definition).steps[Script(definition).place(asks["flow"]["step"])]
        return "confirm" if "confirm" in step else step.get("ask") or step.get("choose")

    def looks(self, kind, rest):
        message = self.message()
        match kind:
            case "asks":
                assert self.asked() == rest
            case "again":
                assert self.asked() == rest
                texts = list(
                    self.conversation.messages.filter(author="bot").order_by("-seq").values_list("text", flat=True)
                )
                assert texts[0] != texts[1]
            case "choose":
                assert self.asked() == rest
                assert len(message.details["suggestions"]) > 1
            case "confirm":
                assert self.asked() == "confirm"
                assert len(message.details["suggestions"]) >= 2
            case "record":
                assert message.details["cards"][0]["kind"] in ("order", "product")
            case "says":
                assert rest in message.text
            case "beside":
                kept = {name: value for name, value in self.before.items() if name not in ("seal", "later")}
                assert kept.items() <= self.asks().items()
                assert self.asked()

    def end(self):
        if self.conversation.holder == "queue":
            return "person"
        if self.asks():
            return "waits"
        return "stopped" if "othing was" in self.message().text else "done"

    def has_been_seen(self):
        assert self.conversation.messages.filter(author="bot").exists() or self.end() == "person"


def broken(*_arguments, **_options):
    raise RuntimeError("the records cannot be read")


class Flights:
    """The demo service of another team: it searches and books flights, and fails as it is told."""

    def __init__(self):
        self.mode = "answers"

    def __call__(self, _method, _path, headers, body):
        assert headers["x-aftersale-signature"].startswith("sha256=")
        assert headers["idempotency-key"] == body["key"]
        match self.mode:
            case "fails":
                return 503, {}
            case "hangs":
                return None, b""
            case "floods":
                return 200, b'{"offers": "' + b"x" * 10_000_000 + b'"}'
            case "says nothing":
                return 200, b""
        asked = body["values"]
        if "offer" in asked:
            return 200, {"reference": f"REF-{asked['offer']['number']}"}
        offers = [
            {"carrier": "Demo Air", "number": n, "departs": "09:30", "price": f"{price}.00 EUR"}
            for n, price in (("DA1", 99), ("DA2", 120))
        ]
        return 200, {"offers": offers, "route": f"{asked['from']}-{asked['to']}", "day": asked["date"]}


@pytest.fixture
def flights(settings):
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    with loopback.serving(Flights()) as server:
        yield server


WANTED = ("I need a flight from Paris to Rome", "5 May")


def test_offers_come_as_cards_with_prices_and_one_that_is_chosen_is_booked(world, flights):
    for said in WANTED:
        world.follow(">", said)
    world.follow("!", "answers")
    cards = world.message().details["cards"]
    assert [card["title"] for card in cards] == ["1. Demo Air DA1", "2. Demo Air DA2"]
    assert "99.00 EUR" in str(cards[0])
    world.follow(">", "the second")
    assert "Demo Air DA2 from Paris to Rome for 120.00 EUR" in world.message().text
    world.follow(">", "yes")
    world.follow("!", "answers")

    assert "REF-DA2" in world.message().text
    assert [body["values"].get("from") for *_, body in flights.asked] == ["Paris", None]
    assert len({body["key"] for *_, body in flights.asked}) == 2


@pytest.mark.parametrize("mode", ["hangs", "floods", "says nothing", "fails"])
def test_whatever_the_service_does_the_shopper_gets_one_clear_sentence_and_a_person(world, flights, mode):
    Webhook.objects.update(seconds=1)
    for said in WANTED:
        world.follow(">", said)
    said_before = world.conversation.messages.count()
    world.follow("!", mode)

    assert world.end() == "person"
    told = list(world.conversation.messages.filter(seq__gt=said_before).values_list("text", flat=True))
    assert any("could not be asked just now" in text for text in told)
    assert all(len(text) < 200 and "\n" not in text for text in told), told
    assert "from: Paris" in world.conversation.handoffs.get().summary.splitlines()


@pytest.fixture
def world(conversation, say, now, customer, shop, settings, monkeypatch, flights):
    settings.EMBEDDINGS = "fake"
    rules.prepare(shop)
    card = PaymentMethodFactory(customer=customer)
    for number, status, lines in (("1042", "paid", ["Desk lamp"]), ("1007", "delivered", ["Wool blanket", "Tea mug"])):
        order = OrderFactory(
            customer=customer,
            number=number,
            status=status,
            ship_to="Rue A 1\n69001 Lyon",
            placed_at=now - timedelta(days=3),
        )
        if status == "delivered":
            ShipmentFactory(order=order, status="delivered", delivered_at=now - timedelta(days=1))
        for place, name in enumerate(lines, 1):
            OrderLineFactory(order=order, position=place, name=name, price=Decimal("19.90"))
        Payment.objects.create(
            order=order, paid_with=card, status="paid", amount=Decimal("19.90"), currency="EUR", external_id=number
        )
    for name, stock in (("Desk lamp", 7), ("Garden chair", 0)):
        VariantFactory(product=ProductFactory(shop=shop, name=name), stock=stock)
    for title, body in ARTICLES:
        articles.publish(articles.draft(shop, title=title, body=body, external_id=title, language="en"), embed=False)
    recipes.fill()
    shelf.keep(shop, (Path(__file__).parent / "flights.yaml").read_text(), at=now)
    for name in ("flights", "booking"):
        Webhook.objects.create(shop=shop, name=name, address=flights.url)
    return World(conversation, say, now, monkeypatch, flights)


ARTICLES = (
    ("How long does delivery take?", "Delivery takes three working days.\n"),
    ("What are your opening hours?", "Our opening hours are Monday to Friday, 9 to 17.\n"),
)
