"""Rules: when something happens to a ticket, if it fits, then something is done.

A rule never follows from itself: each thing it does is remembered with the rules before it, and what a rule caused
calls only rules that are not among those.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import shared_task
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, prefetch_related_objects
from django.utils import timezone

from accounts.presence import NotOnTheTeam
from analytics.ledger.cursors import newest
from analytics.ledger.models import Event
from tickets import conditions, lifecycle, macros, ports, statuses, work
from tickets.models import Kind, Rule, RuleRun, Ticket
from tickets.models.rule import When

KINDS = {
    "ticket.opened": When.OPENED,
    "message.received": When.RECEIVED,
    "message.posted": When.POSTED,
    "ticket.moved": When.MOVED,
    "ticket.assigned": When.ASSIGNED,
    "ticket.changed": When.CHANGED,
    "ticket.noted": When.NOTED,
    "ticket.warned": When.WARNED,
    "ticket.broken": When.BROKEN,
    "ticket.rated": When.RATED,
}
REFUSALS = (ports.Refused, lifecycle.Closed, lifecycle.NotNow, work.Unfit, NotOnTheTeam)
LAST, LOOKED_AT = timedelta(days=7), 2000  # a dry run: how far back, and at how many events or tickets


@dataclass(frozen=True)
class Match:
    """That a rule would be followed."""

    ticket: Ticket
    event: int | None
    at: datetime


def react(event: Event, *, at: datetime) -> None:
    """Follow the rules that wait for this, one after the other."""
    rules = list(_on().filter(shop=event.shop_id, when=KINDS[event.kind]))
    ticket_id = _ticket_of(event) if rules else None
    if ticket_id is None:
        return
    chain = _chain(event.pk)
    for rule in rules:
        if _follow(rule, ticket_id, event=event.pk, chain=chain, at=at):
            chain = [*chain, rule.pk]  # what follows finds the ticket as this one left it


@shared_task(name="tickets.follow_time")
def follow_time() -> int:
    return tick(at=timezone.now())


def tick(*, at: datetime) -> int:
    """Follow the rules that wait for time to go by; how often one was followed."""
    followed = 0
    for rule in _on().filter(when=When.TIME):
        waiting = _waiting(rule, at=at).values_list("pk", flat=True)
        followed += sum(_follow(rule, pk, event=None, chain=[], at=at) for pk in waiting.iterator(chunk_size=500))
    return followed


def dry_run(rule: Rule, *, at: datetime) -> list[Match]:
    """What a rule would be followed for: of what happened last week, or now. Nothing is done.

    What a ticket was then nobody knows: it is asked what it is now, and what the rule itself would have made of it.
    """
    if rule.when == When.TIME:
        found = _waiting(rule, at=at)[:LOOKED_AT]
        return [Match(one, None, at) for one in found if conditions.fits(rule, one, at=at) and _is_new(rule, one)]
    kinds = [kind for kind, when in KINDS.items() if when == rule.when]
    happened = Event.objects.filter(kind__in=kinds, shop_id=rule.shop_id, at__gte=at - LAST)
    events = list(happened.order_by("-pk")[:LOOKED_AT])[::-1]
    own = RuleRun.objects.filter(caused__overlap=[event.pk for event in events])
    caused = {pk for run in own if rule.pk in (run.rule_id, *run.chain) for pk in run.caused}
    prefetch_related_objects([rule], "conditions")
    of_subject = {event.subject: event for event in events}
    pks = {subject: _ticket_of(event) for subject, event in of_subject.items()}
    known = Ticket.objects.select_related("status", "shop", "customer").filter(pk__in={pk for pk in pks.values() if pk})
    imagined = {ticket.pk: ticket for ticket in known}
    matches = []
    for event in events:
        ticket = imagined.get(pks[event.subject] or 0)
        if ticket is not None and event.pk not in caused and conditions.fits(rule, ticket, at=at):
            matches.append(Match(ticket, event.pk, event.at))
            _imagine(rule, ticket, at=at)
    return matches


@transaction.atomic
def _follow(rule: Rule, ticket_id: int, *, event: int | None, chain: list[int], at: datetime) -> bool:
    ticket = lifecycle.lock_to_speak(ticket_id)
    if event is not None and RuleRun.objects.filter(rule=rule, event=event).exists():
        return False
    told = {"rule": rule, "name": rule.name, "ticket": ticket, "event": event, "chain": chain, "at": at}
    if why := conditions.trouble(rule):
        if Rule.objects.filter(pk=rule.pk, is_on=True).update(is_on=False):
            RuleRun.objects.create(outcome=RuleRun.Outcome.BROKEN, why=why, **told)
        return False
    if not conditions.fits(rule, ticket, at=at) or (event is None and not _is_new(rule, ticket)):
        return False
    if rule.pk in chain:
        if chain[-1] != rule.pk:  # that it is not its own cause need not be told
            RuleRun.objects.create(outcome=RuleRun.Outcome.LOOP, **told)
        return False
    before = newest()
    try:
        with transaction.atomic():
            _do(rule, ticket, key=f"rule-{rule.pk}-{event or at.timestamp()}", at=at)
    except REFUSALS as why_not:
        RuleRun.objects.create(outcome=RuleRun.Outcome.REFUSED, why=str(why_not)[:300], **told)
        return False
    RuleRun.objects.create(outcome=RuleRun.Outcome.DONE, caused=_ours_since(before), **told)
    return True


def _do(rule: Rule, ticket: Ticket, *, key: str, at: datetime) -> None:
    if ticket.merged_into_id:
        raise lifecycle.Closed
    macros.do(ticket, rule, by=None, speaker=rule.speaker, client_id=key[:64], at=at)
    lifecycle.keep(ticket, at=at)


def _on() -> QuerySet[Rule]:
    known = Rule.objects.filter(is_on=True).select_related("shop", "status", "team", "assignee", "speaker")
    return known.prefetch_related("conditions").order_by("position", "pk")


def _ticket_of(event: Event) -> int | None:
    what, _colon, pk = event.subject.partition(":")
    if what == "ticket":
        return int(pk) if Ticket.objects.filter(pk=pk).exists() else None
    of_talk = Ticket.objects.filter(conversation=pk).order_by("-number")
    return of_talk.values_list("pk", flat=True).first()


def _chain(event: int) -> list[int]:
    """The rules of which this event is a consequence."""
    run = RuleRun.objects.filter(caused__contains=[event]).first()
    return [] if run is None else [*run.chain, *([run.rule_id] if run.rule_id else [])]


def _ours_since(event: int) -> list[int]:
    """What was recorded in this transaction after an event."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_event WHERE id > %s AND xid = pg_current_xact_id() ORDER BY id", [event])
        return [pk for (pk,) in cursor.fetchall()]


