"""The clocks against their judge, and on real tickets."""

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from analytics.ledger.models import Event
from chat import outbox
from tests import factories
from tests.tickets import judging, slow_clock
from tickets import lifecycle, opening, promises, work
from tickets.models import Clock, PastTerms, Policy, Ticket, WorkingHours
from tickets.models.promise import DAYS

SEED = 20261128


def test_the_clocks_say_what_their_judge_says():
    for number in range(250):
        case = slow_clock.case(number, seed=SEED)
        assert judging.tell(case) == slow_clock.tell(case), case


# --- on tickets; noon is a Monday in March, 13:00 in Paris


@pytest.fixture
def hours(shop):
    return WorkingHours.objects.create(shop=shop, name="Office", time_zone="Europe/Paris")


@pytest.fixture
def policy(shop, hours):
    return Policy.objects.create(shop=shop, name="Usual", position=5, first=60, next=120, resolution=480, warn=30)


def clock_of(ticket, promise):
    return Clock.objects.get(ticket=ticket, promise=promise)


def paris(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Europe/Paris"))


def test_a_new_ticket_knows_when_it_is_due_at_work(policy, ticket, fresh):
    assert clock_of(ticket, "first").due_at == paris(2, 14)
    assert clock_of(ticket, "resolution").due_at == paris(3, 13)
    assert fresh(ticket).due_at == paris(2, 14)


def test_the_clock_stands_while_we_wait(policy, ticket, anna, say, after, status, fresh):
    work.reply(ticket.pk, by=anna, text="Which bulb?", client_id="r", at=after(30), status=status("waiting"))
    assert fresh(ticket).due_at is None
    say(ticket, "The round one", at=after(120))

    assert clock_of(ticket, "resolution").counted == timedelta(minutes=30)
    assert clock_of(ticket, "next").due_at == fresh(ticket).due_at == paris(2, 17)


def test_the_first_policy_that_fits_holds(policy, shop, customer, now):
    Policy.objects.create(shop=shop, name="Urgent", position=1, priorities=[4], first=10)
    Policy.objects.create(shop=shop, name="Off", position=0, first=1, is_on=False)
    tagged = Policy.objects.create(shop=shop, name="Danger", position=2, tags=["danger"], first=20)
    team = factories.TeamFactory(shop=shop)
    Policy.objects.create(shop=shop, name="Team", position=3, first=40).teams.add(team)

    def first_of(**facts):
        ticket = opening.open_ticket(customer, subject="Dark", by=None, at=now, **facts)
        return clock_of(ticket, "first").promised // timedelta(minutes=1)

    assert first_of() == 60
    assert first_of(priority=4, tags=["danger"]) == 10
    assert first_of(tags=["danger", "x"]) == tagged.first
    assert first_of(team=team) == 40


def test_a_change_of_the_ticket_changes_what_holds(policy, ticket, shop, anna, after, fresh):
    Policy.objects.create(shop=shop, name="Urgent", position=1, priorities=[4], first=45)
    work.change(ticket.pk, {"priority": 4}, version=fresh(ticket).version, by=anna, at=after(15))

    assert (clock_of(ticket, "first").counted, clock_of(ticket, "first").due_at) == (
        timedelta(minutes=15),
        paris(2, 13, 45),
    )


def test_a_team_works_by_its_own_hours(policy, shop, customer, now):
    night = WorkingHours.objects.create(shop=shop, name="Night", time_zone="UTC", monday="20:00-24:00")
    team = factories.TeamFactory(shop=shop)
    night.teams.add(team)
    ticket = opening.open_ticket(customer, subject="Dark", by=None, at=now, team=team)

    assert clock_of(ticket, "first").due_at == now.replace(hour=21)


def test_what_is_due_is_told_once_and_only_if_nobody_answered(policy, ticket, customer, anna, after):
    answered = opening.from_form(customer, subject="Other", text="Hello", opening_id="form-2", at=after())
    assert [lifecycle.watch(at=after(minute)) for minute in (29, 30, 31)] == [0, 2, 0]
    outbox.post_person(answered.conversation, by=anna, text="Hello", client_id="a", at=after(59))  # not heard of yet

    assert [lifecycle.watch(at=after(minute)) for minute in (60, 61)] == [1, 0]
    assert list(ticket.changes.order_by("pk").values_list("what", "new", "at"))[1:] == [
        ("warned", "first reply", after(30)),
        ("broken", "first reply", after(60)),
    ]
    assert Event.objects.filter(kind="ticket.broken").count() == 1
    assert clock_of(answered, "first").broken_at is None


def test_a_breach_that_no_sweep_saw_is_told_by_whoever_comes_late(policy, ticket, anna, after):
    work.reply(ticket.pk, by=anna, text="Sorry", client_id="r", at=after(90))

    assert clock_of(ticket, "first").broken_at == after(60)
    assert list(ticket.changes.filter(what="broken").values_list("at", flat=True)) == [after(60)]


@pytest.mark.django_db(transaction=True)
def test_four_sweeps_at_once_tell_each_breach_once(policy, customer, now, after):
    for place in range(12):
        opening.open_ticket(customer, subject=f"Lamp {place}", by=None, at=now)
    told, start = [], threading.Barrier(4)

    def sweep():
        start.wait()
        told.append(lifecycle.watch(at=after(61)))
        connection.close()

    crowd = [threading.Thread(target=sweep) for _ in range(4)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(60)

    assert sum(told) == 24
    assert Event.objects.filter(kind="ticket.broken").count() == 12
    assert Event.objects.filter(kind="ticket.warned").count() == 12


def test_an_admin_changes_hours_and_promises_and_what_was_counted_stays(client_of, boss, policy, hours, ticket, shop):
    Clock.objects.update(counted=timedelta(minutes=20), running_since=paris(2, 13))  # as if it were noon now
    browser = client_of(boss)
    page = reverse("admin:tickets_policy_change", args=[policy.pk])
    data = {"shop": shop.pk, "name": "Usual", "position": 5, "is_on": "on", "first": 15, "warn": 0, "tags": ""}
    assert browser.post(page, data).status_code == 302
    promises.step(shop.pk, after=0, at=timezone.now())
    first = clock_of(ticket, "first")
    assert (first.promised, first.broken_at is not None) == (timedelta(minutes=15), True)

    before = first.counted
    assert browser.post(reverse("admin:tickets_policy_delete", args=[policy.pk]), {"post": "yes"}).status_code == 302
    promises.step(shop.pk, after=0, at=timezone.now())
    assert (clock_of(ticket, "first").promised, clock_of(ticket, "first").counted >= before) == (None, True)


def test_each_change_counts_from_its_own_moment_on_also_for_a_ticket_nobody_touched(
    policy, hours, ticket, shop, after, fresh
):
    promises.change(shop, at=after(10))
    hours.monday = "9:00-12:00"  # so nobody is at work any more
    hours.save()
    promises.change(shop, at=after(30))
    hours.monday = "9:00-17:00"
    hours.save()
    promises.change(shop, at=after(40))
    policy.first = 45
    policy.save()

    assert lifecycle.watch(at=after(30)) == 0  # by the old book it would be soon due
    first = clock_of(ticket, "first")
    assert (first.counted, first.running_since) == (timedelta(minutes=20), after(40))
    assert (first.due_at, fresh(ticket).due_at) == (after(65), after(65))


def test_a_change_of_a_promise_touches_no_ticket_in_the_request(
    policy, ticket, customer, client_of, boss, shop, now, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(promises, "STEP", 2)
    for place in range(4):
        opening.open_ticket(customer, subject=f"Lamp {place}", by=None, at=now)
    data = {"shop": shop.pk, "name": "Usual", "position": 5, "is_on": "on", "first": 15, "warn": 0, "tags": ""}
    browser = client_of(boss)
    with django_assert_max_num_queries(40) as asked:
        assert browser.post(reverse("admin:tickets_policy_change", args=[policy.pk]), data).status_code == 302
    assert not [one for one in asked if "tickets_clock" in one["sql"] or 'FROM "tickets_ticket"' in one["sql"]]

    steps, last = 0, 0
    while (last := promises.step(shop.pk, after=last, at=now)) is not None:
        steps += 1
    assert steps == 3
    assert set(Clock.objects.filter(promise="first").values_list("promised", flat=True)) == {timedelta(minutes=15)}
    assert not PastTerms.objects.filter(recounted_at=None).exists()


def test_an_admin_of_the_shop_writes_down_holidays(client_of, boss, shop):
    days = dict.fromkeys(DAYS, "9:00-17:00")
    rows = {
        "holidays-TOTAL_FORMS": 1,
        "holidays-INITIAL_FORMS": 0,
        "holidays-0-on": "2026-12-25",
        "holidays-0-name": "X",
    }
    data = {"shop": shop.pk, "name": "Office", "time_zone": "Europe/Paris", **days, **rows}
    assert client_of(boss).post(reverse("admin:tickets_workinghours_add"), data).status_code == 302
    assert str(WorkingHours.objects.get().holidays.get().on) == "2026-12-25"


@pytest.mark.parametrize("text", ["9-17", "17:00-9:00", "9:00-25:00", "9:00-12:00, 11:00-13:00", "9:60-10:00", "x"])
def test_hours_that_nobody_understands_are_refused(hours, text):
    hours.monday = text
    with pytest.raises(ValidationError, match=r"not understood"):
        hours.full_clean()


def test_the_list_tells_what_is_overdue_and_puts_it_first(policy, ticket, customer, client_of, anna):
    later = opening.by_agent(customer, subject="Unhurried", by=anna, at=paris(2, 8))
    Ticket.objects.filter(pk=later.pk).update(due_at=None)
    page = client_of(anna).get(reverse("tickets:tickets"), {"order": "due"})

    assert [one.pk for one in page.context["page"]] == [ticket.pk, later.pk]
    assert "overdue ·" in page.content.decode()
