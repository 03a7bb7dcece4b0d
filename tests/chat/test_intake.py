from datetime import timedelta

import pytest

from analytics.ledger.models import Event
from chat import handoff, intake, outbox, switch, talk, turns
from chat.models import Author, Handoff, Holder, Message

pytestmark = pytest.mark.django_db


def reply(text="Here it is.", **fields):
    return turns.Reply(text=text, **fields)


def claimed(conversation, at):
    turn = turns.claim(conversation.pk, at=at)
    assert turn is not None
    return turn


def texts(conversation):
    return list(conversation.messages.in_order().values_list("author", "text"))


def test_a_message_takes_the_next_place(conversation, say):
    first, second = say("Hello", 1), say("Are you there?", 2)
    assert (first.seq, second.seq) == (1, 2)
    assert Event.objects.filter(kind="message.received").count() == 2


def test_the_same_message_again_is_acknowledged_and_not_kept_twice(conversation, now):
    inbound = intake.Inbound(conversation.pk, "client-1", "Hello")
    first, again = intake.receive(inbound, at=now), intake.receive(inbound, at=now)
    assert again.repeated
    assert again.message.pk == first.message.pk
    assert Message.objects.count() == 1


def test_the_same_words_from_outside_are_kept_once(conversation, now):
    for client_id in ("client-1", "client-2"):
        inbound = intake.Inbound(conversation.pk, client_id, "Hi", channel="telegram", external_id="update-7")
        intake.receive(inbound, at=now)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_an_empty_message_is_refused(conversation, now, text):
    with pytest.raises(talk.Empty):
        intake.receive(intake.Inbound(conversation.pk, "client-1", text), at=now)


def test_a_message_nobody_would_read_is_refused(conversation, now, settings):
    with pytest.raises(talk.TooLong):
        intake.receive(intake.Inbound(conversation.pk, "client-1", "a" * (settings.CHAT_TEXT_LIMIT + 1)), at=now)


@pytest.mark.parametrize("text", ["z\u0301\u0302\u0303" * 500, "\u0915\u094d\u0937 " * 200])
def test_a_script_with_many_marks_is_taken(conversation, now, text):
    intake.receive(intake.Inbound(conversation.pk, "client-1", text), at=now)
    conversation.refresh_from_db()
    assert conversation.messages.get().text == text.strip()
    assert 100 < len(conversation.last_words) <= 160


def test_a_burst_gets_one_answer_to_the_newest_using_all(conversation, say, later):
    for number, text in enumerate(["Hello", "my order", "is late"], 1):
        newest = say(text, number)
    turn = claimed(conversation, later)
    assert turn.asked == ("Hello", "my order", "is late")
    answer = outbox.post_reply(turn, reply(), at=later)
    assert answer.in_reply_to_id == newest.pk
    assert turns.claim(conversation.pk, at=later) is None


def test_a_turn_is_claimed_once(conversation, say, later):
    say("Hello")
    assert turns.claim(conversation.pk, at=later) is not None
    assert turns.claim(conversation.pk, at=later) is None


def test_a_turn_waits_for_the_rest_of_the_burst(conversation, say, now):
    say("Hello")
    assert turns.claim(conversation.pk, at=now) is None


def test_a_dead_workers_turn_can_be_claimed_again(conversation, say, later, settings):
    say("Hello")
    claimed(conversation, later)
    after = later + timedelta(seconds=settings.TURN_CLAIM_SECONDS + 1)
    assert claimed(conversation, after).failures == 1


def test_only_the_newest_claim_may_answer(conversation, say, later, settings):
    say("Hello")
    stale = claimed(conversation, later)
    after = later + timedelta(seconds=settings.TURN_CLAIM_SECONDS + 1)
    fresh_turn = claimed(conversation, after)
    assert outbox.post_reply(stale, reply("Old."), at=after) is None
    assert outbox.post_reply(fresh_turn, reply("New."), at=after) is not None
    assert texts(conversation) == [("shopper", "Hello"), ("bot", "New.")]


def test_a_new_message_discards_the_draft_and_is_answered_with_it(conversation, say, later, fresh):
    say("Where is my order", 1)
    turn = claimed(conversation, later)
    say("1042?", 2, at=later)
    assert outbox.post_reply(turn, reply("Which order?"), at=later) is None
    again = claimed(conversation, later + timedelta(seconds=1))
    assert again.asked == ("Where is my order", "1042?")
    assert outbox.post_reply(again, reply(), at=later) is not None
    assert Event.objects.filter(kind="message.discarded").count() == 1


def test_after_two_discarded_drafts_the_next_answer_goes_out(conversation, say, later):
    say("One", 1)
    for number in (2, 3):
        turn = claimed(conversation, later)
        say("More", number, at=later - timedelta(seconds=1))
        assert outbox.post_reply(turn, reply(), at=later) is None
    turn = claimed(conversation, later)
    say("And more", 4, at=later - timedelta(seconds=1))
    assert outbox.post_reply(turn, reply("At last."), at=later) is not None
    following = claimed(conversation, later + timedelta(seconds=1))
    assert following.asked == ("And more",)


def test_after_ten_seconds_of_waiting_the_next_answer_goes_out(conversation, say, now):
    say("One", 1)
    turn = claimed(conversation, now + timedelta(seconds=9))
    say("Two", 2, at=now + timedelta(seconds=11))
    assert outbox.post_reply(turn, reply(), at=now + timedelta(seconds=12)) is not None


def test_a_take_over_silences_the_assistant_however_long_she_waited(conversation, say, now, anna):
    say("One", 1)
    at = now + timedelta(seconds=30)
    turn = claimed(conversation, at)
    handoff.take(conversation.pk, by=anna, at=at)
    assert outbox.post_reply(turn, reply(), at=at) is None
    assert not conversation.messages.filter(author=Author.BOT).exists()


