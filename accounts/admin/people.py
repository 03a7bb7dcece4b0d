from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts import models, opening, people
from accounts.admin.own import OwnShopAdmin, own_shops
from accounts.models import Membership, Shop, User


class OriginField(forms.CharField):
    """The address of a site, as somebody copies it from her browser: what follows the host is left out."""

    default_validators = [models.shop.an_origin]

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        with suppress(ValueError):
            parts = urlsplit(text if "://" in text else f"https://{text}")
            host = (parts.hostname or "").encode("idna").decode()
            port = "" if parts.port in {None, {"http": 80, "https": 443}.get(parts.scheme)} else f":{parts.port}"
            return f"{parts.scheme}://{host}{port}"
        return text


class LinesField(SimpleArrayField):
    """One a line; an empty line is none."""

    def __init__(self, each: forms.Field, **kwargs: Any) -> None:
        rows = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        super().__init__(each, delimiter="\n", widget=rows, required=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        lines = value.splitlines() if isinstance(value, str) else value or []
        return list(dict.fromkeys(super().to_python([line for line in lines if line.strip()])))


class ShopForm(forms.ModelForm):  # type: ignore[type-arg]
    widget_origins = LinesField(
        OriginField(),
        label=models.Shop._meta.get_field("widget_origins").verbose_name,
        help_text=models.Shop._meta.get_field("widget_origins").help_text,
    )
    questions = LinesField(
        forms.CharField(max_length=80),
        max_length=4,
        label=models.Shop._meta.get_field("questions").verbose_name,
        help_text=models.Shop._meta.get_field("questions").help_text,
    )

    class Meta:
        model = Shop
        exclude: list[str] = []


@admin.register(models.Shop)
class ShopAdmin(OwnShopAdmin):
    form = ShopForm
    change_form_template = "admin/shop_form.html"
    shop_path = "pk"
    list_display = ["name", "slug", "host", "language", "currency", "bot_enabled"]
    search_fields = ["name", "slug", "host"]
    prepopulated_fields = {"slug": ["name"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Shop, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            opening.furnish(obj)

    def response_change(self, request: HttpRequest, obj: Shop) -> HttpResponse:
        """A new secret for the shop's server is shown this once, to whoever asked for it."""
        if "_widget_secret" not in request.POST:
            return super().response_change(request, obj)
        context = {"title": _("The secret of the chat"), "secret": opening.new_widget_secret(obj), "original": obj}
        self.log_change(request, obj, "A new secret to sign shoppers' tokens with.")
        context |= self.admin_site.each_context(request) | {"opts": self.opts}
        return TemplateResponse(request, "admin/shop_secret.html", context)


class NewUserForm(forms.ModelForm):  # type: ignore[type-arg]
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        required=False,
        help_text=_("Leave empty to let them choose one by “forgot password”."),
    )

    class Meta:
        model = User
        fields = ["email", "name", "language"]


@admin.register(models.User)
class UserAdmin(OwnShopAdmin):
    """Accounts. Only the owner of the installation sees all; who runs a shop sees its team."""

    list_display = ["email", "name", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser", "memberships__role"]
    search_fields = ["email", "name"]
    readonly_fields = ["last_login", "date_joined"]
    ordering = ["email", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        team = Membership.objects.filter(shop__in=own_shops(request.user)).values("user")
        everybody = admin.ModelAdmin.get_queryset(self, request)
        return everybody if request.user.is_superuser else everybody.filter(pk__in=team)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return ["email", "name", "language", "password"]
        owner = ["is_superuser"] if request.user.is_superuser else []
        return ["email", "name", "language", "is_active", *owner, "last_login", "date_joined"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        # An address is changed by its owner, who proves it.
        return [*self.readonly_fields, "email"] if obj else list(self.readonly_fields)

    def get_form(self, request: HttpRequest, obj: Any | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewUserForm
        return super().get_form(request, obj, change, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Somebody may work for two shops: only the owner of the installation switches accounts off."""
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.set_password(form.cleaned_data.get("password") or None)
        obj.save()
        people.vouch_for(obj)


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Membership
        fields = ["shop", "email", "name", "role", "languages"]

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), required=False, max_length=200)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not people.may_join(email):
            raise ValidationError(str(people.NotProven()))
        return email


@admin.register(models.Membership)
class MembershipAdmin(OwnShopAdmin):
    """Who works for the shop. A new colleague is added by her address."""

    list_display = ["user", "shop", "role", "languages", "since"]
    list_filter = ["shop", "role"]
    list_select_related = ["user", "shop"]
    search_fields = ["user__email", "user__name"]
    readonly_fields = ["since"]

    def get_form(self, request: HttpRequest, obj: Any | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = MembershipForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any | None = None) -> Any:
        return (
            ["shop", "email", "name", "role", "languages"]
            if obj is None
            else ["user", "shop", "role", "languages", "since"]
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any | None = None) -> Any:
        return ["user", "shop", "since"] if obj else []

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        told = form.cleaned_data
        user = people.join_team(obj.shop, email=told["email"], name=told["name"], role=obj.role)
        joined = Membership.objects.get(user=user, shop=obj.shop)
        Membership.objects.filter(pk=joined.pk).update(languages=obj.languages)
        obj.pk, obj.user = joined.pk, user
        obj._state.adding = False


class TopicsForm(forms.ModelForm):  # type: ignore[type-arg]
    topics = forms.MultipleChoiceField(
        label=models.Team._meta.get_field("topics").verbose_name,
        help_text=models.Team._meta.get_field("topics").help_text,
        choices=models.Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


@admin.register(models.Team, models.Skill)
class TeamAdmin(OwnShopAdmin):
    """Who shares a queue, and who can do what."""

    form = TopicsForm
    list_display = ["name", "shop", "topics"]
    list_filter = ["shop"]
    search_fields = ["name"]
    filter_horizontal = ["members"]


@admin.register(models.AgentPresence)
class AgentPresenceAdmin(OwnShopAdmin):
    list_display = ["user", "shop", "status", "capacity", "last_seen_at"]
    list_filter = ["shop", "status"]
    list_select_related = ["user", "shop"]
    readonly_fields = ["user", "shop", "status", "last_seen_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(models.Customer)
class CustomerAdmin(OwnShopAdmin):
    """Who the shop serves. A proof is given by its owner, so it is only shown here."""

    list_display = ["__str__", "email", "email_verified", "shop", "language", "created_at"]
    list_filter = ["shop", "email_verified"]
    list_select_related = ["shop"]
    search_fields = ["name", "email", "phone", "orders__number"]
    fields = ["shop", "name", "email", "email_verified", "phone", "language", "user", "created_at"]
    readonly_fields = ["shop", "email", "email_verified", "user", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(merged_into=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
