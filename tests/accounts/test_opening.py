import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts import opening
from accounts.models import ConsentText, FirstAdminToken, Membership, Role, Shop, User
from tests.factories import NOON, PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
FILLED = {"name": "Beatriz", "email": "Boss@example.com", "password": PASSWORD, "shop_name": "Lumen & Loom"}


@pytest.fixture
def door(db):
    return reverse("accounts:first_admin", args=[opening.first_admin_token(at=timezone.now())])


def test_without_the_key_there_is_no_door(client, door):
    wrong = reverse("accounts:first_admin", args=["guess"])

    assert client.get(wrong).status_code == 404
    assert client.post(wrong, FILLED).status_code == 404
    assert not User.objects.exists()


def test_the_first_admin_opens_her_shop_and_is_signed_in(client, door):
    assert client.get(door).status_code == 200

    answer = client.post(door, FILLED)

    boss, shop = User.objects.get(), Shop.objects.get()
    assert answer.url == reverse("admin:index")
    assert (boss.email, boss.is_superuser, boss.role_in(shop)) == ("boss@example.com", True, Role.ADMIN)
    assert (shop.name, shop.slug) == ("Lumen & Loom", "lumen-loom")
    assert ConsentText.objects.filter(shop=shop).exists()
    assert boss.emailaddress_set.get().verified
    assert client.get(reverse("admin:index")).status_code == 200


def test_the_door_opens_once(client, door):
    client.post(door, FILLED)

    assert client.get(door).status_code == 404
    assert client.post(door, FILLED | {"email": "eve@example.com"}).status_code == 404
    assert User.objects.count() == 1


def test_a_used_key_stays_used_when_the_admin_is_gone(db):
    token = opening.first_admin_token(at=NOON)
    form = {"password": PASSWORD, "name": "A", "shop_name": "A", "at": NOON}
    opening.welcome_first_admin(token, email="a@example.com", shop_slug="a", **form)
    User.objects.update(is_superuser=False)

    assert not opening.is_first_admin_token(token, at=NOON)
    with pytest.raises(opening.WrongKey):
        opening.welcome_first_admin(token, email="b@example.com", shop_slug="b", **form)


def test_the_key_is_kept_as_a_hash_only(db):
    token = opening.first_admin_token(at=NOON)

    assert token not in str(FirstAdminToken.objects.values().get())


def test_the_key_ends_after_a_day(db):
    token = opening.first_admin_token(at=NOON)

    assert opening.is_first_admin_token(token, at=NOON + timedelta(hours=23))
    assert not opening.is_first_admin_token(token, at=NOON + timedelta(hours=24))
    with pytest.raises(opening.WrongKey):
        opening.welcome_first_admin(
            token,
            email="a@example.com",
            password=PASSWORD,
            name="A",
            shop_name="A",
            shop_slug="a",
            at=NOON + timedelta(hours=25),
        )


def test_a_new_key_ends_the_older_one(db):
    old, new = opening.first_admin_token(at=NOON), opening.first_admin_token(at=NOON)

    assert not opening.is_first_admin_token(old, at=NOON)
    assert opening.is_first_admin_token(new, at=NOON)


def test_an_open_installation_gives_no_key(db):
    User.objects.create_superuser("boss@example.com", PASSWORD)

    with pytest.raises(opening.AlreadyOpen):
        opening.first_admin_token(at=NOON)


def test_a_key_given_before_does_not_open_once_there_is_an_admin(db):
    token = opening.first_admin_token(at=NOON)
    User.objects.create_superuser("boss@example.com", PASSWORD)

    assert not opening.is_first_admin_token(token, at=NOON)


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "12345678"},
        {"password": "boss@example.com"},
        {"email": "nobody"},
        {"shop_name": ""},
        {"shop_name": "x" * 300},
        {"name": ""},
        {"name": "a\x00b"},
    ],
)
def test_a_broken_form_comes_back_and_the_key_still_opens(client, door, wrong):
    answer = client.post(door, FILLED | wrong)

    assert answer.status_code == 422
    assert not User.objects.exists()
    assert client.get(door).status_code == 200


def test_an_address_with_an_account_is_not_taken_over(client, door):
    UserFactory(email="boss@example.com")

    answer = client.post(door, FILLED)

    assert answer.status_code == 422
    assert not Membership.objects.exists()


def test_a_shop_with_a_name_of_no_letters_opens_too(client, door):
    client.post(door, FILLED | {"shop_name": "日本の店"})

    assert Shop.objects.get().slug == "shop"


@pytest.mark.django_db(transaction=True)
def test_two_who_turn_the_key_at_once_make_one_admin():
    token, together, made = opening.first_admin_token(at=NOON), threading.Barrier(4), []

    def turn(n):
        try:
            together.wait(10)
            who = {"email": f"boss{n}@example.com", "password": PASSWORD, "name": "B"}
            made.append(opening.welcome_first_admin(token, shop_name="S", shop_slug=f"s-{n}", at=NOON, **who))
        except opening.WrongKey:
            pass
        finally:
            connection.close()

    turns = [threading.Thread(target=turn, args=(n,)) for n in range(4)]
    for one in turns:
        one.start()
    for one in turns:
        one.join()

    assert len(made) == 1
    assert (User.objects.count(), Shop.objects.count()) == (1, 1)
