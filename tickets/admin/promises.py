"""What a shop promises, and when somebody is at work. From a change on the new holds; what was counted is counted."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.own import OwnInline, OwnShopAdmin
from tickets import promises
from tickets.models import Holiday, Policy, Priority, Type, WorkingHours


class Counted(OwnShopAdmin):
    """Before something is changed, what held is kept; from then on holds what is saved."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        promises.change(obj.shop, at=timezone.now())
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        promises.change(obj.shop, at=timezone.now())
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for one in queryset.order_by("pk"):
            self.delete_model(request, one)


class HolidayInline(OwnInline):
    model = Holiday
    extra = 1


@admin.register(WorkingHours)
class WorkingHoursAdmin(Counted):
    list_display = ("name", "shop", "time_zone")
    list_filter = ("shop",)
    list_select_related = ("shop",)
    ordering = ("shop__name", "name")
    filter_horizontal = ("teams",)
    inlines = (HolidayInline,)


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    priorities = forms.TypedMultipleChoiceField(
        label=_("Priorities"), choices=Priority, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    types = forms.MultipleChoiceField(
        label=_("Types"), choices=Type, required=False, widget=forms.CheckboxSelectMultiple
    )


@admin.register(Policy)
class PolicyAdmin(Counted):
    form = PolicyForm
    list_display = ("name", "shop", "position", "first", "next", "resolution", "is_on")
    list_filter = ("shop",)
    list_select_related = ("shop",)
    ordering = ("shop__name", "position", "pk")
    filter_horizontal = ("teams",)
