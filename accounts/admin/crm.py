from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import models, sealing
from accounts.admin.own import OwnShopAdmin
from accounts.crm import pushes


class CrmForm(forms.ModelForm):  # type: ignore[type-arg]
    """The secret goes in and never comes out again."""

    secret = forms.CharField(
        label=_("Password or token"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept sealed, and not shown again. Leave empty to keep the one there is."),
    )

    class Meta:
        model = models.Crm
        fields = ["shop", "kind", "address", "database", "user", "secret", "is_on"]

    def save(self, commit: bool = True) -> Any:
        if said := self.cleaned_data["secret"]:
            self.instance.sealed = sealing.seal(said)
        return super().save(commit)


@admin.register(models.Crm)
class CrmAdmin(OwnShopAdmin):
    form = CrmForm
    list_display = ["shop", "kind", "address", "is_on"]
    list_select_related = ["shop"]


@admin.register(models.CrmPush)
class CrmPushAdmin(OwnShopAdmin):
    """What a CRM was not told yet, and why."""

    shop_path = "customer__shop"
    list_display = ["customer", "kind", "asked_at", "attempts", "due_at", "trouble"]
    list_filter = ["kind"]
    list_select_related = ["customer"]
    fields = ("customer", "kind", "subject", "asked_at", "attempts", "due_at", "trouble")
    readonly_fields = fields
    actions = ["again"]

    @admin.action(description=_("Try again now"))
    def again(self, request: HttpRequest, rows: Any) -> None:
        rows.update(due_at=timezone.now(), attempts=0)
        pushes.sweep()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
