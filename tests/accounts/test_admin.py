import pytest
from django.contrib import admin
from django.urls import reverse

from accounts import people
from accounts.models import Customer, Membership, Order, Role, User
from tests.factories import CustomerFactory, OrderFactory, OrderLineFactory, ProductFactory, UserFactory, VariantFactory

pytestmark = pytest.mark.django_db
OURS = sorted(
    (model._meta.model_name for model in admin.site._registry if model._meta.app_label == "accounts"),
)


@pytest.fixture
def owner(shop):
    return UserFactory(email="owner@example.com", is_superuser=True)


def _page(name, kind="changelist", *args):
    return reverse(f"admin:accounts_{name}_{kind}", args=args)


@pytest.mark.parametrize("name", OURS)
def test_only_who_runs_a_shop_enters(name, client, maria, anna, boss, client_of):
    doors = [door for door, _status in client.get(_page(name), follow=True).redirect_chain]
    assert doors[-1].startswith(reverse("account_login"))
    assert client_of(boss).get(_page(name)).status_code == 200
    for outsider in (maria, anna):
        assert client_of(outsider).get(_page(name), follow=True).status_code == 403


def test_the_admin_has_no_door_of_its_own(client, shop):
    UserFactory(email="boss2@example.com", is_superuser=True, signs_in=True)

    answer = client.post("/admin/login/", {"username": "boss2@example.com", "password": "a warm mug of tea"})

    assert answer.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("name", OURS)
def test_every_list_and_search_opens(name, owner, client_of, shop):
    VariantFactory(product__shop=shop)
    OrderLineFactory(order__customer=CustomerFactory(shop=shop))
    browser = client_of(owner)

    assert browser.get(_page(name)).status_code == 200
    assert browser.get(_page(name) + "?q=lamp%20%27--").status_code == 200


def test_a_foreign_row_is_not_there(boss, other_shop, shop, client_of):
    foreign = [CustomerFactory(shop=other_shop), ProductFactory(shop=other_shop)]
    foreign.append(OrderFactory(customer=foreign[0]))
    browser = client_of(boss)

    for row in foreign:
        name = row._meta.model_name
        assert str(row) not in browser.get(_page(name)).content.decode()
        there = browser.get(_page(name, "change", row.pk))
        missing = browser.get(_page(name, "change", 999_999))
        assert (there.status_code, there.url) == (missing.status_code, missing.url) == (302, reverse("admin:index"))


def test_nothing_can_be_put_into_a_foreign_shop(boss, shop, other_shop, client_of):
    browser = client_of(boss)

    browser.post(_page("product", "add"), {"shop": other_shop.pk, "external_id": "1", "name": "X"} | _no_variants())
    browser.post(_page("membership", "add"), {"shop": other_shop.pk, "email": boss.email, "role": "admin"})
    browser.post(
        _page("consenttext", "add"), {"shop": other_shop.pk, "purpose": "news", "language": "en", "text": "Sold."}
    )

    assert not other_shop.products.exists()
    assert not other_shop.memberships.exists()
    assert not other_shop.consent_texts.filter(text="Sold.").exists()


def test_a_product_and_its_variants_are_kept_in_its_shop(boss, shop, client_of):
    form = {"shop": shop.pk, "external_id": "L-1", "name": "Lamp", "is_sold": "on"} | _no_variants()
    form |= {
        "variants-TOTAL_FORMS": "1",
        "variants-0-sku": "L",
        "variants-0-price": "9.90",
        "variants-0-currency": "EUR",
    }

    answer = client_of(boss).post(_page("product", "add"), form)

    assert answer.status_code == 302
    assert shop.products.get().variants.get().shop == shop


def test_a_colleague_is_added_by_her_address(boss, shop, client_of):
    client_of(boss).post(
        _page("membership", "add"), {"shop": shop.pk, "email": "New@example.com", "name": "Nia", "role": "agent"}
    )

    nia = User.objects.get(email="new@example.com")
    assert nia.role_in(shop) == Role.AGENT
    assert nia.emailaddress_set.get().verified


def test_who_proved_nothing_is_not_let_onto_the_team(boss, shop, client_of):
    squatter = UserFactory(email="nia@example.com", proven=False)

    answer = client_of(boss).post(
        _page("membership", "add"), {"shop": shop.pk, "email": squatter.email, "role": "agent"}
    )

    assert answer.status_code == 200
    assert not squatter.memberships.exists()


def test_the_admin_of_a_shop_cannot_make_herself_the_owner(boss, shop, client_of):
    client_of(boss).post(_page("user", "change", boss.pk), {"name": "Boss", "is_superuser": "on", "is_active": "on"})

    boss.refresh_from_db()
    assert not boss.is_superuser


