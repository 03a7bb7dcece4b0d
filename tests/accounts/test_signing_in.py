import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import consent, people, visitors
from accounts.models import Customer, Order, Purpose, User
from analytics.ledger.models import Event
from tests.factories import PASSWORD, OrderFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW = {"name": "Kim Park", "email": "Kim@Example.com", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def with_mail(settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def _link_in(message):
    return re.search(r"http://testserver(\S+)", message.body)[1]


def _sign_in(browser, email, password=PASSWORD):
    return browser.post(reverse("account_login"), {"login": email, "password": password})


def _say_it_again(browser):
    """What touches the keys of an account asks for the password once more."""
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})


# Signing up.


def test_where_mail_leaves_an_account_opens_when_the_link_was_followed(client, shop, with_mail):
    client.post(reverse("account_signup"), NEW)
    assert "_auth_user_id" not in client.session

    client.post(_link_in(mail.outbox[0]))

    kim = User.objects.get(email="kim@example.com")
    assert (kim.name, kim.emailaddress_set.get().verified) == ("Kim Park", True)
    assert client.session["_auth_user_id"] == str(kim.pk)


def test_where_no_mail_leaves_people_get_in_and_prove_nothing(client, shop):
    known = people.known_by(shop, "kim@example.com")
    OrderFactory(customer=known, number="1042")

    client.post(reverse("account_signup"), NEW)

    kim = User.objects.get(email="kim@example.com")
    assert client.session["_auth_user_id"] == str(kim.pk)
    assert not kim.emailaddress_set.get().verified
    assert client.get(reverse("accounts:order", args=["1042"])).status_code == 404
    assert people.customer_for(kim, shop) != known


def test_following_the_link_brings_the_orders_of_that_address(client, shop, other_shop, with_mail):
    here, there = people.known_by(shop, "kim@example.com"), people.known_by(other_shop, "kim@example.com")
    order, elsewhere = OrderFactory(customer=here, number="1042"), OrderFactory(customer=there)
    client.post(reverse("account_signup"), NEW)
    assert not Order.objects.visible_to(User.objects.get(email="kim@example.com")).exists()

    client.post(_link_in(mail.outbox[0]))

    kim = User.objects.get(email="kim@example.com")
    assert set(Order.objects.visible_to(kim)) == {order, elsewhere}
    assert {customer.shop for customer in kim.customers.all()} == {shop, other_shop}
    assert client.get(reverse("accounts:order", args=["1042"])).status_code == 200


def test_looking_at_the_link_proves_nothing(client, shop, with_mail):
    client.post(reverse("account_signup"), NEW)

    client.get(_link_in(mail.outbox[0]))  # a mail scanner looks at every link

    assert not EmailAddress.objects.get().verified


def test_signing_up_twice_tells_a_stranger_nothing(client, maria, with_mail):
    fresh = client.post(reverse("account_signup"), NEW)
    taken = Client().post(reverse("account_signup"), NEW | {"email": maria.email})

    assert (fresh.status_code, fresh.url) == (taken.status_code, taken.url)
    assert User.objects.filter(email=maria.email).count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "nonsense"},
        {"email": ""},
        {"password1": "12345678", "password2": "12345678"},
        {"password2": "another"},
        {"name": "x" * 201},
        {"email": "kim@example.com\x00"},
    ],
)
def test_a_broken_sign_up_comes_back_as_the_form(client, shop, wrong):
    answer = client.post(reverse("account_signup"), NEW | wrong)

    assert answer.status_code == 200
    assert b'name="password1"' in answer.content
    assert not User.objects.exists()


def test_a_closed_shop_opens_no_accounts(client, shop, settings):
    settings.OPEN_FOR_SIGNUP = False

    client.post(reverse("account_signup"), NEW)

    assert not User.objects.exists()


def test_before_the_first_shop_nobody_signs_up(client, db):
    client.post(reverse("account_signup"), NEW)

    assert not User.objects.exists()


# A guest becomes an account.


def test_what_a_guest_did_in_this_browser_is_hers_when_she_signs_up(client, shop):
    client.post(reverse("accounts:consent_ask"), {"purpose": ["learning"]}, headers={"origin": "http://testserver"})
    guest = Customer.objects.get()

    client.post(reverse("account_signup"), NEW)

    guest.refresh_from_db()
    assert guest.user == User.objects.get(email="kim@example.com")
    assert guest.email == "kim@example.com"
    assert not guest.email_verified
    assert consent.allows(guest, Purpose.LEARNING)
    assert not [key for key in client.session.keys() if key.startswith(visitors.PREFIX)]  # noqa: SIM118


def test_a_guest_who_signs_in_joins_the_row_she_has(client, shop):
    maria = UserFactory(email="maria@example.com", signs_in=True)
    own = people.customer_for(maria, shop)
    client.post(reverse("accounts:consent_ask"), {"purpose": ["news"]}, headers={"origin": "http://testserver"})

    _sign_in(client, "maria@example.com")

    assert Customer.objects.present().get(shop=shop) == own
    assert consent.allows(own, Purpose.NEWS)


def test_signing_out_leaves_nothing_of_her_in_the_browser(client, shop):
    UserFactory(email="maria@example.com", signs_in=True)
    _sign_in(client, "maria@example.com")

    client.post(reverse("account_logout"))

    assert "_auth_user_id" not in client.session


# Signing in.


