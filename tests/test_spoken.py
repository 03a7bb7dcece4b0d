"""A page that is shown, the flows, what consent asks: in each language, with no English left in it."""

import re
from datetime import date
from decimal import Decimal

import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import consent, people
from accounts.models import Purpose
from accounts.wording import FIRST
from config import env
from tests.factories import OrderFactory, OrderLineFactory, ShipmentFactory

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
# Words that are in almost every English sentence, and in no other of these languages.
ENGLISH = re.compile(r"\b(?:the|you|your|and|with|this|that|please|there|which|they|what|where|from|here|have)\b", re.I)
TEXTS = re.compile(
    r"<(?:script|style)\b.*?</(?:script|style)>"
    r"|(?:aria-label|placeholder|title|alt|data-[a-z-]*words?|data-once|data-chosen)=\"([^\"]*)\"|>([^<]+)",
    re.S,
)
TOTALS = {
    **dict.fromkeys(("de", "it", "nl", "pt"), "1.234,50 EUR"),
    **dict.fromkeys(("es", "fr", "pl"), "1\xa0234,50 EUR"),
}
WAITS = {
    "es": ("1 segundo", "2 segundos", "5 segundos"),
    "de": ("1 Sekunde", "2 Sekunden", "5 Sekunden"),
    "fr": ("1 seconde", "2 secondes", "5 secondes"),
    "it": ("1 secondo", "2 secondi", "5 secondi"),
    "pt": ("1 segundo", "2 segundos", "5 segundos"),
    "nl": ("1 seconde", "2 seconden", "5 seconden"),
    "pl": ("1 sekundę", "2 sekundy", "5 sekund"),
}


@pytest.fixture(autouse=True)
def _instant_vectors(settings, shop):
    settings.EMBEDDINGS = "fake"
    settings.ACCOUNT_RATE_LIMITS = False
    consent.prepare(shop)


@pytest.fixture
def order(maria, shop):
    order = OrderFactory(
        customer=people.customer_for(maria, shop), number="1042", status="shipped", total=Decimal("1234.50")
    )
    OrderLineFactory(order=order, position=1, name="Brass lamp", price=Decimal("1234.50"))
    ShipmentFactory(order=order, carrier="Colissimo", tracking_number="6A001", expected_on=date(2026, 5, 5))
    return order


def english(page):
    """What of a page still reads like English."""
    words = page.replace("Lumen &amp; Loom", "").replace("English", "")
    texts = (" ".join(found).strip() for found in TEXTS.findall(words))
    return [text for text in texts if ENGLISH.search(text)]


def reads(browser, language, url):
    browser.cookies["django_language"] = language
    answer = browser.get(url)
    assert answer.status_code in (200, 404), url
    page = answer.content.decode()
    assert f'<html lang="{language}"' in page
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_a_shopper_has_english_left(language, order, maria, client_of):
    signed_in = ("accounts:home", "accounts:orders", "accounts:consent", "my_tickets:tickets", "my_tickets:new")
    of_allauth = ("account_email", "mfa_index", "account_change_password", "account_logout")
    to_all = ("home", "help:home", "chat:new", "account_login", "account_signup", "account_reset_password")
    walk = [(client_of(maria), reverse(name)) for name in signed_in + of_allauth]
    walk += [(Client(), reverse(name)) for name in to_all] + [(Client(), "/no/such/page")]
    walk += [(client_of(maria), reverse("accounts:order", args=["1042"]))]

    left = {url: english(reads(browser, language, url)) for browser, url in walk}

    assert not {url: texts for url, texts in left.items() if texts}


def test_english_would_be_found(shop):
    assert len(english(Client().get("/").content.decode())) > 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_is_written_as_its_reader_writes(language, order, maria, client_of):
    page = reads(client_of(maria), language, reverse("accounts:order", args=["1042"]))

    assert TOTALS[language] in page.replace("&nbsp;", "\xa0")


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_bend_their_words(language):
    with translation.override(language):
        told = [
            translation.ngettext(
                "That was a lot at once. Please wait %(seconds)s second.",
                "That was a lot at once. Please wait %(seconds)s seconds.",
                n,
            )
            % {"seconds": n}
            for n in (1, 2, 5)
        ]

    assert all(wait in text for wait, text in zip(WAITS[language], told, strict=True))


def texts_in(data):
    """Every text of a file of ours that is told by language."""
    if isinstance(data, dict) and "en" in data:
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from texts_in(each)


@pytest.mark.parametrize("path", sorted(env.ROOT.glob("chat/**/*.yaml")), ids=lambda path: path.name)
def test_flows_and_manners_are_told_in_every_language(path):
    for text in texts_in(yaml.safe_load(path.read_text())):
        assert set(text) == {"en", *LANGUAGES}, text["en"]
        holes = {code: sorted(re.findall(r"\{[\w.]+\}", str(said))) for code, said in text.items()}
        assert all(found == holes["en"] for found in holes.values()), text["en"]


def test_consent_is_asked_in_every_language():
    assert set(FIRST) == {"en", *LANGUAGES}
    assert all(set(texts) == set(Purpose) for texts in FIRST.values())
