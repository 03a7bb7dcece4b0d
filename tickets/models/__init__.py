from tickets.models.change import TicketChange, TicketNote
from tickets.models.desk import TicketDraft, TicketView
from tickets.models.doing import Doing, Macro
from tickets.models.field import TicketField, TicketValue
from tickets.models.merge import TicketMerge
from tickets.models.promise import Clock, Holiday, PastTerms, Policy, Promise, WorkingHours
from tickets.models.rule import Rule, RuleCondition, RuleRun
from tickets.models.status import Kind, TicketStatus
from tickets.models.ticket import Channel, Priority, Ticket, TicketCount, Type

__all__ = [
    "Channel",
    "Clock",
    "Doing",
    "Holiday",
    "Kind",
    "Macro",
    "PastTerms",
    "Policy",
    "Priority",
    "Promise",
    "Rule",
    "RuleCondition",
    "RuleRun",
    "Ticket",
    "TicketChange",
    "TicketCount",
    "TicketDraft",
    "TicketField",
    "TicketMerge",
    "TicketNote",
    "TicketStatus",
    "TicketValue",
    "TicketView",
    "Type",
    "WorkingHours",
]
