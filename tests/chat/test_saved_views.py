"""Views an agent keeps: what stands on them, for whom they are, and what they cost."""

import asyncio

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import notes, people
from chat import handoff, intake, lists
from chat.desk import views_kept
from chat.models import Conversation, SavedView
from tests import factories
from tests.chat.sockets import Communicator, session_of
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(shop):
    def opened(name, says="Hello", language="en", of=None):
        guest = people.guest(of or shop, name=name)
        type(guest).objects.filter(pk=guest.pk).update(language=language)
        one = intake.open_conversation(guest, opening_id="o", at=NOON)
        intake.receive(intake.Inbound(one.pk, "first-words", says), at=NOON)
        return Conversation.objects.select_related("customer").get(pk=one.pk)

    return opened


@pytest.fixture
def team(shop, anna):
    team = factories.TeamFactory(shop=shop, name="Returns")
    team.members.add(anna)
    return team


def keep(user, name="View", box="all", **cut):
    return SavedView.objects.create(owner=user, name=name, box=box, **cut)


def test_each_filter_cuts_and_all_together(talk, anna, boss, team, other_shop):
    german = talk("C", says="Wo bleibt mein Paket? Ich warte schon lange.")
    plain, tagged, wordy = talk("A"), talk("B"), talk("D", says="The LAMP broke")
    foreign = talk("E", says="lamp", of=other_shop)
    notes.tag(tagged.customer, "Trade", by=anna, at=NOON)
    handoff.pass_on(plain.pk, by=boss, to=team, at=NOON)
    handoff.take(german.pk, by=anna, at=NOON)
    desk = lists.desk_of(anna)
    cuts = [
        ({"tag": "trade"}, [tagged]), ({"team": team}, [plain]), ({"language": "de"}, [german]),
        ({"words": "lamp"}, [wordy]), ({"box": "mine"}, [german]), ({"box": "waiting"}, [plain]),
        ({"words": "lamp", "language": "de"}, []), ({"words": "%"}, []), ({}, [plain, tagged, german, wordy]),
    ]  # fmt: skip
    views = [keep(anna, name=str(place), **cut) for place, (cut, _expected) in enumerate(cuts)]
    for view, (_cut, expected) in zip(views, cuts, strict=True):
        assert set(views_kept.page(desk, view)) == set(expected)
        assert foreign not in views_kept.page(desk, view)
    assert views_kept.counts(desk, views) == [len(expected) for _cut, expected in cuts]


def test_a_view_is_hers_or_her_teams_and_nobody_elses(anna, boss, team, client_of):
    hers, shared = keep(anna, "Hers"), keep(anna, "Shared", shared_with=team)
    assert views_kept.of(boss) == []
    team.members.add(boss)
    assert views_kept.of(boss) == [shared]
    assert views_kept.of(anna) == [hers, shared]
    page = client_of(boss).get(reverse("chat:inbox"), {"list": hers.key}).content.decode()
    assert "Hers" not in page
    assert f"list={shared.key}" in page
    assert client_of(boss).post(reverse("chat:drop_view", args=[shared.pk])).status_code == 404
    assert client_of(anna).post(reverse("chat:drop_view", args=[shared.pk])).status_code == 302


def test_the_inbox_asks_as_often_for_twelve_views_as_for_one(anna, talk, team, client_of):
    browser, asked = client_of(anna), []
    talk("A", says="lamp")
    for number in range(12):
        keep(anna, f"{number}", words="lamp", tag="trade" if number % 2 else "", shared_with=team)
        if number in (0, 11):
            with CaptureQueriesContext(connection) as queries:
                browser.get(reverse("chat:inbox"))
            asked.append(len(queries))
    assert asked[0] == asked[1]


def add(browser, **fields):
    return browser.post(reverse("chat:views"), {"name": "Lamps", "box": "all", **fields})


def test_she_keeps_one_by_the_form_and_sees_its_count(anna, talk, client_of):
    talk("A", says="lamp")
    browser = client_of(anna)
    answer = add(browser, words="lamp")
    view = SavedView.objects.get()
    assert answer.url == f"/inbox/?list={view.key}"
    page = browser.get(answer.url).content.decode()
    assert 'Lamps <span class="badge" data-tone="quiet">1</span>' in page


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"box": "bin"}, {"language": "xx"}, {"name": "n" * 41}, {"team": "9999"}, {"words": "a\x00"}],
)
def test_an_unfit_view_is_refused_on_the_same_form(anna, client_of, fields):
    answer = add(client_of(anna), **fields)
    assert answer.status_code == 422
    assert SavedView.objects.count() == 0


def test_two_of_one_name_and_a_thirteenth_are_refused(anna, client_of):
    browser = client_of(anna)
    add(browser)
    assert "You have a view of this name." in add(browser).content.decode()
    for number in range(11):
        keep(anna, str(number))
    assert "Remove one first" in add(browser, name="Another").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_leaves_a_view_goes_and_others_do_not_come(anna, talk):
    from config.asgi import application

    session, lamps, shoes = session_of(anna), talk("A", says="lamp"), talk("B", says="shoe")
    view = keep(anna, words="lamp")
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", f"session={session}".encode())]

    async def check():
        socket = Communicator(application, f"/ws/inbox/?list={view.key}", headers=headers)
        assert (await socket.connect(timeout=10))[0]
        told = []
        for one in (lamps, shoes):
            await asyncio.to_thread(_say, one.pk)
            told.append((await socket.receive_output(10))["text"])
        await socket.disconnect(timeout=10)
        return told

    def _say(pk):
        intake.receive(
            intake.Inbound(pk, "more-words", "and a lamp" if pk == lamps.pk else "a shoe"), at=timezone.now()
        )
        connection.close()

    stays, strange = asyncio.run(check())
    assert "data-gone" not in stays
    assert "data-gone" in strange
