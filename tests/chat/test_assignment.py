"""Who waits is given to whom: first come first served, as far as room, skills and languages go."""

from datetime import timedelta

import pytest

from accounts import people, presence
from accounts.models import Skill, Topic
from analytics.ledger.models import Event
from chat import assignment, handoff, intake, outbox
from chat.models import Conversation, Handoff, Holder
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(shop):
    def hired(name, *, capacity=2, languages=(), at=NOON):
        user = factories.UserFactory(name=name)
        factories.MembershipFactory(user=user, shop=shop, languages=list(languages))
        presence.come(user, shop, at=at, capacity=capacity)
        return user

    return hired


@pytest.fixture
def waits(shop):
    """Somebody who waits since so many seconds after noon."""

    def waiting(second, *, language="", says="", at=None):
        guest = people.guest(shop, name=f"Guest {second}", language=language)
        talk = intake.open_conversation(guest, opening_id="o", at=NOON)
        at = NOON + timedelta(seconds=second)
        if says:
            intake.receive(intake.Inbound(talk.pk, "first-words", says), at=at)
        handoff.ask_person(talk.pk, at=at)
        return talk

    return waiting


def assign(shop, *, at=NOON + timedelta(minutes=1)):
    return assignment.assign(shop.pk, at=at)


def holders(*talks):
    return [Conversation.objects.get(pk=talk.pk).person for talk in talks]


def test_the_oldest_is_given_first_and_nobody_gets_more_than_she_can_hold(shop, agent, waits):
    young, old, oldest = waits(3), waits(2), waits(1)
    ada = agent("Ada", capacity=2)

    assert assign(shop) == 2
    assert holders(oldest, old, young) == [ada, ada, None]
    assert Event.objects.filter(kind="conversation.assigned").count() == 2


def test_a_freed_place_takes_the_oldest(shop, agent, waits):
    first, second, third = (waits(n) for n in range(3))
    ada = agent("Ada", capacity=1)
    assign(shop)
    handoff.close(first.pk, by=ada, at=NOON)

    assign(shop)
    assert holders(second, third) == [ada, None]


def test_equals_carry_equally_and_who_rested_longest_comes_first(shop, agent, waits):
    ada, ben = agent("Ada", capacity=4), agent("Ben", capacity=4)
    talks = [waits(n) for n in range(4)]
    assign(shop)
    assert sorted(map(str, holders(*talks))) == ["Ada", "Ada", "Ben", "Ben"]
    for talk in talks:
        handoff.close(talk.pk, by=ada, at=NOON)
    for minute, expected in ((2, ada), (3, ben), (4, ada)):
        talk = waits(60 * minute)
        presence.alive([ada.pk, ben.pk], at=NOON + timedelta(minutes=minute))
        assign(shop, at=NOON + timedelta(minutes=minute))
        assert holders(talk) == [expected]
        handoff.close(talk.pk, by=expected, at=NOON)


@pytest.mark.parametrize("hers", ["offline", "away", "silent", "switched off", "left the team", "full"])
def test_only_who_is_there_and_has_room_is_given_a_talk(shop, agent, waits, hers):
    ada, at = agent("Ada", capacity=0 if hers == "full" else 2), NOON + timedelta(minutes=1)
    match hers:
        case "offline":
            presence.leave(ada, shop, at=NOON)
        case "away":
            presence.step_away(ada, shop, at=NOON)
        case "silent":
            at = NOON + presence.SILENCE + timedelta(seconds=1)
        case "switched off":
            type(ada).objects.filter(pk=ada.pk).update(is_active=False)
        case "left the team":
            ada.memberships.all().delete()
    waits(1)
    assert assign(shop, at=at) == 0


def test_each_gets_what_she_speaks(shop, agent, waits):
    greta, ada = agent("Greta", languages=["de"]), agent("Ada", languages=["en"])
    german, english, british = waits(1, language="de"), waits(2), waits(3, language="en-gb")
    assign(shop)
    assert holders(german, english, british) == [greta, ada, ada]


def test_who_needs_a_language_waits_for_it_and_holds_nobody_up(shop, agent, waits):
    greta, ada = agent("Greta", languages=["de"], capacity=1), agent("Ada", languages=["en"], capacity=1)
    first, second, english = waits(1, language="de"), waits(2, language="de"), waits(3)
    assign(shop)
    assert holders(first, second, english) == [greta, None, ada]


def test_a_language_that_nobody_speaks_is_not_waited_for(shop, agent, waits):
    ada = agent("Ada", languages=["en"])
    talk = waits(1, language="fr")
    assign(shop)
    assert holders(talk) == [ada]


def test_a_topic_leads_to_its_team_and_skill(shop, agent, waits):
    ada, ben, cleo = agent("Ada"), agent("Ben"), agent("Cleo")
    team = factories.TeamFactory(shop=shop, topics=[Topic.RETURNS])
    team.members.set([ben, cleo])
    Skill.objects.create(shop=shop, name="Refunds", topics=[Topic.RETURNS]).members.set([ada, cleo])
    talk = waits(1, says="I want to return my order, this is unacceptable!!")
    other = waits(2)

    assign(shop)
    assert holders(talk, other) == [cleo, ada]
    assert Handoff.objects.get(conversation=talk).facts == {"topic": "returns", "language": "en", "mood": "upset"}


def test_a_team_that_was_emptied_leaves_nobody_waiting(shop, agent, waits):
    ada = agent("Ada")
    team = factories.TeamFactory(shop=shop, topics=[Topic.OTHER])
    team.members.set([agent("Ben", capacity=0)])
    talk = waits(1)
    assert assign(shop) == 0
    team.members.clear()
    assign(shop)
    assert holders(talk) == [ada]


