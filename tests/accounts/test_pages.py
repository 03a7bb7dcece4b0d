import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts import consent, people, visitors
from accounts.models import Customer, How, Purpose
from tests.factories import NOON, OrderFactory, OrderLineFactory, ShipmentFactory

pytestmark = pytest.mark.django_db
OURS = {"origin": "http://testserver"}


@pytest.fixture
def strict():
    """A browser without any cookie, at a shop that checks where a form comes from."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def order(maria, shop):
    order = OrderFactory(customer=people.customer_for(maria, shop), number="1042", ship_to="Maria Lund\nLyon")
    OrderLineFactory(order=order, position=1, name="Brass lamp", quantity=2)
    ShipmentFactory(order=order).events.create(external_id="1", text="Left Lyon", at=NOON)
    return order


# Strangers first.


@pytest.mark.parametrize("page", ["home", "orders", "profile"])
def test_somebody_who_has_not_signed_in_is_asked_to(client, shop, page):
    answer = client.get(reverse(f"accounts:{page}"))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_an_order_is_not_there_for_who_has_not_signed_in(client, order):
    assert client.get(reverse("accounts:order", args=["1042"])).status_code == 302


@pytest.mark.parametrize("who", ["omar", "stranger"])
def test_a_foreign_order_and_a_missing_one_look_the_same(who, order, client_of, request):
    browser = client_of(request.getfixturevalue(who))

    foreign = browser.get(reverse("accounts:order", args=["1042"]))
    missing = browser.get(reverse("accounts:order", args=["9999"]))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert _without_what_differs(foreign) == _without_what_differs(missing)


def _without_what_differs(answer):
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return page.replace("1042", "N").replace("9999", "N")


def test_an_order_of_another_shop_is_not_there(maria, other_shop, order, client_of):
    assert client_of(maria).get(reverse("accounts:order", args=["1042"]) + "?shop=other").status_code == 404


@pytest.mark.parametrize("number", ["%00", "..%2F1042", "1042' OR 1=1--", "9" * 400, "1042 "])
def test_a_broken_order_number_is_not_there(number, order, maria, client_of):
    assert client_of(maria).get(f"/account/orders/{number}/").status_code == 404


def test_the_list_of_orders_shows_hers_alone(order, omar, shop, client_of, maria):
    OrderFactory(customer=people.customer_for(omar, shop), number="2077")

    page = client_of(maria).get(reverse("accounts:orders")).content.decode()

    assert "1042" in page
    assert "2077" not in page


def test_her_orders_in_another_shop_stay_there(maria, shop, other_shop, client_of):
    OrderFactory(customer=people.customer_for(maria, other_shop), number="3003")

    assert "3003" not in client_of(maria).get(reverse("accounts:orders")).content.decode()


def test_the_team_reads_an_order_of_its_shop(order, anna, client_of):
    assert client_of(anna).get(reverse("accounts:order", args=["1042"])).status_code == 200


# What the pages say and cost.


def test_an_order_page_equals_its_rows(order, maria, client_of):
    page = client_of(maria).get(reverse("accounts:order", args=["1042"])).content.decode()

    for fact in ("1042", "2 \u00d7 Brass lamp", "39.80", "19.90 EUR", "Colissimo", "Left Lyon", "Maria Lund<br>Lyon"):
        assert fact in page


@pytest.mark.parametrize(("language", "total"), [("en", "1,234.50 EUR"), ("de", "1.234,50 EUR")])
def test_amounts_are_written_as_the_reader_writes_them(language, total, maria, shop, client_of):
    OrderFactory(customer=people.customer_for(maria, shop), number="1042", total=Decimal("1234.50"))
    browser = client_of(maria)
    browser.cookies["django_language"] = language

    for page in (reverse("accounts:order", args=["1042"]), reverse("accounts:orders")):
        assert total in browser.get(page).content.decode()


def test_the_order_page_costs_the_same_for_many_parcels(order, maria, client_of, django_assert_max_num_queries):
    for n in range(5):
        ShipmentFactory(order=order).events.create(external_id=str(n), text="Left Lyon", at=NOON)
        OrderLineFactory(order=order, position=n + 2)
    browser = client_of(maria)

    with django_assert_max_num_queries(21):
        browser.get(reverse("accounts:order", args=["1042"]))


def test_the_pages_of_an_account_are_cheap(maria, shop, client_of, django_assert_max_num_queries):
    for n in range(30):
        OrderFactory(customer=people.customer_for(maria, shop), number=str(n))
    browser = client_of(maria)

    with django_assert_max_num_queries(5):
        browser.get(reverse("accounts:home"))
    with django_assert_max_num_queries(6):
        page = browser.get(reverse("accounts:orders")).content.decode()
    assert "Page 1 of 2" in page
    assert browser.get(reverse("accounts:orders") + "?page=rubbish").status_code == 200


def test_a_name_with_markup_stays_a_name(maria, shop, client_of):
    browser = client_of(maria)
    browser.post(reverse("accounts:profile"), {"name": "<script>alert(1)</script>", "language": ""})

    page = browser.get(reverse("accounts:home")).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_a_new_name_reaches_every_shop(maria, shop, other_shop, client_of):
    here, there = people.customer_for(maria, shop), people.customer_for(maria, other_shop)

    answer = client_of(maria).post(reverse("accounts:profile"), {"name": "Mia", "language": "de"})

    assert answer.status_code == 302
    for row in (here, there):
        row.refresh_from_db()
        assert (row.name, row.language) == ("Mia", "de")


@pytest.mark.parametrize("wrong", [{"name": "x" * 201}, {"name": "M", "language": "klingon"}, {"name": "a\x00b"}])
def test_a_broken_profile_comes_back_as_the_form(wrong, maria, shop, client_of):
    answer = client_of(maria).post(reverse("accounts:profile"), wrong)

    assert answer.status_code == 422
    assert b'id="profile"' in answer.content
    maria.refresh_from_db()
    assert maria.name == "Maria Lund"


# Consent, before anybody has a cookie.


@pytest.mark.parametrize("page", ["consent", "consent_ask"])
def test_looking_stores_nothing(strict, shop, page):
    answer = strict.get(reverse(f"accounts:{page}"))

    assert answer.status_code == 200
    assert not answer.cookies
    assert not Customer.objects.exists()
    assert "no-store" in answer["Cache-Control"]


def test_nothing_is_ticked_before_she_ticks_it(strict, shop):
    page = strict.get(reverse("accounts:consent_ask")).content.decode()

    ticked = re.findall(r'value="(\w+)" checked', page)
    assert ticked == ["necessary"]


def test_a_guest_answers_and_is_remembered(strict, shop):
    answer = strict.post(reverse("accounts:consent_ask"), {"purpose": ["learning"], "next": "/chat/"}, headers=OURS)

    assert (answer.status_code, answer.url) == (302, "/chat/")
    guest = Customer.objects.get()
    assert consent.allowed(guest) == {Purpose.NECESSARY, Purpose.LEARNING}
    assert not consent.wants_asking(guest, shop)
    assert visitors.known(answer.wsgi_request.user, strict.session, shop) == guest
    again = strict.get(reverse("accounts:consent"))
    assert again.content.decode().count("asked before the chat") == len(Purpose)


def test_the_fragment_answers_the_pane(strict, shop):
    ours = OURS | {"hx-request": "true"}
    form = strict.get(reverse("accounts:consent_ask"), headers=ours).content.decode()

    answer = strict.post(reverse("accounts:consent_ask"), {"purpose": []}, headers=ours)

    assert form.strip().startswith("<form")
    assert "<html" not in form
    assert answer.status_code == 200
    assert answer["HX-Trigger"] == "consent-answered"
    assert 'id="consent-ask"' in answer.content.decode()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://testserver.evil.example"])
def test_a_foreign_page_cannot_answer_for_her(strict, shop, origin):
    answer = strict.post(reverse("accounts:consent_ask"), {"purpose": ["news"]}, headers={"origin": origin})

    assert answer.status_code == 403
    assert not Customer.objects.exists()


def test_a_foreign_page_cannot_answer_for_who_signed_in(maria, shop):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(maria, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = browser.post(
        reverse("accounts:consent"), {"purpose": ["news"]}, headers={"origin": "https://evil.example"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_nobody_is_sent_away_after_answering(strict, shop, there):
    answer = strict.post(reverse("accounts:consent_ask"), {"next": there}, headers=OURS)

    assert answer.url == reverse("accounts:consent")


def test_a_purpose_nobody_asked_about_is_not_written(strict, shop):
    strict.post(reverse("accounts:consent_ask"), {"purpose": ["everything", "news"]}, headers=OURS)

    assert consent.allowed(Customer.objects.get()) == {Purpose.NECESSARY, Purpose.NEWS}


def test_she_changes_her_mind_on_the_page(maria, shop, client_of):
    customer = people.customer_for(maria, shop)
    consent.grant(customer, Purpose.NEWS, how=How.CHAT, at=NOON)
    browser = client_of(maria)

    browser.post(reverse("accounts:consent"), {"purpose": ["statistics"]}, headers=OURS)

    assert consent.allowed(customer) == {Purpose.NECESSARY, Purpose.STATISTICS}
    page = browser.get(reverse("accounts:consent")).content.decode()
    assert "asked before the chat" in page
    assert "on the consent page" in page


def test_nobody_sees_the_decisions_of_another(maria, omar, shop, client_of):
    consent.grant(people.customer_for(maria, shop), Purpose.NEWS, how=How.CHAT, at=NOON)

    assert "asked before the chat" not in client_of(omar).get(reverse("accounts:consent")).content.decode()


def test_the_consent_page_costs_the_same_after_many_decisions(maria, shop, client_of, django_assert_max_num_queries):
    customer = people.customer_for(maria, shop)
    for granted in (True, False) * 5:
        consent.decide(customer, {Purpose.NEWS: granted}, how=How.PAGE, at=NOON)
    browser = client_of(maria)

    with django_assert_max_num_queries(8):
        browser.get(reverse("accounts:consent"))


def test_a_merged_guests_browser_sees_nothing_of_the_account(maria, shop, strict):
    strict.post(reverse("accounts:consent_ask"), {"purpose": ["news"]}, headers=OURS)
    people.customer_for(maria, shop)
    people.claim(Customer.objects.get(user=None), maria)

    page = strict.get(reverse("accounts:consent")).content.decode()

    assert "asked before the chat" not in page


def test_the_words_come_in_the_browsers_language(strict, shop):
    page = strict.get(reverse("accounts:consent"), headers={"accept-language": "de"}).content.decode()

    assert "Wir verwenden, was Sie schreiben" in page


def test_a_tour_that_was_ended_never_comes_back(client_of, anna):
    agents = client_of(anna)
    assert b'data-tour="agent"' in agents.get("/inbox/").content
    for _ in range(2):
        assert agents.post("/account/tour/agent/").status_code == 204
    anna.refresh_from_db()
    assert anna.tours_done == ["agent"]
    assert b"data-tour" not in agents.get("/inbox/").content
    assert b'data-tour="shopper"' in agents.get("/").content


def test_a_visitor_is_shown_around_in_a_demo_only(client, shop, monkeypatch):
    assert b"data-tour" not in client.get("/").content
    monkeypatch.setattr("accounts.demo.logins", lambda: ["maria"])
    assert b'data-tour="shopper"' in client.get("/").content
