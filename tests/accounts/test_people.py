import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts import merging, opening, people
from accounts.models import Customer, Membership, Order, Role, Shop, User
from analytics.ledger.models import Event
from tests.factories import CustomerFactory, OrderFactory, ShopFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_shopper_has_one_row_in_each_shop(maria, shop, other_shop):
    here, there = people.customer_for(maria, shop), people.customer_for(maria, other_shop)

    assert people.customer_for(maria, shop) == here
    assert here != there
    assert (here.name, here.email, here.email_verified) == ("Maria Lund", "maria@example.com", True)


def test_an_account_with_an_unproven_address_proves_nothing_to_a_shop(shop):
    eve = UserFactory(email="maria@example.com", proven=False)

    assert people.customer_for(eve, shop).email_verified is False


def test_the_first_visit_finds_the_orders_her_proven_address_already_has(maria, shop):
    known = people.known_by(shop, "Maria@Example.com", name="M. Lund")
    order = OrderFactory(customer=known)

    customer = people.customer_for(maria, shop)

    assert customer == known
    assert customer.user == maria
    assert Order.objects.visible_to(maria).get() == order


def test_a_mail_from_a_proven_address_is_from_the_account_that_proved_it(maria, shop):
    customer = people.customer_for(maria, shop)

    assert people.known_by(shop, "MARIA@example.com ") == customer


def test_an_order_for_an_account_that_never_visited_belongs_to_the_account(maria, shop):
    assert people.known_by(shop, "maria@example.com").user == maria


def test_guests_may_type_the_same_address_and_stay_two(shop):
    one, other = people.guest(shop, email="kim@example.com"), people.guest(shop, email="kim@example.com")

    assert one != other
    assert not one.email_verified


@pytest.mark.parametrize("address", ["nonsense", "a@b", "x@y.z\nBcc: everybody@example.com", "@", "a b@example.com"])
def test_a_broken_address_is_refused(shop, address):
    with pytest.raises(ValidationError):
        people.guest(shop, email=address)


def test_an_address_is_needed_to_be_known_by_one(shop):
    with pytest.raises(ValidationError):
        people.known_by(shop, "  ")


# Becoming one.


def test_a_proven_address_brings_what_the_shop_knew_by_it(shop):
    maria = UserFactory(email="maria@example.com", proven=False)
    own = people.customer_for(maria, shop)
    known = people.known_by(shop, "maria@example.com")
    order = OrderFactory(customer=known)
    maria.emailaddress_set.update(verified=True)

    people.address_proven(maria)

    order.refresh_from_db()
    known.refresh_from_db()
    own.refresh_from_db()
    assert order.customer == own
    assert known.merged_into == own
    assert own.email_verified


def test_an_unproven_account_gets_nothing(shop):
    known = people.known_by(shop, "maria@example.com")
    eve = UserFactory(email="maria@example.com", proven=False)

    people.address_proven(eve)
    own = people.customer_for(eve, shop)

    known.refresh_from_db()
    assert own != known
    assert known.user is None
    assert known.merged_into is None


def test_a_guest_who_only_typed_the_address_is_not_merged(maria, shop):
    typed = people.guest(shop, email="maria@example.com")

    people.address_proven(maria)

    typed.refresh_from_db()
    assert typed.merged_into is None
    assert typed.user is None
    assert people.customer_for(maria, shop) != typed


def test_nothing_is_merged_across_shops(maria, shop, other_shop):
    here = people.known_by(shop, "x@example.com")
    there = people.customer_for(maria, other_shop)

    with pytest.raises(merging.OtherShop):
        merging.merge(here, there)
    known_there = CustomerFactory(shop=other_shop, email="y@example.com", email_verified=True)
    with pytest.raises(merging.OtherShop):
        merging.merge(known_there, people.customer_for(maria, shop))


def test_a_proven_address_joins_in_every_shop_separately(shop, other_shop):
    here = CustomerFactory(shop=shop, email="maria@example.com", email_verified=True)
    there = CustomerFactory(shop=other_shop, email="maria@example.com", email_verified=True)
    maria = UserFactory(email="maria@example.com")

    people.address_proven(maria)

    assert set(maria.customers.values_list("pk", "shop")) == {(here.pk, shop.pk), (there.pk, other_shop.pk)}


