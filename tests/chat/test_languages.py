"""In which language a talk is held, and who decides it."""

from datetime import timedelta

import pytest

from chat import intake, languages, turns
from chat.models import Conversation, ToldBy
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

GERMAN = "Wo ist meine Bestellung? Sie sollte am Freitag hier sein."


@pytest.fixture
def conversation(shop):
    customer = factories.CustomerFactory(shop=shop, language="es")
    return intake.open_conversation(customer, opening_id="one", at=NOON)


@pytest.fixture
def say(conversation, django_capture_on_commit_callbacks):
    said = iter(range(1000, 2000))

    def say(text):
        number = next(said)
        intake.receive(intake.Inbound(conversation.pk, f"message-{number}", text), at=NOON + timedelta(seconds=number))
        conversation.refresh_from_db()
        return languages.of(conversation)

    return say


def test_before_a_word_it_is_the_language_of_her_browser_and_else_the_shops(conversation, shop):
    assert languages.of(conversation) == "es"
    conversation.customer.language = ""
    assert languages.of(conversation) == shop.language


def test_she_is_followed_into_the_language_she_writes(say, conversation):
    assert say(GERMAN) == "de"
    assert conversation.language_by == ToldBy.HEARD
    assert turns.load(conversation.pk).language == "de"


@pytest.mark.parametrize("text", ["ok", "DHL", "2041", "👍", "Maria Lund", "https://example.com/where-is-it", "IKEA"])
def test_what_is_said_everywhere_never_flips_it(say, text):
    say(GERMAN)
    assert say(text) == "de"


def test_a_message_in_two_languages_does_not_flip_it(say):
    say(GERMAN)
    assert say("Can you help me please? No he recibido todavía mi pedido") == "de"


def test_what_she_chose_stays_whatever_she_writes(say, conversation):
    languages.choose(conversation.pk, "fr", by=None, at=NOON)
    assert say(GERMAN) == "fr"


def test_an_agents_word_is_above_hers(say, conversation, anna):
    languages.choose(conversation.pk, "en", by=anna, at=NOON)
    languages.choose(conversation.pk, "fr", by=None, at=NOON)
    assert say(GERMAN) == "en"


def test_an_agent_can_let_us_listen_again(say, conversation, anna):
    languages.choose(conversation.pk, "en", by=anna, at=NOON)
    languages.choose(conversation.pk, "", by=anna, at=NOON)
    assert say(GERMAN) == "de"


def test_in_a_language_we_do_not_speak_she_is_answered_in_her_own_of_before(say, conversation):
    assert say("Hvornår kommer min pakke? Jeg har ventet i tre uger nu.") == "es"
    assert languages.written(conversation) == "da"


@pytest.mark.parametrize("language", ["tlh", "da", "x" * 500, "../en"])
def test_nobody_can_choose_what_we_do_not_speak(conversation, language):
    with pytest.raises(languages.NotSpoken):
        languages.choose(conversation.pk, language, by=None, at=NOON)
    assert Conversation.objects.get(pk=conversation.pk).language == ""
