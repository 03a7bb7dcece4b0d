"""Rules do what they say, once, never because of themselves, and a dry run says before what they then do."""

import random

import pytest
from django.urls import reverse

from analytics.ledger.models import Event
from chat.models import Message
from tests import factories
from tickets import automation, conditions, lifecycle, opening, work
from tickets.models import Kind, Priority, Rule, RuleRun, Ticket, TicketField, TicketStatus, Type

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(shop):
    """A rule, with what it asks as (test, value, group, not)."""

    def made(name, when, *asked, **does):
        one = Rule.objects.create(shop=shop, name=name, when=when, **does)
        for test, value, must, is_not in asked:
            one.conditions.create(test=test, value=value, must=must, is_not=is_not)
        return one

    return made


def every(test, value="", is_not=False):
    return (test, value, "all", is_not)


def some(test, value="", is_not=False):
    return (test, value, "any", is_not)


@pytest.fixture
def outcomes():
    return lambda: list(RuleRun.objects.order_by("pk").values_list("name", "outcome"))


# --- what is done


def test_when_a_ticket_fits_all_of_it_is_done_and_told(rule, ticket, anna, shop, status, hear, fresh, outcomes):
    hear()
    team = factories.TeamFactory(shop=shop)
    rule(
        "Urgent returns", "changed", every("priority-4"), some("type-return"), some("subject", "FLICKERS"),
        team=team, add_tags="hot", status=status("on_hold"),
        reply="We are at it, {customer}.", note="Hurry", speaker=anna,
    )  # fmt: skip
    work.change(ticket.pk, {"priority": 3}, version=ticket.version, by=anna, at=ticket.opened_at)
    hear()
    assert fresh(ticket).team is None
    work.change(ticket.pk, {"priority": 4}, version=fresh(ticket).version, by=anna, at=ticket.opened_at)
    for _again in range(3):
        hear()

    ticket = fresh(ticket)
    assert (ticket.team, ticket.tags, ticket.kind) == (team, ["hot"], Kind.ON_HOLD)
    assert Message.objects.get(author="person").text == "We are at it, Maria Lund."
    assert [note.text for note in ticket.notes.all()] == ["Hurry"]
    assert outcomes() == [("Urgent returns", "done")]
    assert ticket.changes.filter(what="team").get().side == "system"


def test_an_event_that_comes_twice_is_followed_once(rule, ticket, anna, hear, outcomes):
    hear()
    rule("Tag it", "noted", add_tags="noted")
    work.note(ticket.pk, by=anna, text="Hm", client_id="n", at=ticket.opened_at)
    event = Event.objects.get(kind="ticket.noted")
    for _twice in range(2):
        automation.react(event, at=ticket.opened_at)
    assert outcomes() == [("Tag it", "done")]


@pytest.mark.parametrize(
    ("when", "act"),
    [
        ("opened", lambda t, anna, say: opening.by_agent(t.customer, subject="New", by=anna, at=t.opened_at)),
        ("received", lambda t, anna, say: say(t, "Hello?", at=t.opened_at)),
        ("posted", lambda t, anna, say: say(t, "Hello!", at=t.opened_at, by=anna)),
        ("moved", lambda t, anna, say: lifecycle.settle(t.pk, by=t.customer, at=t.opened_at)),
        ("assigned", lambda t, anna, say: work.take(t.pk, by=anna, at=t.opened_at)),
        ("noted", lambda t, anna, say: work.note(t.pk, by=anna, text="Hm", client_id="n", at=t.opened_at)),
    ],
)
def test_each_thing_that_happens_calls_its_rules_alone(when, act, rule, ticket, anna, say, hear, outcomes):
    hear()
    for one in Rule._meta.get_field("when").choices:
        if one[0] != "time":
            rule(one[0], one[0], add_tags="x")
    act(ticket, anna, say)
    hear()
    first = RuleRun.objects.filter(chain=[]).values_list("name", flat=True)
    assert when in set(first)
    assert "rated" not in set(first)


def test_what_cannot_be_done_is_told_and_nothing_of_it_is(rule, ticket, anna, hear, fresh, outcomes, status, after):
    hear()
    rule("Open again", "noted", status=status("open"), add_tags="x", note="Opened", speaker=anna)
    lifecycle.set_status(ticket.pk, status("closed"), by=anna, at=after(1))
    work.note(ticket.pk, by=anna, text="Hm", client_id="n", at=after(2))
    hear()

    assert outcomes() == [("Open again", "refused")]
    assert "closed" in RuleRun.objects.get().why
    assert (fresh(ticket).tags, ticket.notes.count()) == ([], 1)


