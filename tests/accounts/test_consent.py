import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from accounts import consent, people
from accounts.models import ConsentRecord, ConsentText, Customer, How, Purpose
from analytics.ledger.models import Event
from tests.factories import NOON, CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(maria, shop):
    return people.customer_for(maria, shop)


@pytest.mark.parametrize("purpose", consent.OPTIONAL)
def test_silence_is_no(customer, purpose):
    assert not consent.allows(customer, purpose)


def test_help_itself_needs_no_yes_and_takes_no_no(customer):
    assert consent.allows(customer, Purpose.NECESSARY)
    assert consent.allows(None, Purpose.NECESSARY)
    with pytest.raises(consent.AlwaysOn):
        consent.withdraw(customer, Purpose.NECESSARY, how=How.PAGE, at=NOON)


def test_nobody_allows_nothing(shop):
    assert not consent.allows(None, Purpose.LEARNING)
    assert consent.allowed(None) == {Purpose.NECESSARY}


def test_the_last_word_counts(customer):
    consent.grant(customer, Purpose.LEARNING, how=How.CHAT, at=NOON)
    assert consent.allows(customer, Purpose.LEARNING)

    consent.withdraw(customer, Purpose.LEARNING, how=How.PAGE, at=NOON + timedelta(days=1))
    assert not consent.allows(customer, Purpose.LEARNING)

    consent.grant(customer, Purpose.LEARNING, how=How.PAGE, at=NOON + timedelta(days=2))
    assert consent.allows(customer, Purpose.LEARNING)
    assert [record.granted for record in consent.history(customer)] == [True, False, True]


def test_one_purpose_says_nothing_about_another(customer):
    consent.grant(customer, Purpose.NEWS, how=How.PAGE, at=NOON)

    assert consent.allowed(customer) == {Purpose.NECESSARY, Purpose.NEWS}


def test_one_person_says_nothing_for_another(customer, omar, shop):
    consent.grant(customer, Purpose.NEWS, how=How.PAGE, at=NOON)

    assert not consent.allows(people.customer_for(omar, shop), Purpose.NEWS)


def test_one_shop_says_nothing_for_another(customer, maria, other_shop):
    consent.grant(customer, Purpose.NEWS, how=How.PAGE, at=NOON)

    assert not consent.allows(people.customer_for(maria, other_shop), Purpose.NEWS)


def test_the_gate_is_one_query(customer, django_assert_num_queries):
    with django_assert_num_queries(1):
        consent.allows(customer, Purpose.LEARNING)
    with django_assert_num_queries(1):
        consent.allowed(customer)
    with django_assert_num_queries(1):
        list(consent.those_who_allow(Purpose.LEARNING, Customer.objects.all()))


def test_a_purpose_nobody_knows_is_refused(customer):
    with pytest.raises(consent.UnknownPurpose):
        consent.allows(customer, "everything")
    with pytest.raises(consent.UnknownPurpose):
        consent.grant(customer, "everything", how=How.PAGE, at=NOON)


def test_a_way_of_deciding_nobody_knows_is_refused(customer):
    with pytest.raises(ValueError, match="pigeon"):
        consent.grant(customer, Purpose.NEWS, how="pigeon", at=NOON)


def test_the_same_answer_to_the_same_words_is_written_once(customer):
    for _ in range(3):
        consent.grant(customer, Purpose.NEWS, how=How.PAGE, at=NOON)

    assert consent.history(customer).count() == 1


def test_many_are_asked_at_once(customer, omar, shop):
    no, never = people.customer_for(omar, shop), CustomerFactory(shop=shop)
    consent.grant(customer, Purpose.STATISTICS, how=How.CHAT, at=NOON)
    consent.grant(no, Purpose.STATISTICS, how=How.CHAT, at=NOON)
    consent.withdraw(no, Purpose.STATISTICS, how=How.CHAT, at=NOON)

    asked = Customer.objects.filter(pk__in=[customer.pk, no.pk, never.pk])
    assert list(consent.those_who_allow(Purpose.STATISTICS, asked)) == [customer]
    assert consent.those_who_allow(Purpose.NECESSARY, asked).count() == 3


def test_what_a_guest_decided_stays_true_after_she_signed_in(maria, shop):
    guest, own = people.guest(shop), people.customer_for(maria, shop)
    consent.grant(guest, Purpose.LEARNING, how=How.CHAT, at=NOON)

    people.claim(guest, maria)

    assert consent.allows(own, Purpose.LEARNING)
    assert consent.history(own).count() == 1
    assert own in consent.those_who_allow(Purpose.LEARNING, Customer.objects.filter(pk=own.pk))


def test_a_no_after_the_merge_outweighs_the_guests_yes(maria, shop):
    guest, own = people.guest(shop), people.customer_for(maria, shop)
    consent.grant(guest, Purpose.LEARNING, how=How.CHAT, at=NOON)
    people.claim(guest, maria)

    consent.withdraw(own, Purpose.LEARNING, how=How.PAGE, at=NOON)

    assert not consent.allows(own, Purpose.LEARNING)


