"""Tickets are worked on in their pages; here they can be looked up, and their states be named."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.own import OwnShopAdmin, ReadOnly
from tickets.models import Macro, Ticket, TicketChange, TicketField, TicketNote, TicketStatus

# How a macro and a rule say what is done.
WHAT_IS_DONE: tuple[Any, ...] = (
    (_("What is said"), {"fields": ("reply", "note")}),
    (_("What is changed"), {"fields": ("status", "priority", "type", "add_tags", "remove_tags")}),
    (_("Who has it then"), {"fields": ("takes", "assignee", "team")}),
)


@admin.register(Ticket)
class TicketAdmin(ReadOnly, OwnShopAdmin):
    list_display = ("number", "subject", "shop", "customer", "status", "priority", "assignee", "team", "changed_at")
    list_filter = ("kind", "priority", "type", "shop")
    list_select_related = ("shop", "customer", "status", "assignee", "team")
    search_fields = ("=number", "subject")
    ordering = ("-pk",)


@admin.register(TicketStatus)
class TicketStatusAdmin(OwnShopAdmin):
    """Of a status that tickets are in, the kind stays, and it cannot be deleted."""

    list_display = ("__str__", "kind", "position", "shop")
    list_filter = ("kind", "shop")
    list_select_related = ("shop",)
    ordering = ("shop__name", "kind", "position")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("shop", "kind") if obj else ()


@admin.register(TicketField)
class TicketFieldAdmin(OwnShopAdmin):
    """One that tickets use cannot be deleted; switched off it is not asked for, and what tickets say stays."""

    list_display = ("name", "kind", "position", "is_on", "shop")
    list_filter = ("kind", "is_on", "shop")
    list_select_related = ("shop",)
    ordering = ("shop__name", "position", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("shop", "kind") if obj else ()


@admin.register(Macro)
class MacroAdmin(OwnShopAdmin):
    list_display = ("name", "status", "priority", "team", "assignee", "shop")
    list_filter = ("shop",)
    list_select_related = ("shop", "status", "team", "assignee")
    search_fields = ("name",)
    ordering = ("shop__name", "name")
    fieldsets = ((None, {"fields": ("shop", "name")}), *WHAT_IS_DONE)


@admin.register(TicketNote)
class TicketNoteAdmin(ReadOnly, OwnShopAdmin):
    shop_path = "ticket__shop"
    list_display = ("ticket", "author", "at")
    list_select_related = ("ticket", "author")
    ordering = ("-pk",)


@admin.register(TicketChange)
class TicketChangeAdmin(ReadOnly, OwnShopAdmin):
    shop_path = "ticket__shop"
    list_display = ("ticket", "what", "old", "new", "by", "at")
    list_filter = ("what",)
    list_select_related = ("ticket", "by")
    ordering = ("-pk",)