def test_a_rule_of_another_shop_or_one_that_is_off_does_nothing(rule, ticket, anna, other_shop, hear, outcomes):
    hear()
    Rule.objects.create(shop=other_shop, name="Theirs", when="noted", add_tags="x")
    rule("Off", "noted", add_tags="x", is_on=False)
    work.note(ticket.pk, by=anna, text="Hm", client_id="n", at=ticket.opened_at)
    hear()
    assert outcomes() == []


# --- no rule follows from itself


def test_no_rule_triggers_itself(rule, ticket, anna, hear, outcomes):
    hear()
    rule("Louder", "changed", priority=4, add_tags="loud")
    work.change(ticket.pk, {"type": "task"}, version=ticket.version, by=anna, at=ticket.opened_at)
    for _again in range(6):
        hear()
    assert outcomes() == [("Louder", "done")]


def test_nor_round_a_circle_of_five(rule, ticket, anna, hear, outcomes, fresh):
    hear()
    for number in range(5):
        rule(
            f"R{number}",
            "changed",
            every("tag", f"t{number}"),
            add_tags=f"t{(number + 1) % 5}",
            remove_tags=f"t{number}",
        )
    work.change(ticket.pk, {"tags": ["t0"]}, version=ticket.version, by=anna, at=ticket.opened_at)
    for _again in range(12):
        hear()

    assert [one for one in outcomes() if one[1] == "done"] == [(f"R{number}", "done") for number in range(5)]
    assert {one for one in outcomes() if one[1] != "done"} == {("R0", "loop")}
    assert fresh(ticket).tags == ["t0"]


def test_rules_of_time_do_not_call_each_other_for_ever(rule, ticket, outcomes, after, hear):
    for name in ("One", "Two"):
        rule(name, "time", every("idle", "1"), add_tags=name, remove_tags="one" if name == "Two" else "two")
    for hour in range(2, 40, 2):
        automation.tick(at=after(60 * hour))
        hear()
    assert outcomes() == [("One", "done"), ("Two", "done")]


# --- time


def test_time_goes_by_and_a_word_of_the_customer_begins_anew(rule, ticket, anna, say, after, status, fresh):
    work.reply(ticket.pk, by=anna, text="Which bulb?", client_id="r", at=after(1), status=status("waiting"))
    rule("Remind", "time", every("kind-waiting"), every("idle", "24"), reply="Are you there?", speaker=anna)
    day = 24 * 60
    assert [automation.tick(at=after(minutes)) for minutes in (day, day + 1, day + 2, 3 * day)] == [0, 1, 0, 0]
    say(ticket, "I am", at=after(3 * day + 1))
    lifecycle.set_status(ticket.pk, status("waiting"), by=anna, at=after(3 * day + 2))
    assert [automation.tick(at=after(minutes)) for minutes in (4 * day, 4 * day + 2, 6 * day)] == [0, 1, 0]
    assert Message.objects.filter(text="Are you there?").count() == 2


# --- a dry run


@pytest.mark.parametrize("seed", range(12))
def test_a_dry_run_says_what_is_then_done_on_the_same_events(seed, rule, shop, customer, anna, hear, after):
    """Random tickets, changes and rules; what a rule does changes what later events find."""
    chance = random.Random(seed)
    team = factories.TeamFactory(shop=shop)
    own = TicketField.objects.create(shop=shop, name="Room")
    tickets = [
        opening.from_form(customer, subject=f"{w} lamp", text=w, opening_id=w, at=after()) for w in ("a", "b", "c")
    ]
    for step in range(25):
        one = Ticket.objects.get(pk=chance.choice(tickets).pk)
        wanted = chance.choice(
            [
                {"priority": chance.choice(Priority.values)},
                {"type": chance.choice(Type.values)},
                {"tags": chance.sample(["x", "y"], chance.randrange(3))},
                {"team": chance.choice([None, team])},
                {"fields": {own.pk: chance.choice(["hall", ""])}},
            ]
        )
        work.change(one.pk, wanted, version=one.version, by=anna, at=after(step))
    tests = [
        *("priority-4", "priority-2", "type-task", "type-question", "kind-new", "kind-on_hold", "team-none"),
        f"team-{team.pk}",
    ]
    asked = [
        (chance.choice(tests), "", chance.choice(["all", "any", "any"]), chance.random() < 0.4)
        for _ in range(chance.randrange(1, 4))
    ]
    asked.append((*chance.choice([("tag", "x"), ("subject", "a"), (f"field-{own.pk}", "hall")]), "any", False))
    one = rule(
        "Random", chance.choice(["changed", "assigned"]), *asked,
        priority=chance.choice([None, 1, 4]), type=chance.choice(["", "task"]), add_tags=chance.choice(["", "x"]),
        remove_tags="y", team=chance.choice([None, team]),
        status=chance.choice([None, TicketStatus.objects.get(shop=shop, kind="on_hold")]),
    )  # fmt: skip
    foreseen = [(match.ticket.pk, match.event) for match in automation.dry_run(one, at=after(60))]
    kinds = [kind for kind, when in automation.KINDS.items() if when == one.when]
    for event in list(Event.objects.filter(kind__in=kinds).order_by("pk")):
        automation.react(event, at=after(60))

    assert foreseen == list(RuleRun.objects.order_by("pk").values_list("ticket", "event"))


