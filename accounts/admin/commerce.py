from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts import models
from accounts.admin.own import OwnInline, OwnShopAdmin, ReadOnly, runs_a_shop


class VariantInline(OwnInline):
    model = models.Variant
    extra = 0
    fields = ["sku", "name", "price", "currency", "stock"]


@admin.register(models.Product)
class ProductAdmin(OwnShopAdmin):
    list_display = ["name", "kind", "external_id", "shop", "is_sold"]
    list_filter = ["shop", "is_sold", "kind"]
    list_select_related = ["shop"]
    search_fields = ["name", "external_id", "variants__sku"]
    inlines = [VariantInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for variant in formset.save(commit=False):
            variant.shop = form.instance.shop
            variant.save()
        for gone in formset.deleted_objects:
            gone.delete()


class _Shown(admin.TabularInline):  # type: ignore[type-arg]
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_a_shop(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OrderLineInline(_Shown):
    model = models.OrderLine
    fields = ["position", "sku", "name", "quantity", "price"]
    ordering = ["position"]


class ShipmentInline(_Shown):
    model = models.Shipment
    fields = ["carrier", "tracking_number", "status", "shipped_at", "expected_on", "delivered_at"]
    ordering = ["pk"]


@admin.register(models.Order)
class OrderAdmin(ReadOnly, OwnShopAdmin):
    """What the shop system told us; it is changed there."""

    list_display = ["number", "customer", "status", "total", "currency", "placed_at", "shop"]
    list_filter = ["shop", "status"]
    list_select_related = ["customer", "shop"]
    search_fields = ["number", "customer__name", "customer__email", "shipments__tracking_number"]
    date_hierarchy = "placed_at"
    inlines = [OrderLineInline, ShipmentInline]


@admin.register(models.Return)
class ReturnAdmin(ReadOnly, OwnShopAdmin):
    list_display = ["number", "order", "status", "asked_at"]
    list_filter = ["shop", "status"]
    list_select_related = ["order"]
    search_fields = ["number", "order__number"]


@admin.register(models.Refund)
class RefundAdmin(ReadOnly, OwnShopAdmin):
    shop_path = "order__shop"
    list_display = ["order", "amount", "currency", "status", "asked_at"]
    list_filter = ["status"]
    list_select_related = ["order"]
    search_fields = ["external_id", "order__number"]


@admin.register(models.Rule)
class RuleAdmin(OwnShopAdmin):
    """What may be done with an order. What no rule allows is not done; the first that allows it counts."""

    list_display = ["action", "who", "statuses", "days", "money_goes", "words", "position", "is_active", "shop"]
    list_filter = ["shop", "action", "who", "is_active"]
    list_select_related = ["shop"]
    search_fields = ["words"]
    ordering = ["shop", "position", "pk"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("statuses", "not_after"):
            return forms.TypedMultipleChoiceField(
                label=db_field.verbose_name,
                help_text=db_field.help_text,
                choices=db_field.base_field.choices,
                required=not db_field.blank,
                widget=forms.CheckboxSelectMultiple,
                empty_value=[],
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(models.OrderChange)
class OrderChangeAdmin(ReadOnly, OwnShopAdmin):
    """What was to be done with orders, and what became of it."""

    shop_path = "order__shop"
    list_display = ["order", "action", "state", "by_team", "asked_at", "settled_at"]
    list_filter = ["state", "action", "by_team"]
    list_select_related = ["order"]
    search_fields = ["order__number"]
