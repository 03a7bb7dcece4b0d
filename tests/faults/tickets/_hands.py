"""Each round begins with fresh tickets and lets threads loose on them at the same moment."""

import random
import threading
from collections.abc import Callable, Iterator
from functools import partial

from django.db import connection

from accounts.models import Role
from accounts.opening import open_shop
from analytics.ledger.models import Event
from chat.models import Message
from tests.factories import NOON, CustomerFactory, MembershipFactory, UserFactory
from tests.figures import Figure
from tickets import automation, joining, lifecycle, macros, opening, work
from tickets.models import Macro, Rule, RuleRun, Ticket, TicketMerge

SEED, ROUNDS, DRY_RUNS = 9002, 100, 60


def measure() -> Iterator[Figure]:
    shop = open_shop("Hands", "hands", at=NOON)
    anna, ben = (UserFactory(name=name) for name in ("Anna", "Ben"))
    for agent in (anna, ben):
        MembershipFactory(user=agent, shop=shop, role=Role.AGENT)
    customer = CustomerFactory(shop=shop)
    yield from _merged(customer, anna, ben)
    yield from _together(customer, shop, anna, ben)
    yield from _circle(customer, shop)
    yield from _foreseen(customer, shop, anna)


def _merged(customer, anna, ben) -> Iterator[Figure]:
    wrong = failed = 0
    for number in range(ROUNDS):
        one, other = (_opened(customer, f"{number}-{side}") for side in "ab")
        refused: list[Exception] = []
        failed += _at_once(
            partial(_refusing, refused, joining.merge, one.pk, other.pk, by=anna, at=NOON),
            partial(_refusing, refused, joining.merge, other.pk, one.pk, by=ben, at=NOON),
        )
        done = TicketMerge.objects.filter(source__in=(one, other)).count()
        wrong += (done, len(refused)) != (1, 1)
    yield Figure("tickets.merged_both_ways.not_exactly_once", wrong, "rounds", 0, n=ROUNDS)
    yield Figure("tickets.merged_both_ways.failed", failed, "threads", 0, n=2 * ROUNDS)


def _together(customer, shop, anna, ben) -> Iterator[Figure]:
    macro = Macro.objects.create(shop=shop, name="M", add_tags="macro", reply="By macro", note="Macro", priority=3)
    rule = Rule.objects.create(
        shop=shop, name="R", when="opened", add_tags="rule", reply="By rule", note="Rule", speaker=ben
    )
    lost = failed = 0
    for number in range(ROUNDS):
        ticket = _opened(customer, f"together-{number}")
        event = Event.objects.get(kind="ticket.opened", subject=f"ticket:{ticket.pk}")
        failed += _at_once(
            partial(macros.use, ticket.pk, macro, by=anna, client_id="m", at=NOON),
            partial(automation.react, event, at=NOON),
            partial(work.reply, ticket.pk, by=ben, text="By hand", client_id="r", at=NOON),
            partial(lifecycle.hear_talk, ticket.conversation),
        )
        found = Ticket.objects.get(pk=ticket.pk)
        said = set(Message.objects.filter(conversation=ticket.conversation).values_list("text", flat=True))
        lost += len({"By macro", "By rule", "By hand"} - said)
        lost += len({"macro", "rule"} - set(found.tags)) + (found.priority != 3)
        lost += len({"Macro", "Rule"} - {note.text for note in found.notes.all()})
    rule.delete()
    yield Figure("tickets.macro_rule_and_reply.lost", lost, "changes", 0, n=8 * ROUNDS)
    yield Figure("tickets.macro_rule_and_reply.failed", failed, "threads", 0, n=4 * ROUNDS)


def _circle(customer, shop) -> Iterator[Figure]:
    """Five rules, each the cause of the next; every event they make is handed to them until none comes."""
    rules = []
    for number in range(5):
        rules.append(
            Rule.objects.create(
                shop=shop, name=f"R{number}", when="changed", add_tags=f"t{(number + 1) % 5}", remove_tags=f"t{number}"
            )
        )
        rules[-1].conditions.create(test="tag", value=f"t{number}")
    again = 0
    for number in range(ROUNDS // 10):
        ticket, after = _opened(customer, f"circle-{number}"), Event.objects.latest("pk").pk
        work.change(ticket.pk, {"tags": ["t0"]}, version=ticket.version, by=UserFactory(), at=NOON)
        for _turn in range(20):
            new = list(Event.objects.filter(pk__gt=after, kind__in=automation.KINDS).order_by("pk"))
            for event in new:
                after = event.pk
                automation.react(event, at=NOON)
        done = list(RuleRun.objects.filter(ticket=ticket, outcome="done").values_list("name", flat=True))
        again += len(done) - len(set(done)) + (set(done) != {rule.name for rule in rules})
    for rule in rules:
        rule.delete()
    yield Figure("tickets.rules_in_a_circle.followed_again", again, "runs", 0, n=ROUNDS // 10)


def _foreseen(customer, shop, anna) -> Iterator[Figure]:
    """A dry run against what is then done on the same events: random tickets, changes, and rules."""
    otherwise = matched = 0
    for number in range(DRY_RUNS):
        chance = random.Random(SEED + number)
        tickets, start = [_opened(customer, f"dry-{number}-{n}") for n in range(3)], Event.objects.latest("pk").pk
        for _step in range(15):
            one = Ticket.objects.get(pk=chance.choice(tickets).pk)
            wanted = chance.choice(
                [
                    {"priority": chance.randint(1, 4)},
                    {"tags": chance.sample(["x", "y"], chance.randrange(3))},
                    {"type": chance.choice(["task", "question"])},
                ]
            )
            work.change(one.pk, wanted, version=one.version, by=anna, at=NOON)
        rule = Rule.objects.create(
            shop=shop, name=f"D{number}", when="changed", priority=chance.choice([None, 1, 4]),
            add_tags=chance.choice(["x", "z"]), remove_tags=chance.choice(["", "y"]),
        )  # fmt: skip
        for test, value in chance.sample([("priority-4", ""), ("type-task", ""), ("tag", "x"), ("priority-2", "")], 2):
            rule.conditions.create(
                test=test, value=value, must=chance.choice(["all", "any"]), is_not=chance.random() < 0.4
            )
        foreseen = {(one.ticket.pk, one.event) for one in automation.dry_run(rule, at=NOON) if one.event > start}
        for event in list(Event.objects.filter(pk__gt=start, kind="ticket.changed").order_by("pk")):
            automation.react(event, at=NOON)
        done = set(RuleRun.objects.filter(rule=rule).values_list("ticket", "event"))
        otherwise += foreseen != done
        matched += len(done)
        rule.delete()
    yield Figure("tickets.dry_runs.otherwise", otherwise, "rules", 0, n=DRY_RUNS, seed=SEED)
    yield Figure("tickets.dry_runs.followed", matched, "times", n=DRY_RUNS, seed=SEED)


def _opened(customer, name: str) -> Ticket:
    return opening.from_form(customer, subject=name, text="Dark", opening_id=name, at=NOON)


def _refusing(refused: list[Exception], act: Callable[..., object], *given, **more) -> None:
    try:
        act(*given, **more)
    except joining.CannotMerge as why:
        refused.append(why)


def _at_once(*acts: Callable[[], object]) -> int:
    """Each in a thread of its own, at the same moment; how many failed."""
    start, failures = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except Exception as failure:
            failures.append(failure)
            print(f"# {failure!r}", flush=True)
        finally:
            connection.close()

    crowd = [threading.Thread(target=run, args=(act,)) for act in acts]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    return len(failures)
