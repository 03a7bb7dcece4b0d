"""A product of the catalogue: its price, whether it can be had, its variants, what it is made of."""

import re

from accounts.commerce import catalogue
from accounts.commerce.facts import ProductFacts
from chat.flows import asking, cards, telling
from chat.turns import Reply, Turn

SHOWN = 3


def answer(turn: Turn) -> Reply | None:
    """Say what the catalogue knows of the product she names; nothing where she names none."""
    asked = turn.question
    if not asking.is_of_product(asked):
        return None
    named = [found for found in catalogue.find(turn.shop_id, asked) if _is_named(found, asked)][:SHOWN]
    if not named:
        return None
    text = "\n".join(telling.product(found) for found in named)
    return Reply(text, cards=tuple(map(cards.product, named)))


def _is_named(found: ProductFacts, asked: str) -> bool:
    """All the words of its name were said, or its stock number."""
    words, said = _words(found.name), _words(asked)
    return words <= said or any(
        variant.sku.lower() in asked.lower().split() for variant in found.variants if variant.sku
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
