"""What a rule asks of a ticket: as a choice for people, and as a question to a ticket."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Shop, Team, User
from tickets import fields, statuses
from tickets.models import Channel, Kind, Priority, Rule, RuleCondition, Ticket, TicketField, TicketStatus, Type

HOURS = ("idle", "age")  # of these the value is a number of hours
WORDS = ("subject", "tag")
Group = tuple[str, list[tuple[str, str]]]


def choices(shop: Shop) -> list[Group]:
    """All that can be asked, in groups, as people say it."""
    people = User.objects.team_of(shop).order_by("name", "pk")
    own = statuses.of(shop)
    groups = [
        (_("Status"), [*((f"kind-{kind}", str(label)) for kind, label in Kind.choices), *_named(own)]),
        (_("Priority"), [(f"priority-{value}", str(label)) for value, label in Priority.choices]),
        (_("Type"), [(f"type-{value}", str(label)) for value, label in Type.choices]),
        (_("Team"), [("team-none", _("no team")), *((f"team-{t.pk}", t.name) for t in Team.objects.filter(shop=shop))]),
        (_("Assignee"), [("person-none", _("nobody")), *((f"person-{one.pk}", str(one)) for one in people)]),
        (_("Came by"), [(f"channel-{value}", str(label)) for value, label in Channel.choices]),
        (_("Words"), [("subject", _("the subject has the words …")), ("tag", _("it has the tag …"))]),
        (_("Hours"), [("idle", _("nothing changed for … hours")), ("age", _("it was opened … hours ago or more"))]),
    ]
    asked = [(f"field-{one.pk}", _("%(name)s says …") % {"name": one.name}) for one in fields.of(shop)]
    return [*groups, (_("Fields"), asked)] if asked else groups


def trouble(rule: Rule) -> str:
    """What is wrong with a rule: what it asks for is gone. Nothing, if it can be followed."""
    for condition in rule.conditions.all():
        what, _dash, which = condition.test.partition("-")
        model = _ROWS.get(what)
        if model is None or which == "none":
            continue
        if not which.isdigit() or not model.objects.filter(pk=which).exists():
            return _GONE[what]()
    return ""


def fits(rule: Rule, ticket: Ticket, *, at: datetime) -> bool:
    """All of the ones, and any of the others."""
    all_of = [one for one in rule.conditions.all() if one.must == RuleCondition.Must.ALL]
    any_of = [one for one in rule.conditions.all() if one.must == RuleCondition.Must.ANY]
    return all(_is(one, ticket, at) for one in all_of) and (not any_of or any(_is(one, ticket, at) for one in any_of))


def hours(conditions: Iterable[RuleCondition], what: str) -> timedelta | None:
    """How long something must be ago at least for all to be so; none if it does not matter."""
    found = [
        timedelta(hours=float(one.value))
        for one in conditions
        if one.test == what and one.must == RuleCondition.Must.ALL and not one.is_not
    ]
    return max(found, default=None)


def _is(condition: RuleCondition, ticket: Ticket, at: datetime) -> bool:
    return _answer(condition, ticket, at) != condition.is_not


def _answer(condition: RuleCondition, ticket: Ticket, at: datetime) -> bool:
    what, _dash, which = condition.test.partition("-")
    said = condition.value.strip().lower()
    match what:
        case "kind":
            return ticket.kind == which
        case "status":
            return str(ticket.status_id) == which
        case "priority":
            return str(ticket.priority) == which
        case "type":
            return ticket.type == which
        case "channel":
            return ticket.channel == which
        case "team":
            return str(ticket.team_id or "none") == which
        case "person":
            return str(ticket.assignee_id or "none") == which
        case "subject":
            return said in ticket.subject.lower()
        case "tag":
            return said in ticket.tags
        case "field":
            return fields.values(ticket).get(int(which), "").lower() == said
        case "idle":
            return at - ticket.changed_at >= timedelta(hours=float(said))
        case "age":
            return at - ticket.opened_at >= timedelta(hours=float(said))
    return False


def _named(own: list[TicketStatus]) -> list[tuple[str, str]]:
    """Those a shop has given names to; the usual ones are the kinds."""
    return [(f"status-{one.pk}", one.name) for one in own if one.name]


_ROWS: dict[str, Any] = {"team": Team, "person": User, "status": TicketStatus, "field": TicketField}
_GONE = {
    "team": lambda: _("It asks for a team that is gone."),
    "person": lambda: _("It asks for a person who is gone."),
    "status": lambda: _("It asks for a status that is gone."),
    "field": lambda: _("It asks for a field that is gone."),
}
