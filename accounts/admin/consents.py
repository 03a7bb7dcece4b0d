from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts import consent, models
from accounts.admin.own import OwnShopAdmin, ReadOnly


class ConsentTextForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = models.ConsentText
        fields = ["shop", "purpose", "language", "text"]


@admin.register(models.ConsentText)
class ConsentTextAdmin(OwnShopAdmin):
    """New words are published; published ones stay."""

    list_display = ["purpose", "version", "language", "shop", "created_at"]
    list_filter = ["shop", "purpose", "language"]
    list_select_related = ["shop"]
    search_fields = ["text"]
    ordering = ["shop", "purpose", "-version", "language", "pk"]
    form = ConsentTextForm

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        [published] = consent.publish(obj.shop, obj.purpose, {obj.language: obj.text})
        obj.pk, obj.version = published.pk, published.version
        obj._state.adding = False


@admin.register(models.ConsentRecord)
class ConsentRecordAdmin(ReadOnly, OwnShopAdmin):
    shop_path = "customer__shop"
    list_display = ["customer", "purpose", "granted", "how", "at"]
    list_filter = ["purpose", "granted", "how"]
    list_select_related = ["customer"]
    search_fields = ["customer__name", "customer__email"]
    date_hierarchy = "at"