def test_the_address_may_be_written_in_any_case(client, shop):
    maria = UserFactory(email="maria@example.com", signs_in=True)

    _sign_in(client, "MARIA@example.COM")

    assert client.session["_auth_user_id"] == str(maria.pk)
    event = Event.objects.get(kind="user.signed_in")
    assert (event.subject, event.facts) == (f"user:{maria.ledger_id}", {"by": "password"})


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), PASSWORD + " x"])
def test_a_wrong_password_does_not_open(client, shop, password):
    UserFactory(email="maria@example.com", signs_in=True)

    answer = _sign_in(client, "maria@example.com", password)

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_who_is_switched_off_does_not_get_in(client, shop):
    UserFactory(email="maria@example.com", signs_in=True, is_active=False)

    _sign_in(client, "maria@example.com")

    assert "_auth_user_id" not in client.session


def test_guessing_is_stopped(client, shop):
    UserFactory(email="maria@example.com", signs_in=True)
    for n in range(6):
        _sign_in(client, "maria@example.com", f"guess {n}")

    _sign_in(client, "maria@example.com")

    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_replaced_by_mail(client, shop):
    UserFactory(email="maria@example.com", signs_in=True)
    client.post(reverse("account_reset_password"), {"email": "maria@example.com"})

    form = client.get(_link_in(mail.outbox[0]), follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "another warm mug", "password2": "another warm mug"})

    _sign_in(client, "maria@example.com", "another warm mug")
    assert "_auth_user_id" in client.session


def test_asking_for_an_unknown_address_looks_the_same(client, shop):
    UserFactory(email="maria@example.com", signs_in=True)

    known = client.post(reverse("account_reset_password"), {"email": "maria@example.com"})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_a_changed_address_proves_the_new_one_and_no_longer_the_old(client, shop):
    maria = UserFactory(email="maria@example.com", signs_in=True)
    own = people.customer_for(maria, shop)
    waiting = OrderFactory(customer=people.known_by(shop, "lund@example.com"))
    _sign_in(client, "maria@example.com")
    _say_it_again(client)
    client.post(reverse("account_email"), {"email": "lund@example.com", "action_add": ""})
    own.refresh_from_db()
    assert own.email == "maria@example.com"

    client.post(_link_in(mail.outbox[-1]))

    own.refresh_from_db()
    waiting.refresh_from_db()
    assert (own.email, own.email_verified) == ("lund@example.com", True)
    assert waiting.customer == own
    assert people.known_by(shop, "maria@example.com") != own


# The second factor.


@pytest.fixture
def with_factor():
    maria = UserFactory(email="maria@example.com", signs_in=True)
    secret = generate_totp_secret()
    TOTP.activate(maria, secret)
    return maria, secret


def _code(secret):
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"


def test_a_password_alone_does_not_open_an_account_with_a_second_factor(client, shop, with_factor):
    answer = _sign_in(client, "maria@example.com")

    assert answer.url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("accounts:home")).status_code == 302


def test_the_code_of_the_app_opens_it(client, shop, with_factor):
    maria, secret = with_factor
    _sign_in(client, "maria@example.com")

    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": _code(secret)})

    assert client.session["_auth_user_id"] == str(maria.pk)


def test_she_sets_up_an_app_and_gets_recovery_codes(client, shop):
    maria = UserFactory(email="maria@example.com", signs_in=True)
    _sign_in(client, "maria@example.com")
    assert client.get(reverse("mfa_activate_totp")).status_code == 302
    _say_it_again(client)
    page = client.get(reverse("mfa_activate_totp"))

    client.post(reverse("mfa_activate_totp"), {"code": _code(page.context["form"].secret)})

    kinds = set(Authenticator.objects.filter(user=maria).values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}


def test_passkeys_are_offered(client, shop):
    assert b'id="passkey_login"' in client.get(reverse("account_login")).content


@pytest.mark.parametrize("page", ["/", "/admin/"])
def test_the_team_sets_up_a_second_factor_first_where_it_is_asked(page, shop, boss, settings, client_of):
    settings.REQUIRE_STAFF_MFA = True
    browser = client_of(boss)

    assert browser.get(page).url == reverse("mfa_index")
    assert browser.get(page, headers={"hx-request": "true"})["HX-Redirect"] == reverse("mfa_index")
    assert browser.get(page, headers={"accept": "application/json"}).status_code == 403
    assert browser.get(reverse("accounts:home")).status_code == 200


def test_the_team_comes_in_once_it_has_one(shop, boss, settings, client_of):
    settings.REQUIRE_STAFF_MFA = True
    TOTP.activate(boss, generate_totp_secret())

    assert client_of(boss).get("/admin/").status_code == 200


def test_shoppers_need_no_second_factor(shop, maria, settings, client_of):
    settings.REQUIRE_STAFF_MFA = True

    assert client_of(maria).get("/").status_code == 200


# The pages of signing in look like ours.


@pytest.mark.parametrize("page", ["account_login", "account_signup", "account_reset_password"])
def test_entrance_pages_are_ours_and_have_no_inline_script(client, shop, page):
    text = client.get(reverse(page)).content.decode()

    assert 'class="slip' in text
    for script in re.findall(r"<script(.*?)>(.*?)</script>", text, re.S):
        assert "src=" in script[0] or 'type="application/json"' in script[0]
    assert "style=" not in text


@pytest.mark.parametrize("page", ["account_email", "account_change_password", "mfa_index", "account_logout"])
def test_pages_of_the_account_are_ours_and_ask_a_stranger_to_sign_in(client, shop, client_of, maria, page):
    assert 'class="slip' in client_of(maria).get(reverse(page)).content.decode()
    assert client.get(reverse(page)).status_code == 302


# Social sign-in is off until it is set.


def test_no_social_sign_in_without_settings(client, shop):
    assert b"provider" not in client.get(reverse("account_login")).content
