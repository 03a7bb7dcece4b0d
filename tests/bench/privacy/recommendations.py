"""What people buy next, against what is popular and what they had before; and how long one recommendation takes."""

import time
from collections.abc import Iterator

import numpy as np

from config import env
from knowledge.recommendations import taste, trial
from tests.figures import Figure

DATA = env.ROOT.parent / "shared" / "data" / "completejourney"
SEED = 10_001
HELD_OUT = ((38, 43), (32, 37), (26, 31))
PRODUCTS, PEOPLE, PURCHASES = 100_000, 20_000, 400_000


def figures() -> Iterator[Figure]:
    bought = trial.read(DATA / "transactions_weeks_1_43.csv.gz", DATA / "products.csv.gz")
    for first, last in HELD_OUT:
        found = trial.evaluate(bought, first, last)
        name, rate = f"privacy.recommendations, weeks {first} to {last}", found["hit_rate_at_10"]
        yield Figure(
            f"{name}, over popularity", found["over_popularity"], "times", bar=1.1, better="higher", n=found["n"]
        )
        yield Figure(
            f"{name}, hit rate at 10", rate, "", bar=found["own_history"], better="higher", n=found["n"],
            peer=found["popularity"],
        )  # fmt: skip
    yield _speed()


def _speed() -> Figure:
    chance = np.random.default_rng(SEED)
    items = np.minimum(chance.zipf(1.3, PURCHASES) - 1, PRODUCTS - 1)
    bought = taste.Purchases(
        chance.integers(0, PEOPLE, PURCHASES),
        items,
        chance.integers(1, 41, PURCHASES),
        chance.integers(0, 200, PRODUCTS),
        PEOPLE,
    )
    signs, weights = taste.Signs(bought, 40), taste.learn(bought, 40, weeks=4, rounds=1)
    took = []
    for person in chance.integers(0, PEOPLE, 500):
        began = time.perf_counter()
        taste.best(signs, weights, int(person), most=10)
        took.append((time.perf_counter() - began) * 1000)
    return Figure(
        "privacy.recommending, 100,000 products, p95",
        round(float(np.percentile(took, 95)), 2),
        "ms",
        bar=50,
        n=len(took),
        seed=SEED,
    )
