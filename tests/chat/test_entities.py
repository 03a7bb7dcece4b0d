"""What is named in a message is found, once, in one spelling, and nothing else is."""

from datetime import date
from pathlib import Path

import pytest

from chat import entities
from tests import factories

TODAY = date(2026, 3, 11)
KINDS = ("order", "tracking", "email", "phone", "money", "quantity", "size", "colour", "date", "city")


def cases():
    for line in (Path(__file__).parent / "entities.txt").read_text().splitlines():
        if line and not line.startswith("# "):
            said, _, named = line.rpartition("|")
            yield said.strip(), named.strip()


def pairs(named):
    words, found = named.split(), []
    for word in words:
        if word.partition("=")[0] in KINDS:
            found.append(word)
        else:
            found[-1] += f" {word}"
    return sorted(found)


@pytest.mark.parametrize(("said", "named"), list(cases()))
def test_what_is_named_is_found(said, named):
    found = entities.find(said, on=TODAY)

    assert sorted(f"{each.kind}={each.value}" for each in found) == pairs(named)


def test_where_it_stands_is_told():
    (found,) = entities.find("please send it to Hamburg", on=TODAY)

    assert "please send it to Hamburg"[found.start : found.end] == "Hamburg"


@pytest.mark.parametrize(
    "text", ["", "the 31st of June", "the 45th", "in 999 weeks ago", "€" * 50, "0" * 3000, "+" * 500]
)
def test_nonsense_is_no_trouble(text):
    entities.find(text, on=TODAY)


def test_a_product_of_the_shop_is_found_by_its_whole_name(shop, other_shop):
    factories.ProductFactory(shop=shop, name="Oak Table")
    factories.ProductFactory(shop=other_shop, name="Pine Shelf")

    found = entities.find("is the oak table in stock, and the pine shelf", on=TODAY, shop_id=shop.pk)

    assert [(each.kind, each.value) for each in found] == [("product", "Oak Table")]