def _room(move):
    return {"a room": merging.Belongings("things", lambda one: 0, move, lambda source, target, moved: None)}


def test_a_merge_takes_along_what_other_rooms_keep(maria, shop, monkeypatch):
    moved = []
    monkeypatch.setattr(merging, "BELONGINGS", _room(lambda source, target: moved.append((source.pk, target.pk))))
    own, guest = people.customer_for(maria, shop), people.guest(shop, name="M")

    people.claim(guest, maria)

    assert moved == [(guest.pk, own.pk)]


def test_a_merge_that_fails_in_one_room_changes_nothing(maria, shop, monkeypatch):
    def refuse(source, target):
        raise RuntimeError("no room")

    own, guest = people.customer_for(maria, shop), people.guest(shop, name="M")
    order = OrderFactory(customer=guest)
    monkeypatch.setattr(merging, "BELONGINGS", {**merging.BELONGINGS, **_room(refuse)})

    with pytest.raises(RuntimeError, match="no room"), transaction.atomic():
        people.claim(guest, maria)

    order.refresh_from_db()
    guest.refresh_from_db()
    assert order.customer == guest
    assert guest.merged_into is None
    assert own.pk != guest.pk


def test_a_merged_customer_is_an_empty_shell_that_keeps_its_ledger_id(maria, anna, shop):
    own, guest = people.customer_for(maria, shop), people.guest(shop, name="M", email="m@example.com", phone="1")
    before = guest.ledger_id

    people.claim(guest, maria)

    guest.refresh_from_db()
    assert (guest.name, guest.email, guest.phone) == ("", None, "")
    assert guest.ledger_id == before
    assert guest.merged_into == own
    assert set(Customer.objects.visible_to(anna)) == set(Customer.objects.visible_to(maria)) == {own}


def test_shells_follow_when_their_owner_is_merged_in_turn(maria, shop):
    first, second = people.guest(shop), people.guest(shop)
    merging.merge(first, second)

    own = people.customer_for(maria, shop)
    merging.merge(second, own)

    first.refresh_from_db()
    assert first.merged_into == own


def test_nobody_claims_a_row_of_another_account(maria, omar, shop):
    hers = people.customer_for(maria, shop)

    with pytest.raises(merging.NotTheSame):
        people.claim(hers, omar)


def test_nobody_claims_an_address_she_did_not_prove(omar, shop):
    known = people.known_by(shop, "maria@example.com")

    with pytest.raises(merging.NotTheSame):
        people.claim(known, omar)


def test_nobody_claims_a_guest_who_became_somebody_else(maria, omar, shop):
    guest = people.guest(shop)
    people.customer_for(maria, shop)
    people.claim(guest, maria)

    with pytest.raises(merging.NotTheSame):
        people.claim(guest, omar)


def test_two_accounts_are_never_merged(maria, omar, shop):
    with pytest.raises(merging.NotTheSame):
        merging.merge(people.customer_for(maria, shop), people.customer_for(omar, shop))


def test_an_address_taken_off_the_account_proves_nothing_any_more(maria, shop):
    customer = people.customer_for(maria, shop)
    maria.emailaddress_set.all().delete()

    people.address_proven(maria)

    customer.refresh_from_db()
    assert not customer.email_verified


def test_every_step_is_in_the_ledger(maria, shop):
    guest = people.guest(shop)
    own = people.customer_for(maria, shop)

    people.claim(guest, maria)

    kinds = list(Event.objects.order_by("id").values_list("kind", "subject"))
    assert kinds == [
        ("customer.created", f"customer:{guest.ledger_id}"),
        ("customer.created", f"customer:{own.ledger_id}"),
        ("customer.merged", f"customer:{own.ledger_id}"),
    ]


# Rows that protect themselves.


def test_one_proven_address_has_one_row_in_a_shop(shop):
    CustomerFactory(shop=shop, email="kim@example.com", email_verified=True)

    with pytest.raises(IntegrityError, match="one_customer_for_a_proven_address"), transaction.atomic():
        CustomerFactory(shop=shop, email="KIM@example.com", email_verified=True)


