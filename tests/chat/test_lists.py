"""The lists of the inbox: what stands on each, in which order, how many, and how the database finds it."""

import asyncio
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import people
from accounts.models import Membership
from chat import handoff, intake, lists, notes, pages, pulse, search
from chat.lists import Box
from chat.models import Conversation, Message
from tests import factories
from tests.chat.sockets import Communicator, session_of
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(shop):
    """A talk whose last words are so many seconds after noon."""

    def opened(second, *, of=None, says="Hello", waits=False):
        guest = people.guest(of or shop, name=f"Guest {second}")
        one = intake.open_conversation(guest, opening_id="o", at=NOON)
        at = NOON + timedelta(seconds=second)
        intake.receive(intake.Inbound(one.pk, "first-words", says), at=at)
        if waits:
            handoff.ask_person(one.pk, at=at)
        return one

    return opened


@pytest.fixture
def team(shop, anna):
    team = factories.TeamFactory(shop=shop)
    team.members.add(anna)
    return team


def stand(desk, box):
    return lists.page(desk, box)


def test_each_list_holds_what_its_name_says(talk, shop, anna, boss, team, other_shop):
    held, queued, for_team, closed = talk(1), talk(2, waits=True), talk(3, waits=True), talk(4)
    bots, foreign, hers = talk(5), talk(6, of=other_shop, waits=True), talk(7)
    handoff.take(held.pk, by=anna, at=NOON)
    handoff.take(hers.pk, by=boss, at=NOON)
    handoff.close(closed.pk, by=anna, at=NOON)
    handoff.pass_on(for_team.pk, by=boss, to=team, at=NOON)
    notes.write(hers.pk, by=boss, text="@Anna, look", client_id="note-one", at=NOON)
    desk = lists.desk_of(anna)

    assert {one.pk for one in stand(desk, Box.ALL)} == {held.pk, queued.pk, for_team.pk, bots.pk, hers.pk}
    assert stand(desk, Box.WAITING) == [queued, for_team]
    assert stand(desk, Box.MINE) == [held]
    assert stand(desk, Box.TEAM) == [for_team]
    assert stand(desk, Box.BOT) == [bots]
    assert stand(desk, Box.MENTIONS) == [hers]
    assert dict(zip(Box.values, lists.counts(desk), strict=True)) == {
        "all": 5, "waiting": 2, "mine": 1, "team": 1, "bot": 1, "mentions": 1
    }  # fmt: skip
    assert foreign not in [row for box in Box for row in stand(desk, box)]


def test_who_waits_longest_stands_first_whichever_shop_it_is(talk, shop, other_shop, anna, monkeypatch):
    factories.MembershipFactory(user=anna, shop=other_shop)
    late, early, middle = talk(3, waits=True), talk(1, waits=True, of=other_shop), talk(2, waits=True)
    assert stand(lists.desk_of(anna), Box.ALL) == [early, middle, late]


def test_the_page_shows_the_list_that_was_asked_for(talk, anna, client_of):
    waiting, bots = talk(1, waits=True), talk(2)
    page = client_of(anna).get(reverse("chat:inbox"), {"list": "waiting"}).content.decode()
    assert str(waiting.public_id) in page
    assert str(bots.public_id) not in page
    assert client_of(anna).get(reverse("chat:inbox"), {"list": "x' OR 1=1"}).status_code == 200


# What was said


def test_the_best_of_what_was_said_is_found_in_ones_own_shops(talk, anna, other_shop):
    once, twice = talk(1, says="The lamp is broken"), talk(2, says="lamp lamp")
    talk(3, says="lamp", of=other_shop)
    found = search.messages(lists.desk_of(anna), "LAMP")
    assert [hit.conversation_id for hit in found] == [twice.pk, once.pk]
    assert "<mark>lamp</mark> is broken" in found[1].words


@pytest.mark.parametrize(("asked", "hits"), [("lamp broken", 1), ('"is broken"', 1), ("lamp -broken", 0), ("", 0),
                                             ("\x00", 0), ("'); --", 0), ("%", 0), ("((", 0)])  # fmt: skip
def test_whatever_is_typed_is_only_words(talk, anna, asked, hits):
    talk(1, says="The lamp is broken")
    assert len(search.messages(lists.desk_of(anna), asked)) == hits


def look_for(browser, words):
    return browser.get(reverse("chat:search"), {"q": words})


def test_the_page_of_what_was_said_leads_to_the_place(talk, anna, client_of, other_shop):
    one, browser = talk(1, says="The lamp is broken"), client_of(anna)
    talk(2, says="lamp of others", of=other_shop)
    page = look_for(browser, "lamp")
    assert "<mark>lamp</mark> is broken" in page.content.decode()
    assert "of others" not in page.content.decode()
    place = one.messages.get(text__contains="lamp")
    link = reverse("chat:thread", args=[one.public_id]) + f"?at={place.seq}"
    assert link in page.content.decode()
    assert f'data-seeks="{place.seq}"' in browser.get(link).content.decode()


def test_a_message_far_back_is_on_the_page_its_link_opens(talk, anna, client_of):
    one = talk(1, says="The lamp is broken")
    for number in range(80):
        intake.receive(intake.Inbound(one.pk, f"more-words-{number}", "And so on"), at=NOON)
    page = client_of(anna).get(reverse("chat:thread", args=[one.public_id]), {"at": "1"}).content.decode()
    assert "The lamp is broken" in page
    assert page.count("And so on</") < 30


