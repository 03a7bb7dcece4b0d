"""What a shop knows is read by its whole team and changed by those who run it."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.text import capfirst

from accounts.admin import OwnShopAdmin, own_shops
from accounts.models import Membership, User

View = Callable[..., HttpResponseBase]


def editor_of(request: HttpRequest) -> User:
    """Who is at the desk: the admin lets nobody in who has not signed in."""
    assert isinstance(request.user, User)
    return request.user


class DeskAdmin(OwnShopAdmin):
    """Rows of the shops one works for; other rows are not there."""

    class Media:
        css = {"all": ["css/components.css", "css/editor.css"]}

    def shops_of(self, request: HttpRequest) -> QuerySet[Any, Any]:
        """The shops one works for."""
        return Membership.objects.staff_shops(request.user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        everything = super(OwnShopAdmin, self).get_queryset(request)
        return everything.filter(**{f"{self.shop_path}__in": self.shops_of(request)})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_list_display(self, request: HttpRequest) -> Any:
        """Who works for one shop need not be told which."""
        shops = self.shops_of(request)[:2]
        return [name for name in super().get_list_display(request) if name != "shop" or len(shops) > 1]

    def mine_to_change(self, request: HttpRequest) -> QuerySet[Any]:
        """Of these rows, the ones of shops one runs."""
        return self.get_queryset(request).filter(**{f"{self.shop_path}__in": own_shops(request.user)})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None or not self.has_view_permission(request, obj):
            return self.has_view_permission(request, obj)
        return self.may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def may_write(self, request: HttpRequest, row: Any) -> bool:
        """Whether she runs the shop of a row."""
        return self.mine_to_change(request).filter(pk=row.pk).exists()

    def not_there(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """What Django's own pages say of a row that is missing or foreign."""
        return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]

    def door(self, name: str, view: View, *, writes: bool = False) -> URLPattern:
        """A page about one row: `view(admin, request, row)`. A foreign row and a missing one are the same 404."""

        def opened(request: HttpRequest, object_id: int) -> HttpResponseBase:
            if not self.has_view_permission(request):
                raise PermissionDenied
            row = get_object_or_404(self.get_queryset(request), pk=object_id)
            if writes and not self.may_write(request, row):
                raise PermissionDenied
            if writes and request.method != "POST":
                raise Http404
            return view(self, request, row)

        opens = self.admin_site.admin_view(update_wrapper(opened, view))
        return path(f"<int:object_id>/{name}/", opens, name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")

    def hall(self, name: str, view: View) -> URLPattern:
        """A page about no row in particular: `view(admin, request)`."""

        def opened(request: HttpRequest) -> HttpResponseBase:
            if not self.has_view_permission(request):
                raise PermissionDenied
            return view(self, request)

        opens = self.admin_site.admin_view(update_wrapper(opened, view))
        return path(f"{name}/", opens, name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")
