"""Categories and tags: how articles are found by those who browse."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from knowledge.admin.own import DeskAdmin
from knowledge.models import Category, Tag


class ShelfForm(forms.ModelForm):  # type: ignore[type-arg]
    def _get_validation_exclusions(self) -> set[str]:
        """Its name must be one in its shop, though the shop is not to be changed here."""
        return super()._get_validation_exclusions() - {"shop"}  # type: ignore[misc,no-any-return]


class ShelfAdmin(DeskAdmin):
    """A shelf, and how many articles stand there; it stays in its shop."""

    form = ShelfForm
    list_filter = ["shop"]
    list_select_related = ["shop"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        shelves: QuerySet[Any] = super().get_queryset(request)
        return shelves.annotate(held=Count("articles"))  # type: ignore[no-any-return]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["shop"] if obj else []

    @admin.display(description=_("articles"), ordering="held")
    def held(self, shelf: Any) -> int:
        return int(shelf.held)


@admin.register(Category)
class CategoryAdmin(ShelfAdmin):
    list_display = ["name", "held", "position", "shop"]
    fields = ["shop", "name", "slug", "description", "position"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Tag)
class TagAdmin(ShelfAdmin):
    list_display = ["name", "held", "shop"]
    fields = ["shop", "name"]