def test_the_ledger_knows_the_decision_and_not_the_words(customer):
    consent.grant(customer, Purpose.NEWS, how=How.CHAT, at=NOON)

    event = Event.objects.get(kind="consent.granted")
    assert event.subject == f"customer:{customer.ledger_id}"
    assert event.facts == {"purpose": "news", "how": "chat", "version": 1}
    assert event.at == NOON


# Nothing is ever changed.


def test_a_decision_cannot_be_changed(customer):
    consent.grant(customer, Purpose.NEWS, how=How.PAGE, at=NOON)

    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        ConsentRecord.objects.update(granted=False)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        ConsentRecord.objects.get().delete()
    assert consent.allows(customer, Purpose.NEWS)


def test_published_words_cannot_be_changed(shop):
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        ConsentText.objects.filter(shop=shop).update(text="We sell everything.")
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        ConsentText.objects.filter(shop=shop).delete()


def test_who_decided_cannot_be_deleted_away(customer):
    consent.grant(customer, Purpose.NEWS, how=How.PAGE, at=NOON)

    with pytest.raises(ProtectedError):
        customer.delete()


def test_only_an_erasure_that_says_so_takes_a_decision_away(customer):
    consent.grant(customer, Purpose.NEWS, how=How.PAGE, at=NOON)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL accounts.erasing = 'on'")
        ConsentRecord.objects.filter(customer=customer).delete()
        cursor.execute("SET LOCAL accounts.erasing = ''")

    assert not consent.history(customer).exists()


# Words.


def test_new_words_are_a_new_version_and_the_question_is_open_again(customer, shop):
    for purpose in Purpose:
        consent.grant(customer, purpose, how=How.CHAT, at=NOON)
    assert not consent.wants_asking(customer, shop)

    consent.publish(shop, Purpose.NEWS, {"en": "We may write on Mondays.", "de": "Montags dürfen wir schreiben."})

    assert consent.wants_asking(customer, shop)
    assert consent.allows(customer, Purpose.NEWS)
    record = consent.history(customer).get(purpose=Purpose.NEWS)
    assert record.text.version == 1
    consent.grant(customer, Purpose.NEWS, how=How.PAGE, at=NOON, language="de")
    assert consent.history(customer).first().text.text == "Montags dürfen wir schreiben."
    assert not consent.wants_asking(customer, shop)


def test_a_language_is_added_to_the_newest_version(shop):
    consent.publish(shop, Purpose.NEWS, {"en": "New."})

    [added] = consent.publish(shop, Purpose.NEWS, {"it": "Nuovo."})
    [newer] = consent.publish(shop, Purpose.NEWS, {"it": "Più nuovo."})

    assert (added.version, newer.version) == (2, 3)


def test_nobody_is_asked_to_agree_to_what_she_cannot_read(customer, shop):
    consent.decide(customer, dict.fromkeys(Purpose, True), how=How.PAGE, at=NOON, language="de")

    consent.publish(shop, Purpose.NEWS, {"en": "We may write on Mondays."})

    assert consent.current_texts(shop, "de")[Purpose.NEWS].version == 1
    assert consent.current_texts(shop, "en")[Purpose.NEWS].version == 2
    assert not any(choice.is_open for choice in consent.choices_of(customer, shop, "de"))


@pytest.mark.parametrize(("asked", "got"), [("de", "de"), ("de-AT", "de"), ("xx", "en"), ("", "en")])
def test_the_words_come_in_her_language_or_the_nearest(shop, asked, got):
    assert consent.current_texts(shop, asked)[Purpose.NEWS].language == got


def test_a_shop_made_by_hand_gets_its_words_when_they_are_needed(shop):
    from accounts.models import Shop

    bare = Shop.objects.create(slug="bare", name="Bare")

    assert set(consent.current_texts(bare)) == set(Purpose)


def test_somebody_new_is_asked(shop):
    assert consent.wants_asking(None, shop)


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_the_same_moment_are_two_rows_and_one_last_word(shop):
    customer = CustomerFactory(shop=shop)
    together, broken = threading.Barrier(8), []

    def answer(granted):
        try:
            together.wait(10)
            consent.decide(customer, dict.fromkeys(consent.OPTIONAL, granted), how=How.PAGE, at=NOON)
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    people_at_once = [threading.Thread(target=answer, args=(n % 2 == 0,)) for n in range(8)]
    for one in people_at_once:
        one.start()
    for one in people_at_once:
        one.join()

    assert not broken
    for purpose in consent.OPTIONAL:
        answers = list(consent.history(customer).filter(purpose=purpose).values_list("granted", flat=True))
        assert all(now != before for now, before in pairwise(answers))
        assert consent.allows(customer, purpose) == answers[0]
