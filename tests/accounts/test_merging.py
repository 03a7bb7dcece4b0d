"""Two records become one customer by the team's word: what moves, what stays, and back again exactly."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts import consent, duplicates, merging, notes, people, personal, visitors
from accounts.models import (
    ConsentRecord,
    Customer,
    CustomerMerge,
    How,
    Order,
    OtherIdentity,
    Payment,
    PaymentMethod,
    Purpose,
)
from analytics.ledger.models import Event
from chat import intake, seats
from chat.models import Conversation
from knowledge import gaps
from tests.factories import CustomerFactory, OrderFactory, PaymentMethodFactory, UserFactory

pytestmark = pytest.mark.django_db
HOME = {"line1": "Tangvej 12", "postcode": "8000", "city": "Aarhus"}


@pytest.fixture
def at():
    return timezone.now()


@pytest.fixture
def account(maria, shop):
    return people.customer_for(maria, shop)


@pytest.fixture
def double(shop, anna, at):
    """The same woman as a guest, with one of everything."""
    double = CustomerFactory(
        shop=shop, name="M. Lund", email="m@work.example", email_verified=True, phone="+45 86123456", address=HOME
    )
    method = PaymentMethodFactory(customer=double, external_id="card-1")
    order = OrderFactory(customer=double)
    order.payments.create(external_id="p1", amount=Decimal(5), currency="EUR", method="card", paid_with=method)
    intake.open_conversation(double, opening_id="double", at=at)
    notes.write(double, "Works nights.", by=anna, at=at)
    notes.tag(double, "vip", by=anna, at=at)
    gaps.record(shop, "Do lamps hum?", customer=double, at=at)
    return double


def picture():
    """Every row that says anything about a customer, as it is."""
    told = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in {"accounts", "chat", "knowledge"} and model is not CustomerMerge:
            rows = model._default_manager.order_by("pk")
            told[model._meta.label] = [
                {f.attname: getattr(r, f.attname) for f in model._meta.concrete_fields} for r in rows
            ]
    told.pop("accounts.ConsentRecord")  # written once; what it comes to is compared
    return told


def allowed():
    return {one.pk: consent.allowed(one) for one in Customer.objects.order_by("pk")}


def test_everything_goes_along_and_the_identities_stay(account, double, anna, at):
    merging.merge(double, account, by=anna, at=at)

    account.refresh_from_db()
    assert (account.name, account.email, account.phone) == ("Maria Lund", "maria@example.com", "+45 86123456")
    assert account.address == HOME
    for rows in (Order, Conversation, PaymentMethod):
        assert rows.objects.get().customer == account
    assert account.notes.get().text == "Works nights."
    assert [tag.name for tag in account.tags.all()] == ["vip"]
    assert [one["asked"] for one in gaps.export(account)] == ["Do lamps hum?"]
    assert people.known_by(account.shop, "m@work.example") == account


def test_every_room_that_names_a_customer_has_said_what_becomes_of_it():
    stays = {"accounts.ConsentRecord", "accounts.Customer", "accounts.CustomerMerge"}
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if (field.many_to_one or field.many_to_many) and field.related_model is Customer and not field.auto_created
    }

    assert pointing - stays == set(merging.BELONGINGS)


def test_undoing_restores_exactly(account, double, anna, at):
    same = PaymentMethodFactory(customer=account, external_id="card-1")
    notes.tag(account, "vip", by=anna, at=at)
    shell = Customer.objects.create(shop=account.shop, merged_into=double)
    consent.decide(account, {Purpose.LEARNING: True, Purpose.NEWS: False}, how=How.PAGE, at=at)
    consent.decide(double, {Purpose.LEARNING: False, Purpose.NEWS: True}, how=How.CHAT, at=at)
    before, could = picture(), allowed()

    merging.merge(double, account, by=anna, at=at)
    assert PaymentMethod.objects.get() == same
    assert Payment.objects.get().paid_with == same
    assert Customer.objects.get(pk=shell.pk).merged_into == account
    assert picture() != before
    merging.part(CustomerMerge.objects.get(), by=anna, at=at + timedelta(days=29))

    assert picture() == before
    assert allowed() == could


def test_what_came_after_the_merge_stays_with_the_survivor(account, double, anna, at):
    merging.merge(double, account, by=anna, at=at)
    Customer.objects.filter(pk=account.pk).update(phone="+45 99999999")
    later = OrderFactory(customer=account)

    merging.part(CustomerMerge.objects.get(), by=anna, at=at)

    account.refresh_from_db()
    later.refresh_from_db()
    assert later.customer == account
    assert account.phone == "+45 99999999"
    assert Customer.objects.get(pk=double.pk).phone == "+45 86123456"


def test_it_cannot_be_undone_twice_or_late_or_out_of_turn(account, double, shop, anna, at):
    last = CustomerFactory(shop=shop)
    first = CustomerFactory(shop=shop)
    merging.merge(double, first, by=anna, at=at)
    merging.merge(first, account, by=anna, at=at)
    one, two = CustomerMerge.objects.order_by("pk")

    with pytest.raises(merging.CannotPart):
        merging.part(one, by=anna, at=at)
    with pytest.raises(merging.CannotPart):
        merging.part(two, by=anna, at=at + timedelta(days=30))
    merging.part(two, by=anna, at=at + timedelta(days=1))
    with pytest.raises(merging.CannotPart):
        merging.part(two, by=anna, at=at + timedelta(days=1))
    merging.part(one, by=anna, at=at + timedelta(days=1))
    assert set(Customer.objects.present()) == {account, double, first, last}


def test_an_address_that_is_another_accounts_now_is_not_given_twice(account, double, shop, anna, at):
    merging.merge(double, account, by=anna, at=at)
    people.customer_for(UserFactory(email="m@work.example"), shop)

    with pytest.raises(merging.CannotPart):
        merging.part(CustomerMerge.objects.get(), by=anna, at=at)
    assert Order.objects.get().customer == account


def test_what_can_no_longer_be_undone_is_not_kept(account, double, anna, at):
    merging.merge(double, account, by=anna, at=at)
    assert merging.forget_old(at + timedelta(days=29, hours=23)) == 0
    assert CustomerMerge.objects.get().kept["source"]["name"] == "M. Lund"

    assert merging.forget_old(at + timedelta(days=30)) == 1
    assert CustomerMerge.objects.get().kept == {}


# Consent.


@pytest.mark.parametrize("hers", [True, False, None])
@pytest.mark.parametrize("others", [True, False, None])
@pytest.mark.parametrize("hers_is_newer", [True, False])
def test_only_what_both_allowed_is_still_allowed(account, double, anna, at, hers, others, hers_is_newer):
    said = [(account, hers), (double, others)]
    for who, granted in said if not hers_is_newer else said[::-1]:
        if granted is not None:
            consent.decide(who, {Purpose.LEARNING: granted}, how=How.PAGE, at=at)

    merging.merge(double, account, by=anna, at=at)

    assert consent.allows(account, Purpose.LEARNING) is (hers is True and others is True)


def test_a_yes_comes_back_in_the_words_it_was_given_to(account, double, shop, anna, at):
    consent.grant(account, Purpose.NEWS, how=How.PAGE, at=at)
    merging.merge(double, account, by=anna, at=at)
    consent.publish(shop, Purpose.NEWS, {"en": "Quite other words."})

    merging.part(CustomerMerge.objects.get(), by=anna, at=at)

    newest = ConsentRecord.objects.latest("pk")
    assert (newest.granted, newest.how, newest.text.version, newest.by) == (True, How.MERGE, 1, anna)


def test_who_decided_herself_since_is_taken_at_her_word(account, double, anna, at):
    consent.grant(account, Purpose.NEWS, how=How.PAGE, at=at)
    merging.merge(double, account, by=anna, at=at)
    consent.grant(account, Purpose.NEWS, how=How.PAGE, at=at)
    consent.withdraw(account, Purpose.NEWS, how=How.PAGE, at=at)

    merging.part(CustomerMerge.objects.get(), by=anna, at=at)

    assert not consent.allows(account, Purpose.NEWS)


# Who may be joined.


def test_refusals(account, double, omar, shop, other_shop, anna, at):
    for source, target, why in (
        (double, CustomerFactory(shop=other_shop), merging.OtherShop),
        (account, people.customer_for(omar, shop), merging.TwoAccounts),
        (account, double, merging.NotTheSame),
        (double, double, merging.NotTheSame),
    ):
        with pytest.raises(why):
            merging.merge(source, target, by=anna, at=at)
    assert not CustomerMerge.objects.exists()


def test_candidates_are_alike_and_of_one_shop(account, double, shop, other_shop):
    typed = CustomerFactory(shop=shop, email="maria@example.com")
    phone = CustomerFactory(shop=shop, phone="0045 (86) 12-34-56")
    place = CustomerFactory(shop=shop, name="m. lund", address={**HOME, "line1": "TANGVEJ  12"})
    for shop_ in (shop, other_shop):
        CustomerFactory(shop=shop_, name="Nobody alike", address=HOME, phone="123")
    CustomerFactory(shop=other_shop, email="maria@example.com", phone="+45 86123456", name="M. Lund", address=HOME)

    def found(customer):
        customer.refresh_from_db()
        return {one.customer.pk: [str(why) for why in one.reasons] for one in duplicates.of(customer)}

    assert found(account) == {typed.pk: ["same address, proven by one"]}
    assert found(double) == {phone.pk: ["same phone"], place.pk: ["same name and address"]}
    assert found(CustomerFactory(shop=shop, name="", phone="123")) == {}


def test_an_account_stays_else_a_proven_address_else_the_older(account, double, shop):
    younger = CustomerFactory(shop=shop)
    assert duplicates.best_way(account, double) == duplicates.best_way(double, account) == (double, account)
    assert duplicates.best_way(younger, double) == (younger, double)
    assert duplicates.best_way(CustomerFactory(shop=shop), younger)[1] == younger


def test_the_preview_tells_what_then_happens(account, double, anna, at):
    consent.grant(account, Purpose.NEWS, how=How.PAGE, at=at)
    account.refresh_from_db()
    look = duplicates.preview(double, account)

    assert {str(one.label): (one.stays, one.goes, one.becomes, one.keeps_both) for one in look.said} == {
        "Name": ("Maria Lund", "M. Lund", "Maria Lund", False),
        "Phone": ("", "+45 86123456", "+45 86123456", False),
        "Email": ("maria@example.com", "m@work.example", "maria@example.com", True),
        "Address": ("", "Tangvej 12, 8000 Aarhus", "Tangvej 12, 8000 Aarhus", False),
    }
    assert all((one.along, one.here) == (1, 0) for one in look.moves)
    assert len(look.moves) == 6
    assert [str(purpose) for purpose in look.no_longer] == ["Product news"]
    assert duplicates.preview(double, account).mark == look.mark
    OrderFactory(customer=double)
    assert duplicates.preview(double, account).mark != look.mark


# Her own doors.


def test_a_guests_browser_follows_to_the_guest_she_became_and_never_into_an_account(account, double, shop, anna, at):
    guest, other = people.guest(shop, name="G"), people.guest(shop, name="O")
    talk = intake.open_conversation(guest, opening_id="guest", at=at)
    browser = seats.Visitor(seats.AnonymousUser(), visitors.remembered(guest))
    seat = seats.shopper_seat(browser, talk.public_id)

    merging.merge(guest, other, by=anna, at=at)
    assert visitors.known(browser.user, browser.session, shop) == other
    assert seats.shopper_seat(browser, talk.public_id)
    assert seats.still_holds(seat)

    merging.merge(other, account, by=anna, at=at)
    assert visitors.known(browser.user, browser.session, shop) is None
    assert seats.shopper_seat(browser, talk.public_id) is None
    assert not seats.still_holds(seat)


def test_a_guests_browser_does_not_follow_to_a_proven_address(double, shop, anna, at):
    guest = people.guest(shop, name="G")
    talk = intake.open_conversation(guest, opening_id="guest", at=at)
    browser = seats.Visitor(seats.AnonymousUser(), visitors.remembered(guest))
    seat = seats.shopper_seat(browser, talk.public_id)

    merging.merge(guest, double, by=anna, at=at)

    assert visitors.known(browser.user, browser.session, shop) is None
    assert not seats.still_holds(seat)


# The record.


def test_both_steps_are_in_the_ledger_with_who_took_them(account, double, anna, at):
    merging.merge(double, account, by=anna, at=at)
    merging.part(CustomerMerge.objects.get(), by=anna, at=at)

    told = Event.objects.filter(kind__in=["customer.merged", "customer.parted"]).order_by("id")
    assert [(one.kind, one.subject, one.refs["other"], one.actor) for one in told] == [
        (kind, f"customer:{account.ledger_id}", f"customer:{double.ledger_id}", f"user:{anna.ledger_id}")
        for kind in ("customer.merged", "customer.parted")
    ]


def test_what_is_kept_of_a_merge_is_handed_over_and_erased(account, double, anna, at):
    merging.merge(double, account, by=anna, at=at)

    assert [one["said_before"]["name"] for one in personal.export_merges(account)] == ["M. Lund"]
    assert [one["email"] for one in personal.export_identities(account)] == ["m@work.example"]
    assert (personal.erase_merges(account), personal.erase_identities(account)) == (1, 1)
    assert not CustomerMerge.objects.exists()
    assert not OtherIdentity.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_at_once_in_both_directions_exactly_one_happens(shop, anna, at):
    for _ in range(10):
        one, other = CustomerFactory(shop=shop, name="One"), CustomerFactory(shop=shop, name="Other")
        OrderFactory(customer=one)
        OrderFactory(customer=other)
        together = Barrier(2)

        def join(source, target, together=together):
            try:
                together.wait(10)
                merging.merge(source, target, by=anna, at=at)
            except merging.JoinedAlready:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(2) as pool:
            done = [each.result(30) for each in (pool.submit(join, one, other), pool.submit(join, other, one))]

        assert sorted(done) == [False, True]
        left = Customer.objects.present().get(pk__in=[one.pk, other.pk])
        assert left.orders.count() == 2
        assert CustomerMerge.objects.filter(target=left).count() == 1
