"""Admin pages for the shops one runs; other rooms build theirs on these."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet, URLField
from django.http import HttpRequest

from accounts.models import Membership, Role, Shop


def own_shops(user: Any) -> QuerySet[Shop]:
    """The shops this person runs: all of them for the owner of the installation."""
    if user.is_superuser:
        return Shop.objects.all()
    return Shop.objects.filter(pk__in=Membership.objects.filter(user=user, role=Role.ADMIN).values("shop"))


def runs_a_shop(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_staff)


class OwnRowsFilter(admin.RelatedFieldListFilter):
    """A filter that names only rows of one's own shops."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        related = model_admin.admin_site._registry.get(field.remote_field.model)
        if not isinstance(related, OwnShopAdmin):
            return super().field_choices(field, request, model_admin)
        rows = related.get_queryset(request).order_by(*related.get_ordering(request), "pk")
        return [(row.pk, str(row)) for row in rows]


class OwnShopAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the stubs know parameters, Django does not
    """Rows of the shops one runs; foreign rows are not there."""

    shop_path = "shop"
    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(**{f"{self.shop_path}__in": own_shops(request.user)})

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Whoever filters by shop is told of her own shops only."""
        return [("shop", OwnRowsFilter) if name == "shop" else name for name in super().get_list_filter(request)]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return runs_a_shop(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_a_shop(request) and (obj is None or self._is_own(request, obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return runs_a_shop(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer, and accept, only rows of one's own shops."""
        registered = self.admin_site._registry.get(db_field.remote_field.model)
        if isinstance(registered, OwnShopAdmin):
            kwargs.setdefault("queryset", registered.get_queryset(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        registered = self.admin_site._registry.get(db_field.remote_field.model)
        if isinstance(registered, OwnShopAdmin):
            kwargs.setdefault("queryset", registered.get_queryset(request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _is_own(self, request: HttpRequest, obj: Model) -> bool:
        return request.user.is_superuser or self.get_queryset(request).filter(pk=obj.pk).exists()


class OwnInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows of a row: whoever may change the one may change the others."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_a_shop(request)

    has_change_permission = has_add_permission = has_delete_permission = has_view_permission


class ReadOnly:
    """What is only ever looked at here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
