import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts import people, visitors
from chat import intake, seats

pytestmark = pytest.mark.django_db


def visitor(user, session=None):
    return seats.Visitor(user, session if session is not None else {})


def test_a_shopper_sits_only_at_her_own_conversation(conversation, maria, omar, anna):
    assert seats.shopper_seat(visitor(maria), conversation.public_id)
    assert seats.shopper_seat(visitor(omar), conversation.public_id) is None
    assert seats.shopper_seat(visitor(anna), conversation.public_id) is None
    assert seats.shopper_seat(visitor(AnonymousUser()), conversation.public_id) is None
    assert seats.shopper_seat(visitor(maria), uuid.uuid4()) is None


def test_only_the_team_of_the_shop_sits_behind_the_counter(conversation, maria, anna, stranger):
    assert seats.staff_seat(visitor(anna), conversation.public_id)
    assert seats.staff_seat(visitor(stranger), conversation.public_id) is None
    assert seats.staff_seat(visitor(maria), conversation.public_id) is None


def test_who_owes_a_second_factor_has_no_seat_yet(conversation, anna, settings):
    settings.REQUIRE_STAFF_MFA = True
    assert seats.staff_seat(visitor(anna), conversation.public_id) is None


def test_a_guest_sits_by_what_her_session_remembers(shop, now):
    session = {}
    guest = visitors.settle(AnonymousUser(), session, shop, name="Lia", email="lia@example.com")
    talk = intake.open_conversation(guest, opening_id="opening-1", at=now)
    assert seats.shopper_seat(visitor(AnonymousUser(), session), talk.public_id)
    assert seats.shopper_seat(visitor(AnonymousUser()), talk.public_id) is None


def test_what_a_guest_said_is_in_her_account_later(shop, now, maria):
    session = {}
    guest = visitors.settle(AnonymousUser(), session, shop)
    talk = intake.open_conversation(guest, opening_id="opening-1", at=now)
    visitors.signed_in(maria, session)
    assert seats.shopper_seat(visitor(maria), talk.public_id)
    assert seats.shopper_seat(visitor(AnonymousUser(), session), talk.public_id) is None


def test_a_merge_moves_conversations_along(shop, now, maria, customer):
    guest = people.guest(shop)
    talk = intake.open_conversation(guest, opening_id="opening-9", at=now)
    people.claim(guest, maria)
    assert seats.shopper_seat(visitor(maria), talk.public_id)


def test_a_seat_is_lost_with_the_membership(conversation, anna):
    seat = seats.staff_seat(visitor(anna), conversation.public_id)
    assert seats.still_holds(seat)
    anna.memberships.all().delete()
    assert not seats.still_holds(seat)


@pytest.mark.parametrize("token", ["", "x", "a:b:c"])
def test_a_forged_key_opens_nothing(token):
    assert seats.visitor_by_token(token) is None


def test_a_key_opens_for_a_while(maria, monkeypatch):
    token = seats.token_for(maria.email)
    assert seats.visitor_by_token(token).user == maria
    monkeypatch.setattr(seats, "TOKEN_SECONDS", -1)
    assert seats.visitor_by_token(token) is None
