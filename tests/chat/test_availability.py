"""What somebody who waits is told, what she can leave, and how she learns of an answer."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import people, presence
from chat import absence, availability, handoff, intake, letters, outbox, seats, seen
from chat.models import Author, Conversation, Handoff, Letter
from tests.factories import NOON, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
SOON, LATE = timedelta(seconds=299), timedelta(seconds=301)


@pytest.fixture
def waits(shop):
    def waiting(second, *, email=""):
        talk = intake.open_conversation(people.guest(shop, name=f"G{second}", email=email), opening_id="o", at=NOON)
        handoff.ask_person(talk.pk, at=NOON + timedelta(seconds=second))
        return talk

    return waiting


def answers(talk, anna, text="It left this morning.", *, at=NOON, number=1):
    return outbox.post_person(talk.pk, by=anna, text=text, client_id=f"anna-says-{number}", at=at).message


def prospect(talk, at):
    return availability.prospects([talk.pk], at=at)[talk.pk]


# While she waits


def test_places_are_counted_by_who_came_first(waits, other_shop):
    talks = [waits(second) for second in (3, 1, 2)]
    elsewhere = intake.open_conversation(people.guest(other_shop), opening_id="o", at=NOON)
    handoff.ask_person(elsewhere.pk, at=NOON)
    found = availability.prospects([talk.pk for talk in talks], at=NOON)
    assert [found[talk.pk].place for talk in talks] == [3, 1, 2]


def test_how_long_it_takes_is_told_by_how_fast_it_went(waits, anna):
    gone = [waits(second) for second in range(4)]
    for minute, talk in enumerate(gone):
        handoff.accept(talk.pk, by=anna, at=NOON + timedelta(minutes=2 * minute))
    at = NOON + timedelta(minutes=8)
    first, second = waits(10), waits(11)
    assert (prospect(first, at).minutes, prospect(second, at).minutes) == (2, 4)
    assert prospect(first, at + timedelta(minutes=40)).minutes is None


def test_nothing_is_said_of_a_wait_that_nobody_can_know(waits):
    assert prospect(waits(1), NOON).minutes is None


def test_nobody_is_there_until_somebody_is(waits, anna, shop):
    talk = waits(1, email="lia@example.com")
    assert not prospect(talk, NOON).is_staffed
    presence.come(anna, shop, at=NOON)
    assert prospect(talk, NOON).is_staffed
    assert not prospect(talk, NOON + presence.SILENCE + timedelta(seconds=1)).is_staffed
    assert prospect(talk, NOON).address == "l…@example.com"


def test_as_many_questions_for_all_as_for_one(waits, django_assert_num_queries):
    talks = [waits(second) for second in range(5)]
    for many in (1, 5):
        with django_assert_num_queries(4):
            availability.prospects([talk.pk for talk in talks[:many]], at=NOON)


def test_the_pane_says_her_place_and_asks_for_an_address_only_where_nobody_is(maria, client_of, customer, anna, shop):
    talk = intake.open_conversation(customer, opening_id="o", at=timezone.now())
    handoff.ask_person(talk.pk, at=timezone.now())
    type(customer).objects.filter(pk=customer.pk).update(email=None, email_verified=False)
    page = reverse("chat:talk", args=[talk.public_id])
    assert b"Leave a message" in client_of(maria).get(page).content
    presence.come(anna, shop, at=timezone.now())
    there = client_of(maria).get(page).content
    assert b"Leave a message" not in there
    assert b"You are next" in there


# What she leaves


def test_what_she_leaves_waits_in_the_queue(waits, fresh):
    talk = waits(1)
    absence.leave_word(talk.pk, email=" Lia@Example.com ", text="My lamp broke", client_id="left-word", at=NOON)
    left = fresh(talk)
    assert (left.holder, left.customer.email, left.customer.email_verified) == ("queue", "lia@example.com", False)
    said = list(left.messages.in_order().values_list("author", "text"))[-2:]
    assert said[0] == (Author.SHOPPER, "My lamp broke")
    assert "l…@example.com" in said[1][1]


@pytest.mark.parametrize("address", ["", "lia", "lia@", "a@b@c", "x" * 300 + "@example.com"])
def test_without_an_address_nothing_is_left(waits, fresh, address):
    talk = waits(1)
    with pytest.raises(absence.NoAddress):
        absence.leave_word(talk.pk, email=address, text="Hello", client_id="left-word", at=NOON)
    assert fresh(talk).last_seq == talk.last_seq + 1


def test_an_address_we_have_is_not_replaced(waits, fresh):
    talk = waits(1, email="lia@example.com")
    absence.leave_word(talk.pk, email="eve@example.com", text="", client_id="left-word", at=NOON)
    assert fresh(talk).customer.email == "lia@example.com"


# How she learns of the answer


def test_a_burst_she_has_not_read_goes_to_her_in_one_letter(waits, anna):
    talk = waits(1, email="lia@example.com")
    answers(talk, anna)
    answers(talk, anna, "With DHL.", number=2, at=NOON + timedelta(seconds=60))
    assert letters.post_due(at=NOON + SOON) == 0
    assert letters.post_due(at=NOON + LATE) == 1
    assert letters.post_due(at=NOON + 3 * LATE) == 0
    letter = mail.outbox[0]
    assert letter.to == ["lia@example.com"]
    assert "It left this morning." in letter.body
    assert "With DHL." in letter.body

    answers(talk, anna, "Anything else?", number=3, at=NOON + 4 * LATE)
    assert letters.post_due(at=NOON + 6 * LATE) == 1
    assert "It left" not in mail.outbox[1].body


def test_what_she_has_read_is_not_mailed(waits, anna, fresh):
    talk = waits(1, email="lia@example.com")
    answers(talk, anna)
    seen.mark(talk.pk, by_shopper=True, read=fresh(talk).last_seq)
    assert letters.post_due(at=NOON + LATE) == 0
    assert Letter.objects.get().due_at is None


def test_where_no_address_is_known_nothing_is_sent(waits, anna):
    answers(waits(1), anna)
    assert letters.post_due(at=NOON + LATE) == 0
    assert not mail.outbox


def test_a_letter_that_does_not_leave_is_tried_again(waits, anna, monkeypatch):
    answers(waits(1, email="lia@example.com"), anna)

    def away(message, fail_silently=False):
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(letters.EmailMessage, "send", away)
        assert letters.post_due(at=NOON + LATE) == 0
    assert letters.post_due(at=NOON + LATE + letters.AGAIN) == 1


def test_a_letter_holds_the_words_of_its_own_talk_and_no_other(waits, anna):
    hers, his = waits(1, email="lia@example.com"), waits(2, email="ole@example.com")
    answers(hers, anna, "For Lia alone")
    answers(his, anna, "For Ole alone")
    letters.post_due(at=NOON + LATE)
    sent = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "For Ole" not in sent["lia@example.com"]
    assert "For Lia" not in sent["ole@example.com"]


def path_of(letter):
    return next(line for line in letter.body.splitlines() if "/chat/letter/" in line).partition("//localhost:8000")[2]


def test_the_link_opens_the_talk_and_nothing_else(waits, anna, shop):
    talk = waits(1, email="lia@example.com")
    other = intake.open_conversation(Conversation.objects.get(pk=talk.pk).customer, opening_id="other", at=NOON)
    answers(talk, anna)
    letters.post_due(at=NOON + LATE)
    browser = Client()
    opened = browser.get(path_of(mail.outbox[0]), follow=True)
    assert opened.redirect_chain[-1][0] == reverse("chat:talk", args=[talk.public_id])
    assert b"It left this morning." in opened.content
    assert browser.get(reverse("chat:talk", args=[other.public_id])).status_code == 404
    assert Client().get(reverse("chat:talk", args=[talk.public_id])).status_code == 404


def test_the_link_of_a_talk_that_became_an_accounts_is_worth_nothing(waits, anna, maria):
    talk = waits(1, email="lia@example.com")
    path = letters.link(Conversation.objects.select_related("shop", "customer").get(pk=talk.pk)).partition(
        "//localhost:8000"
    )[2]
    browser = Client()
    browser.get(path)
    seat = seats.shopper_seat(seats.Visitor(browser.get("/").wsgi_request.user, browser.session), talk.public_id)
    assert seat
    assert seats.still_holds(seat)
    people.claim(Conversation.objects.get(pk=talk.pk).customer, maria)
    assert Client().get(path).status_code == 404
    assert browser.get(reverse("chat:talk", args=[talk.public_id])).status_code == 404
    assert not seats.still_holds(seat)


@pytest.mark.parametrize("token", ["x", "W10:1abc:def"])
def test_a_forged_link_opens_nothing(db, shop, token):
    assert Client().get(reverse("chat:letter", args=[token])).status_code == 404


def test_an_old_link_opens_nothing(waits, settings):
    talk = waits(1)
    path = letters.link(Conversation.objects.select_related("shop", "customer").get(pk=talk.pk)).partition(
        "//localhost:8000"
    )[2]
    settings.REPLY_MAIL_LINK_SECONDS = -1
    assert Client().get(path).status_code == 404


# How colleagues learn that somebody waits


def test_who_is_not_looking_is_told_once_of_all_who_wait_too_long(waits, anna, boss, shop, stranger):
    presence.come(anna, shop, at=NOON + LATE)
    waits(0)
    waits(1)
    assert letters.alarm(at=NOON + SOON) == 0
    assert letters.alarm(at=NOON + LATE) == 1
    assert [(one.to, one.subject) for one in mail.outbox] == [([boss.email], "2 shoppers wait for a person")]
    waits(60)
    assert letters.alarm(at=NOON + LATE + timedelta(seconds=70)) == 0  # told a moment ago
    again = NOON + 2 * LATE + timedelta(seconds=70)
    presence.alive([anna.pk], at=again)
    assert letters.alarm(at=again) == 1


def test_nobody_is_told_of_whom_somebody_has_taken(waits, anna, shop):
    MembershipFactory(shop=shop, user=UserFactory())
    handoff.accept(waits(1).pk, by=anna, at=NOON)
    assert letters.alarm(at=NOON + LATE) == 0


def test_an_alarm_that_does_not_leave_is_tried_again(waits, anna, monkeypatch):
    waits(1)

    def away(message, fail_silently=False):
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(letters.EmailMessage, "send", away)
        letters.alarm(at=NOON + LATE)
    assert Handoff.objects.get().alarmed_at is None
    assert letters.alarm(at=NOON + LATE) == 1
