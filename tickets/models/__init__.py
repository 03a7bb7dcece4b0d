from tickets.models.change import TicketChange, TicketNote
from tickets.models.merge import TicketMerge
from tickets.models.promise import Clock, Holiday, PastTerms, Policy, Promise, WorkingHours
from tickets.models.status import Kind, TicketStatus
from tickets.models.ticket import Channel, Priority, Ticket, TicketCount, Type

__all__ = [
    "Channel",
    "Clock",
    "Holiday",
    "Kind",
    "PastTerms",
    "Policy",
    "Priority",
    "Promise",
    "Ticket",
    "TicketChange",
    "TicketCount",
    "TicketMerge",
    "TicketNote",
    "TicketStatus",
    "Type",
    "WorkingHours",
]
