from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import money
from accounts.models.access import Visible
from accounts.models.shop import Shop


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
    is_sold = models.BooleanField(_("on sale"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [models.UniqueConstraint(fields=["shop", "external_id"], name="one_product_for_an_external_id")]

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
