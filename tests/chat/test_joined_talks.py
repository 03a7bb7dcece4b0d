"""Two talks of one shopper: one goes on in the other, exactly once, and can be told apart again."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from accounts import people
from chat import handoff, intake
from chat.desk import drafts, talks
from chat.models import Conversation, Draft, Holder, TalkMerge


@pytest.fixture
def second(customer, now):
    return intake.open_conversation(customer, opening_id="opening-2", at=now)


def test_the_joined_one_is_closed_and_what_waited_still_waits(conversation, second, say, anna, now, later, fresh):
    say("Where is my lamp?")
    handoff.ask_person(conversation.pk, at=now)
    talks.join(conversation.pk, second.pk, by=anna, at=later)
    source, target = fresh(conversation), fresh(second)
    assert not source.is_open
    assert source.holder == Holder.BOT
    assert (target.holder, target.waiting_since) == (Holder.QUEUE, now)
    assert [merge.source for merge in talks.before(second)] == [conversation]
    assert conversation.messages.filter(author="shopper").count() == 1  # it stays where it was said


def test_a_question_the_assistant_still_owed_is_not_forgotten(conversation, second, say, anna, later, fresh):
    say("Where is my lamp?")
    talks.join(conversation.pk, second.pk, by=anna, at=later)
    assert fresh(second).holder == Holder.QUEUE


def test_the_assistant_is_silent_where_a_person_had_taken_over(conversation, second, anna, boss, now, later, fresh):
    handoff.take(conversation.pk, by=boss, at=now)
    before = fresh(second).lease
    talks.join(conversation.pk, second.pk, by=anna, at=later)
    target = fresh(second)
    assert target.is_held_by(boss)
    assert target.lease > before


def test_told_apart_what_still_waits_waits_for_a_person(conversation, second, say, anna, later, fresh):
    say("Where is my lamp?")
    merge = talks.join(conversation.pk, second.pk, by=anna, at=later)
    talks.part(merge.pk, by=anna, at=later)
    assert fresh(conversation).holder == Holder.QUEUE


def test_drafts_go_along(conversation, second, anna, boss, now):
    drafts.keep(conversation.pk, by=anna, text="Dear", at=now)
    drafts.keep(second.pk, by=anna, text="Hello", at=now)
    drafts.keep(conversation.pk, by=boss, text="Mine", at=now)
    talks.join(conversation.pk, second.pk, by=anna, at=now)
    assert drafts.of(second.pk, by=anna) == "Hello\n\nDear"
    assert drafts.of(second.pk, by=boss) == "Mine"
    assert not Draft.objects.filter(conversation=conversation).exists()


def test_undone_it_is_open_again_and_only_once(conversation, second, anna, now, fresh):
    merge = talks.join(conversation.pk, second.pk, by=anna, at=now)
    talks.part(merge.pk, by=anna, at=now)
    assert fresh(conversation).is_open
    assert not talks.before(second).exists()
    with pytest.raises(talks.CannotPart):
        talks.part(merge.pk, by=anna, at=now)
    talks.join(second.pk, conversation.pk, by=anna, at=now)  # apart, they may be joined the other way


def test_her_next_word_in_the_one_that_was_joined_opens_it_again(conversation, second, say, anna, now, later, fresh):
    talks.join(conversation.pk, second.pk, by=anna, at=now)
    say("One more thing", at=later)
    assert fresh(conversation).is_open


def test_nothing_is_joined_with_itself_with_another_shopper_s_or_twice(conversation, second, omar, shop, anna, now):
    foreign = intake.open_conversation(people.customer_for(omar, shop), opening_id="his", at=now)
    for source, target in ((conversation, conversation), (conversation, foreign), (foreign, conversation)):
        with pytest.raises(talks.CannotJoin):
            talks.join(source.pk, target.pk, by=anna, at=now)
    talks.join(conversation.pk, second.pk, by=anna, at=now)
    for source, target in ((conversation, second), (second, conversation)):
        with pytest.raises(talks.CannotJoin):
            talks.join(source.pk, target.pk, by=anna, at=now)


@pytest.mark.django_db(transaction=True)
def test_two_agents_join_them_in_both_directions_and_exactly_one_does(maria, shop, anna, boss):
    customer = people.customer_for(maria, shop)
    for number in range(12):
        one, other = (
            intake.open_conversation(customer, opening_id=f"{number}-{each}", at=timezone.now()) for each in "ab"
        )
        done, refused, ready = [], [], threading.Barrier(2)

        def act(source: Conversation, target: Conversation, by, done=done, refused=refused, ready=ready) -> None:
            ready.wait()
            try:
                done.append(talks.join(source.pk, target.pk, by=by, at=timezone.now()))
            except talks.CannotJoin as why:
                refused.append(why)
            finally:
                connection.close()

        both = [threading.Thread(target=act, args=way) for way in ((one, other, anna), (other, one, boss))]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert (len(done), len(refused)) == (1, 1)
    assert TalkMerge.objects.count() == 12
