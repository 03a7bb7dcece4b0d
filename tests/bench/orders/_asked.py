"""Every person of the retail set asks for every order of hers; what she is told is held against the set itself."""

import random
import re
from collections import Counter
from collections.abc import Iterator

from django.utils import timezone

from accounts.models import Customer
from chat import assistant
from chat.turns import Reply
from tests.asked import turn_of
from tests.bench.orders import _phrasings, _tau
from tests.bench.orders._shop import bring
from tests.figures import Figure

SEED = 6001
ASKED = ("status", "items", "ship_to", "payment", "tracking")
SAID = {"pending": "paid", "processed": "being packed", "delivered": "delivered", "cancelled": "cancelled"}


def measure() -> Iterator[Figure]:
    """Each fact of each order, in one of the phrasings of four languages, with its number or without."""
    at, database, chance = timezone.now(), _tau.database(), random.Random(SEED)
    shop, _seconds, _report = bring(database, at=at)
    ways = {what: [p.text for p in _phrasings.read(number="{number}") if p.what == what] for what in ASKED}
    people = {each.external_id: each for each in Customer.objects.filter(shop=shop).select_related("shop", "user")}
    came = Counter(
        _ask(people[order["user_id"]], chance.choice(ways[what]), what, order, database["orders"], at)
        for order in database["orders"].values()
        for what in ASKED
    )
    n = came.total()
    yield Figure("orders.asked.as_recorded", round(came["right"] / n, 4), "of questions", 0.95, "higher", n, SEED)
    yield Figure("orders.asked.asked_back", came["asked_back"], "questions", n=n, seed=SEED)
    yield Figure("orders.asked.wrong", came["wrong"], "answers", 0, n=n, seed=SEED)
    used = len({way for all_ in ways.values() for way in all_})
    yield Figure("orders.asked.phrasings", used, "phrasings", n=n, seed=SEED)


def _ask(person, way: str, what: str, order, orders, at) -> str:
    """She asks; where she is offered her orders, she says which. Whatever she is told must be of an order of hers."""
    number = order["order_id"].lstrip("#") if "#{number}" in way else order["order_id"]
    reply = _reply(person, way.replace("{number}", number), at)
    chosen = "{number}" in way or reply.asks.get("step") == "order"
    if reply.asks.get("step") == "order":
        reply = _reply(person, order["order_id"], at, asks={**reply.asks, "at": at.isoformat()})
    if reply.step_back or reply.asks:
        return "asked_back"
    named = orders.get(next(iter(re.findall(r"#W\d+", reply.text)), ""))
    if named is None or named["user_id"] != order["user_id"] or (chosen and named is not order):
        return "wrong"
    return "right" if _IS_RIGHT[what](reply.text, named) else "wrong"


def _reply(person, text: str, at, **more) -> Reply:
    return assistant.reply(turn_of(person, text, at=at, **more), draft=lambda said: None)


def _status(text: str, order) -> bool:
    named = {state for state, word in SAID.items() if re.search(rf"\b{word}\b", text)}
    return named == {order["status"]} and not _amounts(text)


def _items(text: str, order) -> bool:
    told = [re.fullmatch(r"1 x (.+?)(?: \(.*\))?: ([\d.]+) USD", line) for line in text.splitlines()[1:]]
    return all(told) and Counter((one[1], float(one[2])) for one in told) == Counter(
        (item["name"], float(item["price"])) for item in order["items"]
    )


def _address(text: str, order) -> bool:
    parts = [part for part in order["address"].values() if part]
    rest = text.partition("\n")[2]
    return all(part in rest for part in parts) and len(re.findall(r"\w", rest)) == sum(
        len(re.findall(r"\w", part)) for part in parts
    )


def _payment(text: str, order) -> bool:
    paid = [one["amount"] for one in order["payment_history"] if one["transaction_type"] == "payment"]
    back = [one["amount"] for one in order["payment_history"] if one["transaction_type"] == "refund"]
    total = sum(item["price"] for item in order["items"])
    return Counter(_amounts(text)) == Counter(f"{value:.2f}" for value in [total, *paid, *back])


def _tracking(text: str, order) -> bool:
    told = set(re.findall(r"\b\d{12}\b", text))
    return told == {number for parcel in order["fulfillments"] for number in parcel["tracking_id"]}


def _amounts(text: str) -> list[str]:
    return re.findall(r"(\d+\.\d\d) USD", text)


_IS_RIGHT = {"status": _status, "items": _items, "ship_to": _address, "payment": _payment, "tracking": _tracking}
