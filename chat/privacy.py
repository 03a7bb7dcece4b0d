"""What a conversation keeps about people."""

from django.db.models import QuerySet

from accounts.models import Customer
from accounts.privacy import harmless, personal, register
from chat.models import StockAlert


def _alerts(customer: Customer) -> QuerySet[StockAlert]:
    return StockAlert.objects.filter(conversation__customer=customer)


register("chat.Conversation", personal("customer", "person", "last_words"), harmless("opening_id", "needs", "language"))
register(
    "chat.Message",
    personal("text", "details", "translations", "person", "external_id"),
    harmless("client_id", "channel"),
)
register("chat.Handoff", personal("summary", "facts"))
register("chat.Note", personal("author", "text"), harmless("client_id"))
register("chat.Mention", personal("user"))
register("chat.Attachment", personal("name", "file", "preview"), harmless("client_id", "content_type"))
register("chat.Action", personal("arguments", "result"), harmless("kind"))
register("chat.Draft", personal("user", "text"))
register("chat.SavedReply", harmless("shortcut", "text"))
register("chat.Verdict", harmless())
register("chat.Rating", personal("words"), harmless("about"))
register("chat.Imported", harmless("system", "kind", "theirs"))
register("chat.Intent", harmless("name", "description"))
register("chat.Example", harmless("language", "text"))
register(
    "chat.BotVersion",
    personal("created_by"),
    harmless("name", "problem", "intents", "thresholds", "persona", "answers", "knowledge", "figures"),
    harmless("flows", "learned", "checksum"),
)
register("chat.Persona", harmless("language", "name", "tone", "length", "greeting", "says", "never"))
register("chat.Flow", personal("changed_by"), harmless("name", "source", "definition"))
register("chat.Webhook", harmless("name", "address", "sealed"))
register("chat.Serving", personal("by"))
register("chat.SavedView", personal("owner"), harmless("name", "box", "tag", "language", "words"))
register(
    "chat.StockAlert",
    personal("email"),
    export=lambda customer: [
        {"product": each.product.name, "email": each.email, "asked_at": each.asked_at, "told_at": each.told_at}
        for each in _alerts(customer).select_related("product").order_by("pk")
    ],
    erase=lambda customer: _alerts(customer).delete()[0],
)
register("chat.Letter")
register("chat.Later", personal("user", "text"), harmless("client_id"))
register("chat.TalkMerge", personal("by"))