def _waiting(rule: Rule, *, at: datetime) -> QuerySet[Ticket]:
    """Tickets that a rule of time may be for, the longest untouched first; it has not been since they changed."""
    found = Ticket.objects.filter(shop=rule.shop_id, merged_into=None).exclude(kind=Kind.CLOSED)
    asked = list(rule.conditions.all())
    if (idle := conditions.hours(asked, "idle")) is not None:
        found = found.filter(changed_at__lte=at - idle)
    if (age := conditions.hours(asked, "age")) is not None:
        found = found.filter(opened_at__lte=at - age)
    done = RuleRun.objects.filter(rule=rule, ticket=OuterRef("pk"), at__gte=OuterRef("changed_at"))
    return found.exclude(Exists(done)).order_by(F("changed_at"), "pk").select_related("status", "shop", "customer")


def _is_new(rule: Rule, ticket: Ticket) -> bool:
    """Whether a person did something since a rule of time was followed last: other rules do not call it again."""
    last = RuleRun.objects.filter(rule=rule, ticket=ticket).order_by("-at").values_list("at", flat=True).first()
    if last is None:
        return True
    if ticket.changes.filter(at__gt=last).exclude(side="system").exists():
        return True
    if ticket.notes.filter(at__gt=last).exclude(client_id__startswith="rule-").exists():
        return True
    said = ports.talks.said_since(ticket.conversation, ticket.begins_after) if ticket.conversation else ()
    return any(one.side == "customer" and one.at > last for one in said)


def _imagine(rule: Rule, ticket: Ticket, *, at: datetime) -> None:
    """What the rule would make of it, in memory alone."""
    if rule.reply and ticket.kind == Kind.NEW:
        ticket.status = statuses.first(ticket.shop, Kind.OPEN)
        ticket.kind = ticket.status.kind
    wanted = macros.wanted(ticket, rule)
    if ticket.merged_into_id or (ticket.kind == Kind.CLOSED and wanted.get("status", ticket.status) != ticket.status):
        return
    for part, value in wanted.items():
        setattr(ticket, part, value)
    ticket.kind, ticket.changed_at = ticket.status.kind, max(at, ticket.changed_at)