def test_the_assistant_never_speaks_in_the_queue(conversation, say, later):
    say("One", 1)
    turn = claimed(conversation, later)
    handoff.ask_person(conversation.pk, at=later)
    assert outbox.post_reply(turn, reply(), at=later) is None


def test_switching_the_shops_assistant_off_discards_what_it_was_about_to_say(conversation, say, now, boss, shop, fresh):
    say("One", 1, at=now - timedelta(seconds=5))
    turn = claimed(conversation, now)
    switch.set_for_shop(shop, on=False, by=boss, at=now)
    assert outbox.post_reply(turn, reply(), at=now) is None
    intake.answer(conversation.pk)
    assert fresh(conversation).holder == Holder.QUEUE
    assert Handoff.objects.get().reason == Handoff.Reason.BOT_OFF


def test_with_the_assistant_off_a_message_goes_to_people_at_once(conversation, say, now, boss, shop, fresh):
    switch.set_for_shop(shop, on=False, by=boss, at=now)
    say("Hello")
    assert fresh(conversation).holder == Holder.QUEUE
    assert [author for author, _ in texts(conversation)] == ["shopper", "system"]


def test_switched_off_in_one_conversation_it_hands_over_what_waits(conversation, say, later, boss, fresh):
    say("Hello")
    switch.set_for_conversation(conversation.pk, on=False, by=boss, at=later)
    assert fresh(conversation).holder == Holder.QUEUE


def broken(turn, *, draft):
    raise RuntimeError("the assistant broke")


def test_a_failing_assistant_ends_with_a_person(conversation, say, settings, fresh, now):
    settings.ASSISTANT = "tests.chat.test_intake.broken"
    say("Hello", at=now - timedelta(seconds=5))
    intake.answer(conversation.pk)
    assert fresh(conversation).holder == Holder.QUEUE
    handed = Handoff.objects.get()
    assert handed.reason == Handoff.Reason.FAILED
    assert handed.summary == "Hello"
    assert texts(conversation)[-1][0] == "system"


def test_an_assistant_that_keeps_dying_ends_with_a_person(conversation, say, settings, fresh, now):
    at = now - timedelta(days=1)
    say("Hello", at=at)
    for death in range(settings.TURN_ATTEMPTS):
        at += timedelta(seconds=settings.TURN_CLAIM_SECONDS + 1)
        assert claimed(conversation, at).failures == death
    intake.answer(conversation.pk)
    assert Handoff.objects.get().reason == Handoff.Reason.TIMEOUT


def test_asking_for_a_person_twice_changes_nothing(conversation, now):
    for _ in range(2):
        handoff.ask_person(conversation.pk, at=now)
    assert Handoff.objects.count() == 1


def test_the_second_to_accept_is_told_who_was_faster(conversation, now, anna, boss):
    handoff.ask_person(conversation.pk, at=now)
    handoff.accept(conversation.pk, by=anna, at=now)
    with pytest.raises(handoff.AlreadyTaken, match="Anna"):
        handoff.accept(conversation.pk, by=boss, at=now)


def test_writing_takes_a_waiting_conversation(conversation, say, now, anna, boss, fresh):
    say("Hello")
    outbox.post_person(conversation.pk, by=anna, text="Good morning", client_id="reply-0001", at=now)
    assert fresh(conversation).is_held_by(anna)
    with pytest.raises(outbox.HeldByAnother):
        outbox.post_person(conversation.pk, by=boss, text="Me too", client_id="reply-0002", at=now)


def test_a_reply_sent_twice_is_said_once(conversation, now, anna):
    for _ in range(2):
        outbox.post_person(conversation.pk, by=anna, text="Good morning", client_id="reply-0001", at=now)
    assert conversation.messages.filter(author=Author.PERSON).count() == 1


def test_given_back_the_assistant_answers_what_waits(conversation, say, now, later, anna):
    handoff.take(conversation.pk, by=anna, at=now)
    say("Where is my order?")
    handoff.give_back(conversation.pk, by=anna, at=later)
    assert claimed(conversation, later).asked == ("Where is my order?",)


def test_only_the_holder_can_give_back(conversation, now, anna, boss):
    handoff.take(conversation.pk, by=anna, at=now)
    with pytest.raises(handoff.NotHolding):
        handoff.give_back(conversation.pk, by=boss, at=now)


def test_a_closed_conversation_opens_with_the_next_word(conversation, say, now, anna, fresh):
    handoff.close(conversation.pk, by=anna, at=now)
    assert not fresh(conversation).is_open
    say("One more thing")
    assert fresh(conversation).is_open


def test_the_sweep_finds_what_was_dropped(conversation, say, now, monkeypatch):
    say("Hello", at=now - timedelta(minutes=1))
    asked = []
    monkeypatch.setattr(turns, "answer_soon", lambda pk, **_: asked.append(pk))
    intake.sweep()
    assert asked == [conversation.pk]


def test_a_hand_off_is_one_commit_or_nothing(conversation, say, later, monkeypatch, fresh):
    say("Hello")
    turn = claimed(conversation, later)

    def fail(*args, **kwargs):
        raise RuntimeError("no")

    monkeypatch.setattr(handoff.events, "record", fail)
    with pytest.raises(RuntimeError):
        outbox.post_reply(turn, reply("", step_back=turns.StepBack("unsure")), at=later)
    assert not Handoff.objects.exists()
    assert fresh(conversation).holder == Holder.BOT
    assert conversation.messages.count() == 1
