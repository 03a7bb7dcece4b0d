from chat.models.action import Action
from chat.models.attachment import Attachment
from chat.models.conversation import Channel, Conversation, Holder, ToldBy
from chat.models.desk import Draft, SavedReply
from chat.models.flow import Flow, Webhook
from chat.models.handoff import Handoff
from chat.models.imported import Imported
from chat.models.joined import TalkMerge
from chat.models.later import Later
from chat.models.letter import Letter
from chat.models.message import Author, Message
from chat.models.note import Mention, Note
from chat.models.opinion import Rating, Verdict
from chat.models.persona import Persona
from chat.models.stock import StockAlert
from chat.models.understanding import BotVersion, Example, Intent, Serving
from chat.models.view import SavedView

__all__ = [
    "Action",
    "Attachment",
    "Author",
    "BotVersion",
    "Channel",
    "Conversation",
    "Draft",
    "Example",
    "Flow",
    "Handoff",
    "Holder",
    "Imported",
    "Intent",
    "Later",
    "Letter",
    "Mention",
    "Message",
    "Note",
    "Persona",
    "Rating",
    "SavedReply",
    "SavedView",
    "Serving",
    "StockAlert",
    "TalkMerge",
    "ToldBy",
    "Verdict",
    "Webhook",
]
