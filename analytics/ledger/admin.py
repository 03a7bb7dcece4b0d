"""The ledger, to look things up in. It holds every shop's events, so it is for the owner of the installation."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from analytics.ledger import delivery
from analytics.ledger.catalogue import KINDS
from analytics.ledger.models import Delivery, Event


class KindFilter(admin.SimpleListFilter):
    """The kinds of the catalogue: asking a long ledger which it holds would take long."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, kind) for kind in sorted(KINDS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class OwnersOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # the stubs know parameters, Django does not
    """What is only ever looked at, and only by those who may see every shop."""

    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(OwnersOnly):
    list_display = ("id", "at", "kind", "subject", "actor", "shop_id", "refs", "facts")
    list_filter = (KindFilter, "at")
    search_fields = ("subject__exact",)
    ordering = ("-pk",)
    fields = ("id", "at", "kind", "subject", "actor", "shop_id", "refs", "facts", "xid")


@admin.register(Delivery)
class DeliveryAdmin(OwnersOnly):
    list_display = ("reader", "subject", "event", "attempts", "due_at", "error")
    list_filter = (("due_at", admin.EmptyFieldListFilter),)
    search_fields = ("subject__exact", "reader__exact")
    list_select_related = ("event",)
    ordering = ("reader", "subject", "event", "pk")
    actions = ("try_again",)

    @admin.action(description=_("Try again now"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        chosen = queryset.order_by().values_list("reader", "subject").distinct()
        again = sum(delivery.replay(reader=reader, subject=subject) for reader, subject in chosen)
        said = ngettext("%(number)d will be tried again.", "%(number)d will be tried again.", again)
        messages.success(request, said % {"number": again})
