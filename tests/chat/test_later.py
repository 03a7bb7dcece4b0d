"""Replies for later: sent once at their time, taken back before it, never both; no word is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import handoff, talk
from chat.desk import drafts, later
from chat.models import Later, Message


@pytest.fixture
def kept(conversation, anna, now):
    handoff.take(conversation.pk, by=anna, at=now)
    return later.keep(conversation.pk, by=anna, text="In a moment.", client_id="l1", due_at=now, at=now)


def said():
    return list(Message.objects.filter(author="person").values_list("text", flat=True))


def test_it_is_sent_once_when_its_time_has_come(kept):
    Later.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    later.send(kept.pk)
    assert said() == []
    Later.objects.update(due_at=timezone.now())
    later.send(kept.pk)
    later.send(kept.pk)
    later.sweep()
    assert said() == ["In a moment."]


def test_the_sweep_finds_what_was_dropped(kept):
    later.sweep()
    assert said() == ["In a moment."]


def test_taken_back_it_is_never_sent_and_is_a_draft_again(kept, conversation, anna, now):
    drafts.keep(conversation.pk, by=anna, text="Begun", at=now)
    later.take_back(kept.pk, by=anna, at=now)
    later.sweep()
    assert said() == []
    assert drafts.of(conversation.pk, by=anna) == "In a moment.\n\nBegun"
    with pytest.raises(later.TooLate):
        later.take_back(kept.pk, by=anna, at=now)


def test_sent_it_cannot_be_taken_back(kept, anna, now):
    later.sweep()
    with pytest.raises(later.TooLate):
        later.take_back(kept.pk, by=anna, at=now)
    assert said() == ["In a moment."]


def test_nobody_takes_back_what_is_a_colleague_s(kept, boss, now):
    with pytest.raises(later.TooLate):
        later.take_back(kept.pk, by=boss, at=now)


def test_where_a_colleague_has_taken_over_it_waits_among_the_drafts(kept, conversation, anna, boss, now):
    handoff.take(conversation.pk, by=boss, at=now, from_person=True)
    later.sweep()
    assert said() == []
    assert drafts.of(conversation.pk, by=anna) == "In a moment."


def test_the_same_id_again_changes_nothing_and_nothing_is_kept_of_nothing(kept, conversation, anna, boss, now):
    again = later.keep(conversation.pk, by=anna, text="Other", client_id="l1", due_at=now, at=now)
    assert (again.pk, Later.objects.count()) == (kept.pk, 1)
    with pytest.raises(talk.BadClientId):
        later.keep(conversation.pk, by=boss, text="Other", client_id="l1", due_at=now, at=now)
    with pytest.raises(talk.Empty):
        later.keep(conversation.pk, by=anna, text="  ", client_id="l2", due_at=now, at=now)
