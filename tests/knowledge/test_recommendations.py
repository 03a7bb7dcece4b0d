"""What people will buy next is learned from what they bought."""

import csv
import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from knowledge.recommendations import taste, trial

SEED = 10_002


@pytest.fixture
def shop(tmp_path):
    """Two circles of people, each with ten kinds of its own that it buys again and again, and a popular one for all."""
    chance = np.random.default_rng(SEED)
    rows = []
    for person in range(60):
        for week in range(1, 21):
            for _ in range(2):
                rows.append((f"h{person}", f"p{person % 2}-{chance.integers(0, 10)}", week))
            rows.append((f"h{person}", "bag", week))
    return write(tmp_path, rows, {row[1] for row in rows})


def write(folder, rows, products):
    purchases, catalogue = folder / "purchases.csv", folder / "products.csv"
    with purchases.open("w", newline="") as file:
        csv.writer(file).writerows([("household_id", "product_id", "week"), *rows])
    with catalogue.open("w", newline="") as file:
        told = [(each, each.upper(), each[:2]) for each in sorted(products)]
        csv.writer(file).writerows([("product_id", "product_type", "product_category"), *told])
    return purchases, catalogue


def test_each_is_recommended_what_their_circle_buys(shop):
    bought = trial.read(*shop)
    signs, weights = taste.Signs(bought.until(16), 16), taste.learn(bought, 16, weeks=4)
    for person in (0, 1):
        circle = {item for who, item in zip(bought.people, bought.items, strict=True) if who % 2 == person}

        shown = taste.best(signs, weights, person, most=10)

        assert set(shown) <= circle


def test_nothing_of_the_held_out_weeks_is_known(shop):
    bought = trial.read(*shop)
    assert (bought.until(16).weeks <= 16).all()
    changed = taste.Purchases(
        bought.people, np.where(bought.weeks > 16, 0, bought.items), bought.weeks, bought.kinds, bought.n_people
    )

    one, other = (taste.learn(each.until(16), 16, weeks=4) for each in (bought, changed))

    assert np.array_equal(one.each, other.each)


def test_what_was_learned_is_told_beside_the_simple_ways(shop, capsys):
    command = ["--purchases", shop[0], "--products", shop[1], "--from-week", "17", "--to-week", "20", "--json"]

    call_command("evaluate_recommendations", *map(str, command))

    told = json.loads(capsys.readouterr().out)
    assert told["n"] == 60
    assert 0 < told["popularity"] <= told["hit_rate_at_10"] == 1
    assert told["learned_from_weeks"] == [1, 16]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows, _known: rows.clear(), "no purchase of a product"),
        (lambda _rows, known: known.clear(), "no purchase of a product"),
        (lambda rows, _known: rows.append(("h1", "a", "soon")), "the week “soon” is no number"),
        (lambda rows, _known: rows.append(("", "a", 3)), "“household_id” is empty"),
        (lambda rows, _known: rows.__setitem__(slice(None), rows[-1:]), "Nothing was bought in the weeks 5 to 6"),
        (lambda rows, _known: rows.__setitem__(slice(None), [("h1", "a", 5)]), "no two weeks before week 5"),
    ],
)
def test_what_cannot_be_learned_from_is_said_in_a_sentence(tmp_path, change, said):
    rows, known = [("h1", "a", 5), ("h1", "a", 2), ("h2", "a", 1)], {"a"}
    change(rows, known)
    purchases, products = write(tmp_path, rows, known)

    with pytest.raises(CommandError, match=said):
        call_command(
            "evaluate_recommendations", f"--purchases={purchases}", f"--products={products}",
            "--from-week=5", "--to-week=6",
        )  # fmt: skip


def test_a_file_without_its_columns_or_that_is_none(tmp_path):
    purchases, products = write(tmp_path, [("h1", "a", 1)], {"a"})
    products.write_text("id,kind\n1,a\n")
    with pytest.raises(trial.UnfitFile, match="the column “product_id” is missing"):
        trial.read(purchases, products)
    with pytest.raises(trial.UnfitFile, match="cannot be read"):
        trial.read(purchases, tmp_path / "none.csv")
