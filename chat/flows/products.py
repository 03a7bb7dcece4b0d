"""A product of the catalogue: its price, whether it can be had, its variants, what it is made of."""

from django.utils.translation import gettext as _

from accounts.commerce import catalogue
from accounts.commerce.facts import ProductFacts
from chat.flows import asking, cards, telling
from chat.turns import Reply, Turn

SHOWN, OFFERED, LOOKED_AT = 3, 4, 50
LEAST = 4  # letters of a word by which alone a product may be meant


def answer(turn: Turn) -> Reply | None:
    """Say what the catalogue knows of the product she names, or ask which; nothing where she names none."""
    asked, is_choice = turn.question, turn.asks.get("step") == "product"
    if not (is_choice or asking.is_of_product(asked)):
        return None
    found = catalogue.find(turn.shop_id, asked, limit=LOOKED_AT)
    named = [each for each in found if _is_named(each, asked)][:SHOWN]
    if named:
        return Reply("\n".join(telling.product(each) for each in named), cards=cards.products(named))
    meant = _meant(found, asked)
    if len(meant) == 1:
        return Reply(telling.product(meant[0]), cards=cards.products(meant))
    if not 1 < len(meant) <= OFFERED:
        return None
    names = tuple(each.name for each in meant)
    return Reply(_("Which one is it?"), cards=cards.products(meant), suggestions=names, asks={"step": "product"})


def _is_named(found: ProductFacts, asked: str) -> bool:
    """All the words of its name were said, or its stock number."""
    words, said = catalogue.stems_of(found.name), catalogue.stems_of(asked)
    return words <= said or any(
        variant.sku.lower() in asked.lower().split() for variant in found.variants if variant.sku
    )


def _meant(found: tuple[ProductFacts, ...], asked: str) -> list[ProductFacts]:
    """Those of whose names the most was said, if that is a word that says something."""
    said = {stem for stem in catalogue.stems_of(asked) if len(stem) >= LEAST}
    named = [(len(said & catalogue.stems_of(each.name)), each) for each in found]
    most = max((many for many, _each in named), default=0)
    return [each for many, each in named if many == most] if most else []
