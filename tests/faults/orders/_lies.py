"""Answers in many words, right ones and wrong ones, and which of them leave."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

from accounts.models import Order
from chat.flows import lock, telling
from chat.turns import Reply
from tests.faults.orders import _orders, _wrong
from tests.figures import Figure

SEED, WRONG, RIGHT = 6002, 12_000, 4_000
KINDS = (("tracking", "tracking"), ("total", "payment"), ("paid", "payment"), ("line", "items"), ("town", "ship_to"))


def measure() -> Iterator[Figure]:
    chance = random.Random(SEED)
    wordings = list(_wordings())
    tried, sent, examples = Counter(), Counter(), []
    while tried.total() < WRONG:
        language, holes = chance.choice(wordings)
        hand = chance.choice(_wrong.ALL)
        with translation.override(language):
            facts, values, plain = _about(chance, language, holes)
            said = hand(holes, values, chance)
            if said is None or said == _wrong.filled(holes, values):
                continue
            tried[hand.__name__] += 1
            if lock.kept(Reply(said, record=facts, plain=plain), language=language).text == said:
                sent[hand.__name__] += 1
                examples.append(f"{hand.__name__}: {said}")
    for example in examples[:20]:
        print(f"# {example}", flush=True)
    yield Figure("orders.lies.sent", sent.total(), "answers", 0, n=tried.total(), seed=SEED)
    yield Figure("orders.lies.kinds", min(tried[hand.__name__] for hand in _wrong.ALL), "of the rarest kind", n=WRONG)
    passed, held = 0, []
    for _ in range(RIGHT):
        language, holes = chance.choice(wordings)
        with translation.override(language):
            facts, values, plain = _about(chance, language, holes)
            said = _wrong.filled(holes, values)
            went = lock.kept(Reply(said, record=facts, plain=plain), language=language).text == said
            passed += went
            if not went:
                held.append(f"held back: {said}")
    for example in dict.fromkeys(held[:12]):
        print(f"# {example}", flush=True)
    yield Figure("orders.lies.right_passed", round(passed / RIGHT, 4), "of right answers", n=RIGHT, seed=SEED)


def _about(chance, language, holes):
    facts = _orders.order(chance)
    label = str(Order.Status(facts.status).label)
    values = _orders.values(facts, str(chance.randrange(10**6, 10**7)), language, label)
    what = next((what for hole, what in KINDS if f"{{{hole}}}" in holes), "status")
    return facts, values, telling.of(facts, what)


def _wordings() -> Iterator[tuple[str, str]]:
    language = ""
    for line in map(str.strip, Path(__file__).with_name("wordings.txt").read_text().splitlines()):
        if line.startswith("["):
            language = line.strip("[]")
        elif line and not line.startswith("#"):
            yield language, line
