"""The demo's tickets: one in every state, come about through the stories at their times."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Customer, Order, Shop, User
from tickets import joining, lifecycle, opening, statuses, work
from tickets.models import Kind, Macro, Policy, Priority, Rule, Ticket, TicketField, Type, WorkingHours

FIRST, SOLVED = timedelta(minutes=35), timedelta(hours=5)


@dataclass(frozen=True)
class Script:
    """What somebody wrote, what a colleague answered and what it came to; without an answer it was taken by phone."""

    ago: timedelta
    email: str
    subject: str
    text: str
    ends: str
    reply: str = ""
    note: str = ""
    by: str = "anna"
    type: str = Type.QUESTION
    priority: int = Priority.NORMAL
    tags: tuple[str, ...] = ()
    score: int = 0


_SCRIPTS = {
    "lumen-and-loom": [
        Script(
            timedelta(days=24),
            "priya.raman@letters.example",
            "Loose thread on my throw",
            "One corner of the wool throw has come loose. Can it be mended?",
            Kind.CLOSED,
            "Yes. Send it to our workshop in Lyon with the label in your mail. Mending takes a week and costs nothing.",
            type=Type.PROBLEM,
            tags=("wool", "repair"),
            score=5,
        ),
        Script(
            timedelta(days=2, hours=4),
            "callum.reid@letters.example",
            "Invoice with our company name",
            "Could the invoice carry the name of our company, please?",
            Kind.SOLVED,
            "It does now. You will find the new one beside your order.",
            by="ben",
            tags=("invoice",),
            score=4,
        ),
        Script(
            timedelta(days=1, hours=3),
            "maria@demo.example",
            "The dimmer hums at half light",
            "At half light the dimmer hums. At full light it is quiet.",
            Kind.WAITING,
            "That is often the bulb. Which one is in the lamp? Its number stands on the base.",
            note="If it is not the bulb: swap the dimmer, there are four in the workshop.",
            type=Type.PROBLEM,
            tags=("dimmer",),
        ),
        Script(
            timedelta(days=3),
            "giulia.conti@lettere.example",
            "A shade that matches the one of 2019",
            "I look for a second shade like the one I bought in 2019.",
            Kind.ON_HOLD,
            "The weaver still has the pattern. I have asked for the colour and will write as soon as it is certain.",
            by="ben",
            tags=("shade",),
        ),
        Script(
            timedelta(hours=20),
            "kim@demo.example",
            "Curtains for a bay window",
            "",
            Kind.OPEN,
            note="Called and gave the measures: 3 x 92 cm, 240 cm high. Wants an offer by Friday.",
            type=Type.TASK,
        ),
        Script(
            timedelta(days=2),
            "sigrid.haugen@brev.example",
            "Parcel came wet",
            "",
            Kind.NEW,
            note="By phone: the carton was wet through, the lamp does not light.",
            type=Type.RETURN,
            priority=Priority.URGENT,
            tags=("damaged",),
            by="",
        ),
    ],
    "small-hours": [
        Script(
            timedelta(days=1),
            "niamh.doyle@post.example",
            "Zip of the sleeping bag",
            "The zip of the sleeping bag catches. Is there a spare slider?",
            Kind.WAITING,
            "There is, and it is free. Is yours the 70 cm or the 90 cm one?",
            by="ben",
            type=Type.PROBLEM,
        ),
    ],
}
_TWICE = "Is the parcel insured", "And one more thing about my parcel"


@transaction.atomic
def seed(shop: Shop, *, at: datetime) -> None:
    """Let every ticket come about, oldest first; a shop that has some is left as it is."""
    if Ticket.objects.filter(shop=shop).exists() or shop.slug not in _SCRIPTS:
        return
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    hours = WorkingHours(shop=shop, name="Workshop", time_zone=shop.time_zone)
    for day in days:
        setattr(hours, day, "9:00-12:30, 13:30-18:00")
    hours.save()
    Policy.objects.create(
        shop=shop, name="Urgent", position=1, priorities=[Priority.URGENT], first=60, next=60, resolution=480
    )
    Policy.objects.create(shop=shop, name="Usual", position=2, first=240, next=480, resolution=1440, warn=60)
    Macro.objects.create(
        shop=shop,
        name="Ask for a picture",
        status=statuses.first(shop, Kind.WAITING),
        add_tags="picture",
        reply="Hello {customer}, could you send us a picture of it? Then we know at once what to do.",
        takes=True,
    )
    Macro.objects.create(shop=shop, name="Make it urgent", priority=Priority.URGENT, note="Please look at this first.")
    TicketField.objects.create(shop=shop, name="Found", kind="choice", choices="In the parcel\nAfter some use")
    rule = Rule.objects.create(
        shop=shop,
        name="Promises that break are urgent",
        when="broken",
        priority=Priority.URGENT,
        add_tags="late",
        is_on=False,
    )
    rule.conditions.create(test="priority-4", is_not=True)
    for script in sorted(_SCRIPTS[shop.slug], key=lambda script: script.ago, reverse=True):
        _happen(shop, script, at=at - script.ago)
    _twice(shop, at=at - timedelta(hours=30))
    lifecycle.watch(at=at)


def _happen(shop: Shop, script: Script, *, at: datetime) -> None:
    customer = Customer.objects.present().get(shop=shop, email=script.email)
    facts = {"type": script.type, "priority": script.priority, "tags": list(script.tags)}
    agent = _person(script.by or "ben")
    if script.text:
        bought = Order.objects.filter(customer=customer, placed_at__lt=at).newest_first()[:1]
        key = f"demo-{script.ago}"
        ticket = opening.from_form(
            customer, subject=script.subject, text=script.text, opening_id=key, at=at, orders=bought, **facts
        )
        work.reply(ticket.pk, by=agent, text=script.reply, client_id=f"{key}-reply", at=at + FIRST)
    else:
        taker = agent if script.by else None
        ticket = opening.by_agent(customer, subject=script.subject, by=agent, assignee=taker, at=at, **facts)
    if script.note:
        work.note(ticket.pk, by=agent, text=script.note, client_id="demo-note", at=at + FIRST)
    _end(ticket, script, agent, at=at)


def _end(ticket: Ticket, script: Script, agent: User, *, at: datetime) -> None:
    is_done = script.ends in (Kind.SOLVED, Kind.CLOSED)
    first = Kind.SOLVED if is_done else script.ends
    when = at + (SOLVED if is_done else FIRST)
    lifecycle.set_status(ticket.pk, statuses.first(ticket.shop, first), by=agent, at=when)
    if script.score:
        lifecycle.rate(ticket.pk, score=script.score, words="", by=ticket.customer, at=when + SOLVED)
    if script.ends == Kind.CLOSED:
        lifecycle.close(ticket.pk, at=when + lifecycle.grace() + FIRST)


def _twice(shop: Shop, *, at: datetime) -> None:
    """Somebody asked twice, and it became one."""
    customer, ben = Customer.objects.present().filter(shop=shop).earliest("pk"), _person("ben")
    one, other = (opening.by_agent(customer, subject=subject, by=ben, assignee=ben, at=at) for subject in _TWICE)
    joining.merge(other.pk, one.pk, by=ben, at=at + FIRST)


def _person(name: str) -> User:
    person: User = User.objects.get(email=f"{name}@demo.example")
    return person