def test_the_random_dry_runs_have_something_to_say(shop, customer, anna, rule, after):
    """As a guard: a rule that fits everything is foreseen for every event, and nothing is done."""
    ticket = opening.open_ticket(customer, subject="a", by=None, at=after())
    work.change(ticket.pk, {"priority": 4}, version=1, by=anna, at=after(1))
    one = rule("All", "changed", add_tags="x")
    assert len(automation.dry_run(one, at=after(60))) == 1
    assert len(automation.dry_run(one, at=after(60 * 24 * 8))) == 0
    assert Ticket.objects.get().tags == []


# --- what is gone


def test_a_rule_on_a_missing_team_is_switched_off_and_says_why(rule, ticket, anna, shop, hear, fresh, outcomes):
    hear()
    team = factories.TeamFactory(shop=shop)
    one = rule("For the team", "noted", every(f"team-{team.pk}"), add_tags="x")
    team.delete()
    for number in range(2):
        work.note(ticket.pk, by=anna, text="Hm", client_id=f"n{number}", at=ticket.opened_at)
        hear()

    assert outcomes() == [("For the team", "broken")]
    assert RuleRun.objects.get().why == conditions.trouble(one) == "It asks for a team that is gone."
    assert (fresh(one).is_on, fresh(ticket).tags) == (False, [])


# --- in the admin


def form(shop, **more):
    return {
        "shop": shop.pk, "name": "Hurry", "when": "opened", "is_on": "on", "position": 0, "priority": 4,
        "conditions-TOTAL_FORMS": 1, "conditions-INITIAL_FORMS": 0, "conditions-0-must": "all",
        "conditions-0-test": "subject", "conditions-0-value": "smoke", **more,
    }  # fmt: skip


def test_a_rule_is_made_without_a_formula_and_tried(client_of, boss, shop, customer, hear, now, fresh):
    admins, team = client_of(boss), factories.TeamFactory(shop=shop, name="Fire brigade")
    page = admins.get(reverse("admin:tickets_rule_add")).content.decode()
    for words in ("the subject has the words", "waiting on the customer", "Fire brigade", "urgent"):
        assert words in page
    assert admins.post(reverse("admin:tickets_rule_add"), form(shop, team=team.pk)).status_code == 302
    one = Rule.objects.get()
    ticket = opening.open_ticket(customer, subject="Smoke in the lamp", by=None, at=now)
    page = admins.get(reverse("admin:tickets_rule_dry_run", args=[one.pk])).content.decode()
    assert "would have been followed 0 times" in page  # what is long ago
    hear()
    assert (fresh(ticket).priority, fresh(ticket).team) == (4, team)
    assert "Hurry" in admins.get(reverse("admin:tickets_rulerun_changelist")).content.decode()
    assert admins.get(reverse("admin:tickets_rule_change", args=[one.pk])).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"conditions-0-test": "idle", "conditions-0-value": "soon"},
        {"conditions-0-value": ""},
        {"conditions-0-test": "team-999999"},
        {"when": "time"},
        {"priority": ""},
        {"reply": "Hello"},
    ],
)
def test_what_is_no_rule_is_refused(wrong, client_of, boss, shop):
    answer = client_of(boss).post(reverse("admin:tickets_rule_add"), form(shop, **wrong))
    assert (answer.status_code, Rule.objects.count()) == (200, 0)


def test_a_rule_of_another_shop_is_not_there(client_of, boss, other_shop):
    theirs = Rule.objects.create(shop=other_shop, name="Theirs", when="opened", priority=4)
    for name in ("change", "dry_run"):
        assert client_of(boss).get(reverse(f"admin:tickets_rule_{name}", args=[theirs.pk])).status_code in (302, 404)
