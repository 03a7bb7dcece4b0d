"""One thing done to many talks: what is a colleague's stays so, and what is of another shop is not there."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from accounts import people
from accounts.models import CustomerTag
from chat import handoff, intake
from chat.desk import many
from chat.models import Conversation, Holder
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(shop):
    def opened(name, of=None):
        one = intake.open_conversation(people.guest(of or shop, name=name), opening_id="o", at=NOON)
        handoff.ask_person(one.pk, at=NOON)
        return Conversation.objects.select_related("customer").get(pk=one.pk)

    return opened


def send(browser, talks, verb, **more):
    chosen = [str(one.public_id) for one in talks]
    return browser.post(reverse("chat:many"), {"talk": chosen, "verb": verb, "list": "waiting", **more}, follow=True)


def holders(talks):
    return [
        (one.holder, one.person) for one in Conversation.objects.filter(pk__in=[t.pk for t in talks]).order_by("pk")
    ]


def test_she_takes_all_but_what_a_colleague_holds_and_is_told_so(talk, anna, boss, client_of):
    talks = [talk("One"), talk("Two"), talk("Three")]
    handoff.take(talks[1].pk, by=boss, at=NOON)
    page = send(client_of(anna), talks, "mine")
    assert holders(talks) == [(Holder.PERSON, anna), (Holder.PERSON, boss), (Holder.PERSON, anna)]
    text = page.content.decode()
    assert "Done with 2 conversations." in text
    assert "Two: Beatriz Costa has taken this conversation." in text
    assert page.redirect_chain[-1][0] == "/inbox/?list=waiting"


def test_all_go_to_a_colleague_or_a_team(talk, anna, boss, shop, client_of):
    talks, team = [talk("One"), talk("Two")], factories.TeamFactory(shop=shop)
    send(client_of(anna), talks, "assign", to=f"user-{boss.pk}")
    assert holders(talks) == [(Holder.PERSON, boss)] * 2
    send(client_of(boss), talks, "assign", to=f"team-{team.pk}")
    assert holders(talks) == [(Holder.QUEUE, None)] * 2
    assert set(Conversation.objects.values_list("team", flat=True)) == {team.pk}


def test_all_are_closed_but_what_a_colleague_holds(talk, anna, boss, client_of):
    talks = [talk("One"), talk("Two")]
    handoff.take(talks[1].pk, by=boss, at=NOON)
    send(client_of(anna), talks, "close")
    assert list(Conversation.objects.open()) == [talks[1]]
    assert "One: This conversation is closed." in send(client_of(anna), talks[:1], "close").content.decode()


def test_all_get_a_tag_and_an_unfit_one_is_refused(talk, anna, client_of):
    talks = [talk("One"), talk("Two")]
    send(client_of(anna), talks, "tag", tag="wholesale")
    assert CustomerTag.objects.get(name="wholesale").customers.count() == 2
    assert "A tag has one to 40 characters." in send(client_of(anna), talks, "tag", tag=" ").content.decode()


@pytest.mark.parametrize(("verb", "more"), [("assign", {"to": "user-1' OR 1"}), ("assign", {"to": "team-999"}),
                                            ("assign", {}), ("burn", {}), ("", {})])  # fmt: skip
def test_what_makes_no_sense_is_not_there(talk, anna, client_of, verb, more):
    assert send(client_of(anna), [talk("One")], verb, **more).status_code == 404


def test_a_foreign_talk_or_colleague_is_not_there_and_nothing_is_done(talk, anna, stranger, other_shop, client_of):
    own, foreign = talk("One"), talk("Two", of=other_shop)
    assert send(client_of(anna), [own, foreign], "close").status_code == 404
    assert send(client_of(anna), [own], "assign", to=f"user-{stranger.pk}").status_code == 404
    assert client_of(anna).post(reverse("chat:many"), {"talk": ["x"], "verb": "close"}).status_code == 404
    assert Conversation.objects.open().count() == 2


def test_nothing_chosen_is_no_error(anna, client_of):
    assert "Choose conversations first." in send(client_of(anna), [], "close").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_same_talks_at_once_share_them_and_each_is_told(talk, anna, boss):
    talks, told, together = [talk(f"Guest {n}") for n in range(12)], {}, threading.Barrier(2)

    def grab(who):
        together.wait()
        told[who.pk] = many.assign(talks if who is anna else talks[::-1], to=who, by=who, at=NOON)
        connection.close()

    threads = [threading.Thread(target=grab, args=[who]) for who in (anna, boss)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = holders(talks)
    assert all(holder == Holder.PERSON for holder, _person in held)
    for who in (anna, boss):
        assert told[who.pk].number == sum(person == who for _holder, person in held)
    assert sum(len(done.refused) for done in told.values()) == 12
