"""The one reader of products: by id, by stock number, or by the words people use for them."""

import re

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Prefetch

from accounts.commerce.facts import ProductFacts, VariantFacts
from accounts.models import Product, Variant
from accounts.models.product import ACCENTED, PLAIN, ProductQuerySet

_FOLD = str.maketrans(ACCENTED, PLAIN)
_WORD = re.compile(r"[^\W_]+")
_PLURAL = re.compile(r"(?<=\w{3})(es|en|s|n|e)$")
CANDIDATES, WORDS = 50, 30


def product(shop_id: int, external_id: str) -> ProductFacts | None:
    return next(iter(_facts_of(Product.objects.filter(shop=shop_id, external_id=external_id))), None)


def by_sku(shop_id: int, sku: str) -> ProductFacts | None:
    """The product that has the variant with this stock number."""
    having = Variant.objects.filter(shop=shop_id, sku=sku.strip()).values("product")
    return next(iter(_facts_of(Product.objects.filter(pk__in=having))), None)


def find(shop_id: int, text: str, *, limit: int = 5) -> tuple[ProductFacts, ...]:
    """Products on sale that somebody may mean by this, best first: by stock number, by words of name and kind."""
    words = list(dict.fromkeys(_WORD.findall(_folded(text))))[:WORDS]
    by_number = Variant.objects.filter(shop=shop_id, sku__in=text.split()[:WORDS]).values("product")
    exact = _facts_of(Product.objects.filter(is_sold=True, pk__in=by_number).order_by("pk")[:limit])
    stems = stems_of(" ".join(words))
    if exact or not stems:
        return exact
    asked = SearchQuery(" | ".join(f"{stem}:*" for stem in sorted(stems)), search_type="raw", config="simple")
    found = Product.objects.filter(shop=shop_id, is_sold=True, search=asked)
    near = _facts_of(found.order_by(SearchRank(F("search"), asked).desc(), "pk")[:CANDIDATES])
    ranked = sorted(((_likeness(each, stems), each) for each in near), key=lambda pair: pair[0], reverse=True)
    return tuple(each for likeness, each in ranked[:limit] if likeness > 0)


def stems_of(text: str) -> set[str]:
    """The words of a text without accents, case and most endings."""
    return {_stem(word) for word in _WORD.findall(_folded(text)) if len(word) > 2}


def _likeness(each: ProductFacts, stems: set[str]) -> float:
    """How much of its name was said; its kind alone says less than any word of the name."""
    name = [_stem(word) for word in _WORD.findall(_folded(each.name))]
    kind = any(_stem(word) in stems for word in _WORD.findall(_folded(each.kind)))
    return sum(word in stems for word in name) / max(len(name), 1) + 0.01 * kind


def _folded(text: str) -> str:
    return text.lower().translate(_FOLD)


def _stem(word: str) -> str:
    return _PLURAL.sub("", word)


_IN_ORDER = Prefetch("variants", Variant.objects.order_by("pk"))


def _facts_of(products: ProductQuerySet) -> tuple[ProductFacts, ...]:
    return tuple(_facts(each) for each in products.prefetch_related(_IN_ORDER))


def _facts(each: Product) -> ProductFacts:
    return ProductFacts(
        external_id=each.external_id,
        shop_id=each.shop_id,
        name=each.name,
        kind=each.kind,
        description=each.description,
        properties=tuple(each.properties.items()),
        url=each.url,
        image_url=each.image_url,
        is_sold=each.is_sold,
        variants=tuple(
            VariantFacts(
                sku=variant.sku,
                name=variant.name,
                options=tuple(variant.options.items()),
                price=variant.price,
                currency=variant.currency,
                stock=variant.stock,
                is_available=each.is_sold and variant.is_available,
            )
            for variant in each.variants.all()
        ),
        as_of=each.as_of,
    )