def test_there_is_no_proof_without_an_address(shop):
    with pytest.raises(IntegrityError, match="no_proof_without_an_address"), transaction.atomic():
        CustomerFactory(shop=shop, email_verified=True)


def test_a_user_has_one_row_in_a_shop(maria, shop):
    people.customer_for(maria, shop)

    with pytest.raises(IntegrityError, match="one_customer_for_a_user_in_a_shop"), transaction.atomic():
        CustomerFactory(shop=shop, user=maria)


def test_an_account_address_is_unique_however_it_is_written(maria):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("MARIA@Example.com")


def test_capitals_cannot_slip_into_an_account_address(maria):
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="user_email_in_small_letters"):
        cursor.execute("UPDATE accounts_user SET email = 'Maria@example.com' WHERE id = %s", [maria.pk])


def test_a_shell_cannot_keep_a_name(shop):
    one, other = CustomerFactory(shop=shop), CustomerFactory(shop=shop)

    with pytest.raises(IntegrityError, match="a_merged_customer_is_an_empty_shell"), transaction.atomic():
        Customer.objects.filter(pk=one.pk).update(merged_into=other)


# The team.


def test_roles_are_per_shop(anna, boss, maria, shop, other_shop):
    assert anna.role_in(shop) == Role.AGENT
    assert boss.role_in(shop) == Role.ADMIN
    assert maria.role_in(shop) == Role.SHOPPER
    assert anna.role_in(other_shop) == Role.SHOPPER
    assert (anna.is_staff, boss.is_staff, maria.is_staff) == (False, True, False)
    assert anna.works_for(shop)
    assert not anna.works_for(other_shop)


def test_shopper_is_no_role_to_be_given(shop, maria):
    with pytest.raises(IntegrityError, match="membership_role_is_known"), transaction.atomic():
        Membership.objects.create(user=maria, shop=shop, role="shopper")


def test_who_is_switched_off_works_for_nobody(anna, shop):
    anna.is_active = False

    assert not anna.works_for(shop)


def test_a_new_colleague_is_vouched_for(shop):
    ben = people.join_team(shop, email="Ben@example.com", name="Ben", password="a warm mug of tea")

    assert ben.works_for(shop)
    assert ben.emailaddress_set.get().verified


def test_an_account_that_proved_nothing_cannot_join_the_team(shop):
    squatter = UserFactory(email="ben@example.com", proven=False)

    with pytest.raises(people.NotProven):
        people.join_team(shop, email="ben@example.com")

    assert not squatter.memberships.exists()


# Shops.


def test_one_shop_never_has_to_be_named(shop, rf):
    assert people.shop_for(rf.get("/")) == shop


def test_the_host_names_the_shop(shop, other_shop):
    assert people.shop_at(host="HELP.other.example") == other_shop
    assert people.shop_at(host="elsewhere.example") == shop


def test_the_slug_names_the_shop_and_a_wrong_one_names_none(shop, other_shop, rf):
    assert people.shop_for(rf.get("/?shop=other")) == other_shop
    for wrong in ("nowhere", "%00", "a/b", "%27", "x" * 500):
        with pytest.raises(people.NoShop):
            people.shop_for(rf.get(f"/?shop={wrong}"))


def test_before_the_first_shop_there_is_none(db, rf):
    with pytest.raises(people.NoShop):
        people.shop_for(rf.get("/"))


@pytest.mark.parametrize(
    "wrong", [{"time_zone": "Europe/Atlantis"}, {"time_zone": "../etc/passwd"}, {"currency": "euro"}, {"slug": "a b"}]
)
def test_a_shop_is_not_opened_with_nonsense(db, wrong):
    with pytest.raises(ValidationError):
        opening.open_shop(**({"name": "X", "slug": "x"} | wrong))
    assert not Shop.objects.exists()


def test_two_shops_do_not_answer_at_one_host(other_shop):
    with pytest.raises(IntegrityError, match="shop_host_is_one_shops"), transaction.atomic():
        ShopFactory(host="help.other.example")
