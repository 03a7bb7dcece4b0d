"""The talk is written by its stories; here it can be looked up."""

from django.contrib import admin
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.admin.own import OwnShopAdmin, ReadOnly
from chat.models import Action, Conversation, Handoff, Message, Note, SavedReply


@admin.register(Conversation)
class ConversationAdmin(ReadOnly, OwnShopAdmin):
    list_display = ("customer", "shop", "holder", "person", "last_words", "last_message_at", "closed_at")
    list_filter = ("holder", "channel")
    list_select_related = ("customer", "shop", "person")
    search_fields = ("customer__name", "customer__email")
    ordering = ("-last_message_at", "-pk")


@admin.register(Message)
class MessageAdmin(ReadOnly, OwnShopAdmin):
    shop_path = "conversation__shop"
    list_display = ("conversation", "seq", "author", "person", "at")
    list_filter = ("author", "channel")
    list_select_related = ("conversation", "person")
    ordering = ("-pk",)


@admin.register(Handoff)
class HandoffAdmin(ReadOnly, OwnShopAdmin):
    shop_path = "conversation__shop"
    list_display = ("conversation", "reason", "at", "noticed_at")
    list_filter = ("reason",)
    list_select_related = ("conversation",)


@admin.register(Action)
class ActionAdmin(ReadOnly, OwnShopAdmin):
    shop_path = "conversation__shop"
    list_display = ("kind", "status", "conversation", "attempts", "requested_at", "finished_at")
    list_filter = ("status",)
    list_select_related = ("conversation",)


@admin.register(SavedReply)
class SavedReplyAdmin(OwnShopAdmin):
    list_display = ("shortcut", "start", "shop")
    list_filter = ("shop",)
    list_select_related = ("shop",)
    search_fields = ("shortcut", "text")
    ordering = ("shop__name", "shortcut")

    @admin.display(description=_("text"))
    def start(self, reply: SavedReply) -> str:
        return Truncator(reply.text).chars(80)


@admin.register(Note)
class NoteAdmin(ReadOnly, OwnShopAdmin):
    shop_path = "conversation__shop"
    list_display = ("conversation", "author", "at")
    list_select_related = ("conversation", "author")
    ordering = ("-pk",)
