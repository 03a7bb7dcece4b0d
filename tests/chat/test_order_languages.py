"""The talk about orders is held in each language of the shop, from the question to the confirmation."""

import ast
import gettext
from datetime import date
from decimal import Decimal

import pytest

from accounts.commerce import rules
from accounts.models import Order
from chat.flows import asking
from chat.models import Action
from config import env
from tests.factories import OrderFactory, OrderLineFactory, ShipmentFactory

pytestmark = pytest.mark.django_db

LANGUAGES = ("es", "de", "fr", "it", "pt", "nl", "pl")
SPOKEN = (
    *(
        "chat/flows/*.py",
        "chat/orders.py",
        "chat/proving.py",
        "accounts/commerce/saying.py",
        "accounts/commerce/objections.py",
    ),
    *("accounts/commerce/plans.py", "accounts/commerce/proofs.py"),
)


@pytest.fixture(autouse=True)
def _instant_vectors(settings, shop):
    settings.EMBEDDINGS = "fake"
    rules.prepare(shop)


@pytest.fixture
def order(customer, now):
    order = OrderFactory(customer=customer, number="1042", status="shipped", placed_at=now)
    OrderLineFactory(order=order, position=1, name="Desk lamp", price=Decimal("19.90"))
    ShipmentFactory(order=order, carrier="Colissimo", tracking_number="6A001", expected_on=date(2026, 5, 5))
    return order


@pytest.mark.parametrize(
    ("language", "asked", "told"),
    [
        (
            "es",
            "¿Dónde está mi pedido?",
            "El pedido 1042 está en camino. Lo lleva Colissimo. Se espera para el 5 de mayo de 2026.",
        ),
        (
            "de",
            "Wo ist meine Bestellung?",
            "Die Bestellung 1042 ist unterwegs. Sie reist mit Colissimo. Sie wird am 5. Mai 2026 erwartet.",
        ),
        (
            "fr",
            "Où est ma commande ?",
            "État de la commande 1042 : en route. Elle voyage avec Colissimo. Elle est attendue le 5 mai 2026.",
        ),
        ("it", "1042", "L'ordine 1042 è in viaggio. Viaggia con Colissimo. È atteso per il 5 maggio 2026."),
        (
            "pt",
            "1042",
            "A encomenda 1042 está a caminho. Segue com Colissimo. Espera-se que chegue em 5 de maio de 2026.",
        ),
        ("nl", "1042", "Bestelling 1042 is onderweg. Die reist met Colissimo. Die wordt verwacht op 5 mei 2026."),
        ("pl", "1042", "Status zamówienia 1042: w drodze. Przewoźnik: Colissimo. Spodziewana dostawa: 5 maja 2026."),
    ],
)
def test_they_are_answered_in_their_language_and_led_on(talk, order, customer, language, asked, told):
    type(customer).objects.update(language=language)

    message = talk(asked)
    follows = talk(message.details["suggestions"][0])

    assert message.text == told
    assert "6A001" in follows.text


@pytest.mark.parametrize(
    ("language", "asked", "title"),
    [
        ("es", "Quiero cancelar el pedido 1042", "Cancelar el pedido 1042"),
        ("de", "Bitte 1042 stornieren", "Bestellung 1042 stornieren"),
        ("fr", "Je veux annuler la commande 1042", "Annuler la commande 1042"),
    ],
)
def test_a_change_is_shown_and_confirmed_in_her_language(talk, order, customer, language, asked, title):
    type(customer).objects.update(language=language)
    Order.objects.update(status="paid")

    shown = talk(asked)
    talk(shown.details["suggestions"][0])

    assert shown.details["cards"][0]["title"] == title
    assert Action.objects.filter(kind="order").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_it_falls_back_to_english(language):
    path = env.ROOT / "config" / "locale" / language / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog

    spoken = {text for pattern in SPOKEN for file in env.ROOT.glob(pattern) for text in strings(file)}

    assert len(spoken) > 90
    assert sorted(spoken - set(known)) == []


def strings(file):
    """What stands in _("…")."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "gettext"):
            yield from (each.value for each in node.args if isinstance(each, ast.Constant))


@pytest.mark.parametrize("said", ["Sì, grazie", "sim", "Ja, graag", "Tak, proszę", "sí", "oui", "ja"])
def test_a_yes_is_heard_in_every_language(said):
    assert asking.says_yes((said,), "")
    assert not asking.says_no((said,), "")


@pytest.mark.parametrize("said", ["Não, obrigada", "nee, laat maar", "Nie, dziękuję", "no, grazie", "nein"])
def test_a_no_is_heard_in_every_language(said):
    assert asking.says_no((said,), "")
    assert not asking.says_yes((said,), "")
