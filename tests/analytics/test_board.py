"""The team's board: numbers of the day, who is there, who waits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import people, presence
from analytics.desk import board
from chat import handoff, intake, outbox
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon():
    return timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


def asks(shop, number, at):
    guest = people.guest(shop, name=f"Guest {number}")
    talk = intake.open_conversation(guest, opening_id=f"board-{number}", at=at)
    intake.receive(intake.Inbound(talk.pk, f"board-{number}", "Hello"), at=at)
    return talk


def test_the_board_says_who_waits_and_who_holds(shop, anna, noon):
    first, second = (asks(shop, n, noon - timedelta(minutes=9 - n)) for n in range(2))
    for talk in (first, second):
        handoff.ask_person(talk.pk, at=noon - timedelta(minutes=5))
    handoff.accept(second.pk, by=anna, at=noon)
    read = board.read([shop], at=noon)
    assert (read.waits, read.held_by_people, read.held_by_bot) == (1, 1, 0)
    assert [talk.pk for talk in read.waiting] == [first.pk]
    assert read.waits_since == noon - timedelta(minutes=5)


def test_the_numbers_are_todays_beside_yesterdays_up_to_this_hour(shop, anna, noon):
    yesterday = noon - timedelta(days=1)
    asks(shop, 1, yesterday - timedelta(hours=1))
    asks(shop, 2, yesterday + timedelta(hours=1))  # later in the day than now
    talk = asks(shop, 3, noon - timedelta(hours=1))
    asks(shop, 4, noon)
    outbox.post_person(talk.pk, by=anna, text="Hello", client_id="board-anna", at=noon)
    numbers = {one.name: (one.value, one.before) for one in board.read([shop], at=noon).numbers}
    assert numbers["Messages from shoppers"] == (2, 1)
    assert numbers["Replies by people"] == (1, 0)


def test_a_colleague_who_fell_silent_is_not_there(shop, anna, boss, noon):
    presence.come(anna, shop, at=noon - presence.SILENCE - timedelta(seconds=1), capacity=3)
    presence.come(boss, shop, at=noon, capacity=2)
    found = {one.user: (one.state, one.capacity) for one in board.read([shop], at=noon).colleagues}
    assert found == {boss: ("online", 2), anna: ("offline", 3)}


def test_nothing_of_another_shop_stands_on_it(shop, other_shop, stranger, noon):
    handoff.ask_person(asks(other_shop, 1, noon).pk, at=noon)
    read = board.read([shop], at=noon)
    assert (read.waits, read.waiting, [one.value for one in read.numbers]) == (0, [], [0, 0, 0, 0])
    assert stranger not in {one.user for one in read.colleagues}


def test_she_says_that_she_is_there_and_the_page_keeps_saying_so(client_of, anna, shop):
    agents = client_of(anna)
    agents.post(reverse("desk:here"), {"here": "1"})
    assert b"on line" in agents.get(reverse("desk:team")).content
    agents.post(reverse("desk:here"), {"here": "0"})
    assert b"away" in agents.get(reverse("desk:team"), headers={"HX-Request": "true"}).content


def test_the_board_says_how_much_room_there_is_and_where_to_listen_in(client_of, shop, anna, boss):
    at = timezone.now()
    presence.come(anna, shop, at=at, capacity=3)
    presence.come(boss, shop, at=at, capacity=2)
    talk = asks(shop, 1, at - timedelta(minutes=4))
    handoff.ask_person(talk.pk, at=at - timedelta(minutes=3))
    handoff.accept(talk.pk, by=anna, at=at)
    read = board.read([shop], at=at)
    assert (read.room, [one.talks for one in read.colleagues if one.user == anna]) == (4, [[talk]])
    assert read.waited in (None, 180)  # of yesterday, a minute after midnight
    page = client_of(boss).get(reverse("desk:team")).content.decode()
    assert f'<a href="{reverse("chat:thread", args=[talk.public_id])}" dir="auto">Guest 1</a>' in page


def test_looking_at_the_board_writes_nothing(client_of, anna, shop):
    agents = client_of(anna)
    agents.post(reverse("desk:here"), {"here": "1"})
    long_ago = timezone.now() - timedelta(minutes=5)
    anna.presences.update(last_seen_at=long_ago)
    agents.get(reverse("desk:team"))
    assert anna.presences.get().last_seen_at == long_ago
    agents.post(reverse("chat:alive"))
    assert anna.presences.get().last_seen_at > long_ago


def test_the_board_asks_as_often_for_many_as_for_few(client_of, anna, shop, noon):
    agents, counts = client_of(anna), []
    for many in (1, 7):
        for number in range(many):
            handoff.ask_person(asks(shop, f"{many}-{number}", noon).pk, at=noon)
            factories.MembershipFactory(shop=shop)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert agents.get(reverse("desk:team")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
