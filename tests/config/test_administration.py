"""The administration's front page says what needs doing, and its search finds what the lists find."""

import pytest
from django.urls import reverse

from chat import handoff, intake
from knowledge import articles
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def front(boss, client_of):
    def page(words=""):
        return client_of(boss).get(reverse("admin:index"), {"q": words} if words else {}).content.decode()

    return page


def test_who_waits_and_what_is_unfinished_is_said_and_leads_there(front, shop, maria):
    assert "Nothing waits for you." in front()
    talk = intake.open_conversation(factories.CustomerFactory(shop=shop), opening_id="o", at=NOON)
    intake.receive(intake.Inbound(talk.pk, "o-1", "Where is it?"), at=NOON)
    handoff.ask_person(talk.pk, at=NOON)
    articles.draft(shop, title="Returns", body="Soon.")

    page = front()
    assert (
        f'<a href="{reverse("chat:inbox")}?list=waiting">Shoppers who wait for a person</a> <strong>1</strong>' in page
    )
    assert "Drafts to be finished</a> <strong>1</strong>" in page


def test_what_waits_in_another_shop_is_not_counted(front, other_shop):
    articles.draft(other_shop, title="Returns", body="Soon.")
    assert "Nothing waits for you." in front()


def test_the_search_finds_people_orders_and_articles_and_nothing_of_another_shop(front, shop, other_shop):
    customer = factories.CustomerFactory(shop=shop, name="Théa Lund")
    factories.OrderFactory(shop=shop, customer=customer, number="L-1042")
    articles.publish(articles.draft(shop, title="Wash the linen", body="At 40 degrees."), embed=False)
    factories.CustomerFactory(shop=other_shop, name="Théa Elsewhere")

    assert "Théa Lund" in front("Théa")
    assert "Elsewhere" not in front("Théa")
    assert "1042" in front("L-1042")
    assert "Wash the linen" in front("linen")
    assert "has “unheard of” in it" in front("unheard of")


@pytest.mark.parametrize("words", ["%", "'", '"><script>', "0", "a" * 300, "\x00", "ü" * 90, "12:34", "{{ x }}"])
def test_whatever_is_searched_for_is_answered_calmly(front, words):
    assert "<script>" not in front(words).split("front-search")[1].split("</form>")[0]
