from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import money
from accounts.models.access import Visible
from accounts.models.named import named_values
from accounts.models.shop import Shop

# People type names without accents; both sides are folded, letter by letter, as the database can.
ACCENTED = "àáâãäåāăąçćčďèéêëēėęěğìíîïīįıłñńňòóôõöøōőŕřśşšßťţùúûüūůűųýÿźżž"
PLAIN = "aaaaaaaaacccdeeeeeeeegiiiiiiilnnnoooooooorrssssttuuuuuuuuyyzzz"


def _folded(field: str) -> Func:
    return Func(Lower(F(field)), Value(ACCENTED), Value(PLAIN), function="translate", output_field=models.TextField())


class ProductQuerySet(Visible["Product"]):
    pass


class Product(models.Model):
    """Something the shop sells, known to the shop's own system by `external_id`."""

    shop = models.ForeignKey(Shop, models.PROTECT, related_name="products", verbose_name=_("shop"))
    external_id = models.CharField(_("id in the shop system"), max_length=100)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=100, blank=True)
    description = models.TextField(_("description"), blank=True)
    url = models.URLField(_("page"), blank=True)
    image_url = models.URLField(_("picture"), blank=True)
    properties = named_values(_("properties"), _("What it is made of and the like: {“material”: “oak”}."))
    is_sold = models.BooleanField(_("on sale"), default=True)
    as_of = models.DateTimeField(_("as the shop system told us"), null=True, blank=True, editable=False)
    search = models.GeneratedField(
        expression=SearchVector(_folded("name"), weight="A", config="simple")
        + SearchVector(_folded("kind"), weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [models.UniqueConstraint(fields=["shop", "external_id"], name="one_product_for_an_external_id")]
        indexes = [GinIndex(fields=["search"], name="product_by_its_words")]

    def __str__(self) -> str:
        return self.name


class VariantQuerySet(Visible["Variant"]):
    shop_path = "product__shop"


class Variant(models.Model):
    """One size, colour or pack of a product: what a shopper really orders."""

    # The shop again, because a stock number is unique in a shop and the database should say so.
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", verbose_name=_("shop"))
    product = models.ForeignKey(Product, models.CASCADE, related_name="variants", verbose_name=_("product"))
    sku = models.CharField(_("stock number"), max_length=100)
    name = models.CharField(_("name"), max_length=200, blank=True)
    price = money.amount(_("price"))
    currency = money.currency()
    stock = models.IntegerField(_("in stock"), null=True, blank=True)
    options = named_values(_("options"), _("What sets it apart: {“color”: “blue”, “size”: “M”}."))
    is_offered = models.BooleanField(_("can be ordered"), default=True)

    objects = VariantQuerySet.as_manager()

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [
            models.UniqueConstraint(fields=["shop", "sku"], name="one_variant_for_a_stock_number"),
            money.sound_money("price", "variant_price_is_not_negative"),
            money.sound_currency("variant_currency_is_a_code"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.name}".strip()

    @property
    def title(self) -> str:
        """As it stands on an order."""
        return ", ".join(part for part in (self.product.name, self.name) if part)

    @property
    def is_available(self) -> bool:
        """It can be ordered, and there is some, or nobody counts it."""
        return self.is_offered and (self.stock is None or self.stock > 0)
