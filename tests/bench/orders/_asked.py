"""Every person of the retail set asks for every order of hers; what she is told is held against the set itself."""

import re
from collections import Counter
from collections.abc import Iterator

from accounts.models import Customer
from chat import assistant
from chat.turns import Reply, Turn
from tests.bench.orders import phrasings
from tests.figures import Figure

PHRASINGS = 1
ASKED = ("status", "items", "ship_to", "payment", "tracking")
SAID = {"pending": "paid", "processed": "being packed", "delivered": "delivered", "cancelled": "cancelled"}


def measure(shop, database, at) -> Iterator[Figure]:
    ways = {
        what: [p.text for p in phrasings.read(number="{number}") if (p.language, p.what) == ("en", what)]
        for what in ASKED
    }
    ways = {what: [way for way in all_ if "{number}" in way] for what, all_ in ways.items()}
    people = dict(Customer.objects.filter(shop=shop).values_list("external_id", "pk"))
    came = Counter()
    for place, order in enumerate(database["orders"].values()):
        for what in ASKED:
            for turn_to in range(PHRASINGS):
                way = ways[what][(place + turn_to) % len(ways[what])]
                number = order["order_id"] if "#{number}" not in way else order["order_id"].lstrip("#")
                reply = _ask(shop, people[order["user_id"]], way.replace("{number}", number), at)
                came[_judge(reply, what, order)] += 1
    n = came.total()
    yield Figure("orders.asked.as_recorded", round(came["right"] / n, 4), "of questions", 0.95, "higher", n=n)
    yield Figure("orders.asked.asked_back", came["asked_back"], "questions", n=n)
    yield Figure("orders.asked.wrong", came["wrong"], "answers", 0, n=n)


def _ask(shop, customer: int, text: str, at) -> Reply:
    turn = Turn(
        conversation_id=0,
        shop_id=shop.pk,
        customer_id=customer,
        user_id=None,
        language="en",
        lease=1,
        upto_seq=1,
        newest_id=0,
        asked=(text,),
        history=(),
        attempt=1,
        failures=0,
        shop_name=shop.name,
        bot_on=True,
        asked_at=at,
    )
    return assistant.reply(turn, draft=lambda said: None)


def _judge(reply: Reply, what: str, order) -> str:
    if reply.step_back or reply.asks:
        return "asked_back"
    text = reply.text
    return "right" if order["order_id"] in text and _IS_RIGHT[what](text, order) else "wrong"


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
