"""The judge itself, on cases small enough for a wall clock and ten fingers."""

from datetime import UTC, date, datetime, timedelta

from tests.tickets.slow_clock import Case, Happening, Hours, Policy, case, tell

OFFICE = (((540, 1020),),) * 5 + ((),) * 2
ALWAYS = (((0, 1440),),) * 7
PARIS = "Europe/Paris"


def paris(day, hour, minute=0, month=3):
    from zoneinfo import ZoneInfo

    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(PARIS)).astimezone(UTC)


def told(*happenings, opened_at, now, hours=None, first=None, following=None, resolution=None, warn=0):
    minutes = {"first": first, "next": following, "resolution": resolution}
    policy = Policy(hours or Hours(PARIS, OFFICE), minutes, warn)
    return tell(Case(0, timedelta(minutes=5), opened_at, policy, tuple(happenings), now))


def test_friday_evening_goes_on_on_monday():
    said = told(opened_at=paris(6, 16), now=paris(6, 18), resolution=120)["resolution"]

    assert (said.minutes, said.due_at, said.broken) == (60, paris(9, 10), [])


def test_a_holiday_is_no_day_at_work():
    hours = Hours(PARIS, OFFICE, frozenset({date(2026, 3, 9)}))

    assert told(opened_at=paris(6, 16), now=paris(6, 16), hours=hours, first=120)["first"].due_at == paris(10, 10)


def test_the_hour_that_is_left_out_is_nobodys_and_the_one_that_comes_twice_is_worked_twice():
    always = Hours(PARIS, ALWAYS)
    spring, autumn = paris(29, 0), paris(25, 0, month=10)

    assert told(opened_at=spring, now=paris(30, 0), hours=always)["resolution"].minutes == 23 * 60
    assert told(opened_at=autumn, now=paris(26, 0, month=10), hours=always)["resolution"].minutes == 25 * 60


def test_the_clock_stands_while_we_wait_for_the_customer():
    waits = Happening(paris(2, 10), "status", "waiting")
    goes_on = Happening(paris(2, 12), "status", "open")

    said = told(waits, goes_on, opened_at=paris(2, 9), now=paris(2, 13), resolution=180)["resolution"]
    assert (said.minutes, said.due_at) == (120, paris(2, 14))


def test_a_reply_at_the_very_moment_is_in_time_and_one_tick_later_is_not():
    for minute, broken in ((0, []), (5, [paris(2, 10)])):
        reply = Happening(paris(2, 10, minute), "agent")
        assert told(reply, opened_at=paris(2, 9), now=paris(2, 11), first=60)["first"].broken == broken


def test_the_next_reply_is_owed_from_the_first_words_without_an_answer():
    said = [Happening(paris(2, 9, 30), "agent")]
    said += [Happening(paris(2, 10, minute), "customer") for minute in (0, 30)]

    following = told(*said, opened_at=paris(2, 9), now=paris(2, 10, 40), following=60, warn=30)["next"]
    assert (following.minutes, following.due_at, following.warned) == (40, paris(2, 11), [paris(2, 10, 30)])


def test_what_was_counted_stays_counted_when_the_policy_changes():
    stricter = Policy(Hours(PARIS, OFFICE), {"first": 30, "next": None, "resolution": None}, 0)

    said = told(Happening(paris(2, 10), "policy", stricter), opened_at=paris(2, 9), now=paris(2, 11), first=240)
    assert said["first"].broken == [paris(2, 10)]


def test_cases_are_many_and_the_same_every_time():
    drawn = [case(number, seed=9) for number in range(300)]

    assert drawn[:20] == [case(number, seed=9) for number in range(20)]
    assert {one.what for each in drawn for one in each.happenings} == {"customer", "agent", "status", "policy"}
    assert len({each.policy.hours.zone for each in drawn}) == 12
    judged = [tell(each) for each in drawn[:80]]
    assert sum(bool(said[promise].broken) for said in judged for promise in said) > 20
    assert sum(said[promise].due_at is not None for said in judged for promise in said) > 20
