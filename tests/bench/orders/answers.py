"""An order answer among a million orders, from her question to the committed message, on a whole installation.

The time runs from the moment her frame is sent until the answer, which is pushed after its commit, is with her. The
150 ms for which the assistant waits whether more is coming are in it.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Iterator
from typing import Any

from tests.faults.chat._stage import Whole, running, stage
from tests.figures import Figure

SEED, ORDERS, CUSTOMERS, SHOPPERS, QUESTIONS = 20_260_307, 1_000_000, 200_000, 20, 400
HERS = 50_000  # every so many-th order is one of the same shopper
ASKED = (
    "Where is my order?",
    "Where is my order {number}?",
    "What did I order in {number}?",
    "What is the tracking number of {number}?",
    "Where is order {number} being sent?",
    "How did I pay for order {number}?",
)

LOAD = """
    INSERT INTO accounts_customer (shop_id, name, email, email_verified, phone, address, external_id, language,
                                   ledger_id, created_at)
    SELECT {shop}, 'Customer ' || g, 'c' || g || '@example.com', true, '', '{{}}', 'c-' || g, '',
           gen_random_uuid(), now()
    FROM generate_series(1, {customers}) g;
    INSERT INTO accounts_order (id, shop_id, customer_id, number, external_id, status, currency, shipping, discount,
                                tax, total, ship_to, address, placed_at, cancel_reason, updated_at)
    SELECT g, {shop}, first + g % {customers}, (10000000 + g)::text, '',
           CASE WHEN g % 10 = 0 THEN 'shipped' ELSE 'delivered' END, 'EUR', 4.90, 0, 0, 44.70,
           E'Maria Lund\\n12 Harbour Lane\\n1100-148 Lisbon', '{{}}', now() - g * interval '20 seconds', '', now()
    FROM generate_series(1, {orders}) g, (SELECT min(id) AS first FROM accounts_customer WHERE external_id = 'c-1') f;
    INSERT INTO accounts_orderline (order_id, position, sku, name, price, quantity, options)
    SELECT g, place, 'SKU-' || (g + place) % 5000, 'Lamp ' || (g + place) % 5000, 19.90, 1, '{{}}'
    FROM generate_series(1, {orders}) g, generate_series(1, 2) place;
    INSERT INTO accounts_payment (order_id, external_id, method, status, amount, currency, paid_at)
    SELECT g, '1', 'Visa', 'paid', 44.70, 'EUR', now() FROM generate_series(1, {orders}) g;
    INSERT INTO accounts_shipment (id, order_id, carrier, tracking_number, tracking_url, status, shipped_at,
                                   delivered_at)
    SELECT g, g, 'Colissimo', '6A' || g, '', 'in_transit', now(), CASE WHEN g % 10 = 0 THEN NULL ELSE now() END
    FROM generate_series(1, {orders}) g;
    INSERT INTO accounts_trackingevent (shipment_id, external_id, text, place, at)
    SELECT g, '1', 'Left Lyon', 'Lyon', now() FROM generate_series(1, {orders}) g;
"""


def figures() -> Iterator[Figure]:
    with stage(ASSISTANT="chat.assistant.reply") as whole:
        people = whole.invite(shoppers=SHOPPERS)["shoppers"]
        began = time.monotonic()
        numbers = load(whole, people)
        yield Figure("orders.million.loaded", round(time.monotonic() - began), "s", n=ORDERS)
        times, wrong = asyncio.run(ask(whole, people, numbers))
    told: dict[str, Any] = {"n": QUESTIONS, "seed": SEED}
    yield Figure("orders.million.wrong", wrong, "answers", 0, **told)
    for percent, bar in ((50, None), (95, 300), (99, None)):
        value = round(statistics.quantiles(times, n=100)[percent - 1], 1)
        yield Figure(f"orders.million.answer_p{percent}", value, "ms", bar, **told)


def load(whole: Whole, people: list[dict[str, Any]]) -> list[list[str]]:
    """Put the million in, give each shopper every so many-th order, one of hers still to come; which they are."""
    ((shop,),) = whole.ask("SELECT id FROM accounts_shop WHERE slug = 'lumen'")
    for statement in LOAD.format(shop=shop, customers=CUSTOMERS, orders=ORDERS).split(";\n"):
        whole.tell(f"SET session_replication_role = replica; SET synchronous_commit = off; {statement}")
    numbers = []
    for place, person in enumerate(people, 1):
        whole.tell(
            f"""UPDATE accounts_order SET status = CASE WHEN id = {place} THEN 'shipped' ELSE 'delivered' END,
                customer_id = (SELECT customer_id FROM chat_conversation WHERE id = {person["number"]})
                WHERE id = ANY (ARRAY(SELECT generate_series({place}, {ORDERS}, {HERS})))"""
        )
        numbers.append([str(10_000_000 + g) for g in range(place, ORDERS, HERS)])
    for table in ("customer", "order", "orderline", "payment", "shipment", "trackingevent"):
        whole.tell(f"VACUUM ANALYZE accounts_{table}")
    return numbers


async def ask(whole: Whole, people: list[dict[str, Any]], numbers: list[list[str]]) -> tuple[list[float], int]:
    """One question after the other, each by somebody else: milliseconds, and how many answers name another order."""
    dice, times, wrong = random.Random(SEED), [], 0
    chats = [whole.shopper(person) for person in people]
    async with running(*chats):
        for chat in chats:
            assert await chat.until(lambda chat=chat: chat.state, 30)
        for turn in range(QUESTIONS + SHOPPERS):
            place = turn % SHOPPERS
            chat, hers = chats[place], numbers[place]
            words = dice.choice(ASKED)
            number = dice.choice(hers) if "{number}" in words else hers[0]
            had, began = chat.have, time.perf_counter()
            chat.say(words.format(number=number))
            assert await chat.until(lambda chat=chat, had=had: chat.have >= had + 2, 30), words
            if turn >= SHOPPERS:  # warm by then
                times.append(1000 * (time.perf_counter() - began))
                answer = chat.messages[-1]
                wrong += answer["author"] != "bot" or [card["number"] for card in answer["cards"]] != [number]
    return times, wrong