@pytest.mark.parametrize(("asked", "status", "says"), [
    ("", 200, "Every conversation of your shops"), ("   ", 200, "Every conversation of your shops"),
    ("kettle", 200, "Nobody said this"), ("?!", 422, "no word"), ("-lamp", 422, "no word"), ("a\x00b", 422, "no word"),
    ("w" * 201, 422, "fewer words"), ("<script>", 200, "Nobody said this"),
])  # fmt: skip
def test_the_page_says_why_nothing_is_there(talk, anna, client_of, asked, status, says):
    talk(1, says="The lamp is broken")
    answer = look_for(client_of(anna), asked)
    assert answer.status_code == status
    assert says in answer.content.decode()
    assert "<script>" not in answer.content.decode().partition("<h1>")[2]


def test_the_page_of_what_was_said_asks_as_often_for_many_as_for_few(
    talk, anna, client_of, django_assert_max_num_queries
):
    browser = client_of(anna)
    talk(1, says="lamp")
    with CaptureQueriesContext(connection) as few:
        look_for(browser, "lamp")
    for second in range(2, 12):
        talk(second, says="lamp")
    with django_assert_max_num_queries(len(few)):
        look_for(browser, "lamp")


def test_what_was_said_is_shown_as_text(talk, anna):
    talk(1, says="<b>lamp</b> \x02<script>")
    (hit,) = search.messages(lists.desk_of(anna), "lamp")
    assert "<b>" not in hit.words
    assert "<script>" not in hit.words


def test_the_marks_of_a_table_are_no_words_of_what_was_said(talk, anna):
    talk(1, says="| **Lamp** | Bulb |\n|---|:---:|\n| Fjord | E27 |")
    (hit,) = search.messages(lists.desk_of(anna), "lamp")
    assert not set("|*") & set(hit.words)
    assert "---" not in hit.words
    assert "<mark>Lamp</mark> \u00b7 Bulb \u00b7 Fjord" in hit.words


def test_a_frequent_word_is_looked_for_among_the_newest_first(talk, anna, monkeypatch):
    old, new = talk(1, says="lamp"), talk(2, says="lamp")
    monkeypatch.setattr(search, "NEWEST", 1)
    assert search._newest(lists.desk_of(anna), "lamp")[0] == new.messages.get(text="lamp").pk
    assert old.pk < new.pk


@pytest.fixture
def crowded(shop, transactional_db):
    """Enough rows that reading them all would be foolish."""
    from tests.bench.inbox._filling import fill

    agent = factories.UserFactory()
    factories.MembershipFactory(user=agent, shop=shop)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    fill(shops=[shop.pk], agents=[agent.pk], talks=2000, messages=20_000, seed=5)
    return lists.desk_of(agent)


def plan_of(statement, numbers):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement, numbers)
        return "\n".join(row[0] for row in cursor.fetchall())


def test_the_database_reads_no_whole_table_for_any_of_it(crowded):
    shops = list(crowded.shops)
    for box, index in ((Box.ALL, "inbox_in_order"), (Box.WAITING, "Index"), (Box.BOT, "inbox_of_the_bot")):
        plan = plan_of(lists.heads_sql(box), [shops])
        assert index in plan, plan
        assert "Seq Scan on chat_conversation" not in plan
    for word in ("w19999", "w7000"):
        for statement, _window in search.statements()[1:]:
            plan = plan_of(statement, {"text": word, "after": 0, "shops": shops})
            assert "messages_by_words" in plan, plan
    assert Message.objects.count() == 20_000


# Who is woken


def opened(session, box):
    from config.asgi import application

    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", f"session={session}".encode())]
    return Communicator(application, f"/ws/inbox/?list={box}", headers=headers)


@pytest.mark.django_db(transaction=True)
def test_only_lists_on_which_it_stands_or_stood_are_woken_and_a_row_is_drawn_once(talk, anna, boss, monkeypatch):
    one, sessions = talk(1, waits=True), [session_of(user) for user in (anna, boss, boss, boss)]
    drawn, row = [], pages.row
    monkeypatch.setattr(pages, "row", lambda *args, **kwargs: drawn.append(kwargs["gone"]) or row(*args, **kwargs))

    async def check():
        sockets = [
            opened(session, box) for session, box in zip(sessions, ("mine", "waiting", "bot", "mine"), strict=True)
        ]
        for socket in sockets:
            assert (await socket.connect(timeout=10))[0]
        await asyncio.to_thread(handoff.accept, one.pk, by=anna, at=timezone.now())
        told = [(await socket.receive_output(10))["text"] for socket in sockets[:2]]
        quiet = [await socket.receive_nothing(0.3) for socket in sockets[2:]]
        for socket in sockets:
            await socket.disconnect(timeout=10)
        return told, quiet

    (hers, waiting), quiet = asyncio.run(check())
    assert "data-gone" not in hers
    assert "data-gone" in waiting
    assert quiet == [True, True]
    assert sorted(drawn) == [False, True]
    assert Conversation.objects.get(pk=one.pk).person == anna


@pytest.mark.django_db(transaction=True)
def test_who_has_left_the_team_hears_no_more(anna, monkeypatch):
    monkeypatch.setattr(pulse, "BEAT", 0.05)
    monkeypatch.setattr(pulse, "RECHECK", 1)
    session = session_of(anna)

    async def check():
        socket = opened(session, "all")
        assert (await socket.connect(timeout=10))[0]
        stays = await socket.receive_nothing(0.3)
        await asyncio.to_thread(leave_team)
        return stays, await socket.receive_output(10)

    def leave_team():
        Membership.objects.filter(user=anna).delete()
        connection.close()

    stays, end = asyncio.run(check())
    assert stays
    assert (end["type"], end["code"]) == ("websocket.close", 4404)