def test_the_owner_opens_a_shop_with_its_texts(owner, client_of):
    form = {"name": "Second", "slug": "second", "language": "en", "time_zone": "UTC", "currency": "EUR"}

    client_of(owner).post(_page("shop", "add"), form)

    from accounts.models import Shop

    assert Shop.objects.get(slug="second").consent_texts.exists()


def test_new_words_are_published_and_old_ones_kept(boss, shop, client_of):
    form = {"shop": shop.pk, "purpose": "news", "language": "en", "text": "We write on Mondays."}

    client_of(boss).post(_page("consenttext", "add"), form)

    versions = shop.consent_texts.filter(purpose="news", language="en").order_by("version")
    assert [text.version for text in versions] == [1, 2]
    assert client_of(boss).post(_page("consenttext", "change", versions[0].pk), form).status_code == 403


def test_decisions_and_orders_are_only_looked_at(boss, maria, shop, client_of):
    order = OrderFactory(customer=people.customer_for(maria, shop))
    browser = client_of(boss)

    assert browser.get(_page("order", "change", order.pk)).status_code == 200
    assert browser.post(_page("order", "change", order.pk), {"number": "1"}).status_code == 403
    assert browser.post(_page("order", "delete", order.pk), {"post": "yes"}).status_code == 403
    assert browser.get(_page("consentrecord", "add")).status_code == 403
    assert Order.objects.filter(pk=order.pk).exists()


def test_a_proof_cannot_be_typed_in(boss, shop, client_of):
    customer = CustomerFactory(shop=shop, email="kim@example.com")

    client_of(boss).post(
        _page("customer", "change", customer.pk), {"name": "Kim", "email_verified": "on", "email": "x@example.com"}
    )

    customer.refresh_from_db()
    assert (customer.name, customer.email, customer.email_verified) == ("Kim", "kim@example.com", False)


def test_lists_cost_the_same_for_many_rows(owner, shop, client_of, django_assert_max_num_queries):
    for n in range(20):
        OrderFactory(customer=CustomerFactory(shop=shop, name=f"C {n}"))
    browser = client_of(owner)

    for name, most in (("order", 14), ("customer", 10)):
        with django_assert_max_num_queries(most):
            browser.get(_page(name))
    assert Customer.objects.count() == 20
    assert Membership.objects.count() == 0


def _no_variants():
    return {f"variants-{part}": "0" for part in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")} | {
        "variants-MAX_NUM_FORMS": "1000"
    }


# The shop's own site


def shop_form(shop, **changes):
    fields = {name: getattr(shop, name) for name in ("name", "slug", "host", "language", "time_zone", "currency")}
    return fields | {"bot_enabled": "on", "widget_origins": ""} | changes


def test_a_site_is_kept_as_browsers_name_it(boss, shop, client_of):
    pasted = "HTTPS://Www.Lumen.example/cart?x=1\r\n\r\nbücher.example:443\r\nhttp://localhost:8001\r\n"

    client_of(boss).post(_page("shop", "change", shop.pk), shop_form(shop, widget_origins=pasted))

    shop.refresh_from_db()
    assert shop.widget_origins == [
        "https://www.lumen.example",
        "https://xn--bcher-kva.example",
        "http://localhost:8001",
    ]


@pytest.mark.parametrize(
    "pasted",
    ["https://a.example; script-src *", "*", "https://*.example", "https://", "javascript:alert(1)", "a b", "'"],
)
def test_what_is_no_site_is_not_kept(boss, shop, client_of, pasted):
    answer = client_of(boss).post(_page("shop", "change", shop.pk), shop_form(shop, widget_origins=pasted))

    assert answer.status_code == 200
    shop.refresh_from_db()
    assert shop.widget_origins == []


def test_a_secret_is_shown_once_to_who_asks_for_it(boss, shop, client_of):
    browser, page = client_of(boss), _page("shop", "change", shop.pk)
    answer = browser.post(page, shop_form(shop, _widget_secret="1"))
    shop.refresh_from_db()
    first = shop.widget_secret

    assert len(first) >= 43
    assert first in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert first not in browser.get(page).content.decode()

    browser.post(page, shop_form(shop))
    shop.refresh_from_db()
    assert shop.widget_secret == first
    browser.post(page, shop_form(shop, _widget_secret="1"))
    shop.refresh_from_db()
    assert shop.widget_secret not in {"", first}


def test_nobody_makes_a_secret_for_a_foreign_shop(boss, other_shop, client_of):
    client_of(boss).post(_page("shop", "change", other_shop.pk), shop_form(other_shop, _widget_secret="1"))

    other_shop.refresh_from_db()
    assert other_shop.widget_secret == ""