def test_a_team_that_is_no_more_leaves_nobody_waiting(shop, agent, waits):
    team = factories.TeamFactory(shop=shop, topics=[Topic.OTHER])
    team.members.set([agent("Ben", capacity=0)])
    ada, talk = agent("Ada"), waits(1)
    team.delete()
    assign(shop)
    assert holders(talk) == [ada]


def test_room_is_counted_over_all_shops(shop, other_shop, agent, waits):
    ada = agent("Ada", capacity=1)
    factories.MembershipFactory(user=ada, shop=other_shop)
    elsewhere = intake.open_conversation(people.guest(other_shop), opening_id="o", at=NOON)
    handoff.take(elsewhere.pk, by=ada, at=NOON)
    waits(1)
    assert assign(shop) == 0


def test_a_silent_colleagues_talks_go_back_to_where_they_stood(shop, agent, waits):
    ada, talk, later = agent("Ada", capacity=1), waits(1), waits(2)
    assign(shop)
    lease = Conversation.objects.get(pk=talk.pk).lease
    gone = NOON + presence.SILENCE

    assert assignment.bring_back(at=gone) == 0
    assert assignment.bring_back(at=gone + timedelta(seconds=1)) == 1
    assert assignment.bring_back(at=gone + timedelta(seconds=1)) == 0
    back = Conversation.objects.get(pk=talk.pk)
    assert (back.holder, back.person) == (Holder.QUEUE, None)
    assert back.lease > lease
    handed = Handoff.objects.filter(conversation=talk).latest("pk")
    assert handed.reason == Handoff.Reason.LEFT
    assert ada.get_short_name() in handed.message.text

    ben = agent("Ben", capacity=1, at=gone)
    assign(shop, at=gone + timedelta(seconds=1))
    assert holders(talk, later) == [ben, None]


@pytest.mark.parametrize("hers", ["switched off", "left the team"])
def test_the_talks_of_who_is_no_colleague_any_more_come_back_at_once(shop, agent, waits, hers):
    ada, talk = agent("Ada"), waits(1)
    assign(shop)
    if hers == "switched off":
        type(ada).objects.filter(pk=ada.pk).update(is_active=False)
    else:
        ada.memberships.all().delete()
    assert assignment.bring_back(at=NOON) == 1
    assert holders(talk) == [None]


def test_who_never_said_that_she_is_there_keeps_what_she_took(shop, anna, waits):
    talk = waits(1)
    handoff.accept(talk.pk, by=anna, at=NOON)
    assert assignment.bring_back(at=NOON + timedelta(days=1)) == 0


def test_a_talk_that_changed_hands_meanwhile_is_not_brought_back(shop, agent, waits, anna):
    ada, talk = agent("Ada"), waits(1)
    assign(shop)
    handoff.take(talk.pk, by=anna, at=NOON, from_person=True)
    assert not handoff.bring_back(talk.pk, from_id=ada.pk, at=NOON)


def test_passing_on_to_a_colleague_raises_the_lease_and_says_so(shop, agent, waits, anna, stranger):
    ada, talk = agent("Ada"), waits(1)
    assign(shop)
    lease = Conversation.objects.get(pk=talk.pk).lease
    with pytest.raises(handoff.NotHolding):
        handoff.pass_on(talk.pk, by=anna, to=anna, at=NOON)
    with pytest.raises(presence.NotOnTheTeam):
        handoff.pass_on(talk.pk, by=ada, to=stranger, at=NOON)
    handoff.pass_on(talk.pk, by=ada, to=anna, at=NOON)
    assert holders(talk) == [anna]
    assert Conversation.objects.get(pk=talk.pk).lease > lease
    with pytest.raises(outbox.HeldByAnother):
        outbox.post_person(talk.pk, by=ada, text="And one more thing", client_id="too-late", at=NOON)


def test_passing_on_to_a_team_keeps_her_place(shop, other_shop, agent, waits):
    ada, first, second = agent("Ada", capacity=1), waits(1), waits(2)
    assign(shop)
    ben = agent("Ben", capacity=0)
    team = factories.TeamFactory(shop=shop)
    team.members.set([ben])
    with pytest.raises(presence.NotOnTheTeam):
        handoff.pass_on(first.pk, by=ada, to=factories.TeamFactory(shop=other_shop), at=NOON)
    handoff.pass_on(first.pk, by=ada, to=team, at=NOON + timedelta(seconds=30))
    moved = Conversation.objects.get(pk=first.pk)
    assert (moved.holder, moved.team, moved.queued_at) == (Holder.QUEUE, team, NOON + timedelta(seconds=1))
    assign(shop)
    assert holders(first, second) == [None, ada]
    presence.come(ben, shop, at=NOON, capacity=1)
    assign(shop)
    assert holders(first) == [ben]


def test_given_back_to_the_bot_she_has_no_place_any_more(shop, agent, waits):
    ada, talk = agent("Ada"), waits(1)
    assign(shop)
    handoff.give_back(talk.pk, by=ada, at=NOON)
    assert Conversation.objects.get(pk=talk.pk).queued_at is None
    assert not Handoff.objects.filter(conversation=talk, noticed_at=None).exists()


def test_a_change_of_hands_calls_the_next_without_waiting_for_a_sweep(
    shop, waits, monkeypatch, hear, anna, django_capture_on_commit_callbacks
):
    called = []
    monkeypatch.setattr(handoff, "assign_soon", called.append)
    with django_capture_on_commit_callbacks(execute=True):
        waits(1)
    assert called == [shop.pk]
    presence.come(anna, shop, at=NOON)
    hear()
    assert called == [shop.pk, shop.pk]
