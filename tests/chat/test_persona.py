"""How the assistant speaks is the shop's to say; that it is a program is not."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import consent
from accounts.models import Purpose
from chat import assistant, persona, training, turns
from chat.models import Persona
from chat.persona import Manner
from chat.training import Lesson
from tests.chat.test_admin_flows import words
from tests.factories import OrderFactory, ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hears(say, conversation, later, settings):
    """What is answered to a text, as the shop has it now."""
    settings.EMBEDDINGS = "fake"
    say("hello")
    turn = turns.claim(conversation.pk, at=later)

    def hears(text, **changed):
        return assistant.reply(replace(turn, asked=(text,), **changed), draft=lambda words: None).text

    return hears


def test_the_name_tone_and_greeting_of_a_shop_are_what_shoppers_read(shop, hears):
    assert hears("Hello").startswith("Hello. I am the assistant of")

    kept = Persona.objects.create(shop=shop, name="Robin", tone="formal")
    assert hears("Hello") == f"Good day. I am Robin, the assistant of {shop.name}, a program. How may I help you?"
    assert "You are most welcome" in hears("thank you")
    assert "My name is Robin." in hears("are you a bot?")
    assert "a program and not a person" in hears("are you a bot?")

    kept.greeting, kept.length = "Ahoy from {shop}!", "short"
    kept.save()
    assert hears("Hello") == f"Ahoy from {shop.name}! I am Robin, the assistant of {shop.name}, a program."


def test_a_language_has_a_persona_of_its_own(shop, hears):
    Persona.objects.create(shop=shop, name="Robin")
    Persona.objects.create(shop=shop, language="de", name="Ruth", tone="plain")

    assert hears("Hallo", language="de-CH").startswith("Hallo. Ich bin Ruth, der Assistent von")
    assert hears("Hola", language="es").startswith("Hola. Soy Robin")


def test_only_who_agreed_is_greeted_by_name_and_only_if_the_shop_wants(shop, hears, customer, conversation, now):
    assert "Maria" not in hears("Hello")
    consent.grant(customer, Purpose.PERSONALISATION, how="page", at=now)
    known = turns.load(conversation.pk).personal
    assert hears("Hello", personal=known).startswith("Hello Maria. I am")

    Persona.objects.create(shop=shop, greets_by_name=False)
    assert "Maria" not in hears("Hello", personal=known)


def test_a_greeting_that_needs_a_name_stands_back_where_there_is_none(shop, hears):
    Persona.objects.create(shop=shop, greeting="Dear {name},")

    assert hears("Hello").startswith("Hello. I am")
    assert hears("Hello", personal={"name": "Maria Lopez"}).startswith("Dear Maria, I am")


def test_what_the_shop_does_and_does_not_say_never_touches_what_it_is(shop, hears):
    Persona.objects.create(shop=shop, says="welcome = quite welcome", never="program\nanything else")

    assert hears("thank you") == "You are quite welcome."
    assert "a program" in hears("Hello")


def test_a_sentence_that_is_all_there_is_loses_only_the_words():
    voice = persona.Voice(Manner(never=("sorry",)), "en", "Lumen")

    assert voice._worded("I am sorry about it.") == "I am about it."
    assert voice._worded("I am sorry. It left today.") == "It left today."
    assert voice._worded("Sorry") == "Sorry"


def test_quotations_and_records_stay_as_they_are(shop, conversation, say, later):
    from accounts.commerce import facts
    from chat.turns import Reply

    voice = persona.Voice(Manner(says=(("parcel", "package"),)), "en", "Lumen")
    plain, record = Reply("Your parcel."), object.__new__(facts.OrderFacts)

    assert voice.worded(plain).text == "Your package."
    assert voice.worded(replace(plain, record=record)) == replace(plain, record=record)
    assert voice.worded(replace(plain, citations=(object(),))).text == "Your parcel."
    assert voice.worded(replace(plain, asks={"step": "confirm", "seal": "x"})).text == "Your parcel."


def test_how_somebody_sounds_is_heard_and_no_line_comes_twice_in_a_row(talk, settings, customer):
    settings.EMBEDDINGS = "fake"
    OrderFactory(customer=customer, number="1042")
    lines = []
    for number in range(5):
        message = talk(
            f"This is ridiculous!!! Where is my order? {'Really! ' * number}", after=timedelta(minutes=number)
        )
        lines.append(message.text.split(".")[0])

    shipped = {line["en"].rstrip(".") for line in persona._lines()["frustrated"]["warm"]}
    assert set(lines) == shipped
    assert all(one != other for one, other in itertools.pairwise(lines))


def test_whoever_is_calm_or_only_greets_hears_no_such_line(hears):
    every = {
        line["en"]
        for kind in ("frustrated", "confused", "pleased", "urgent")
        for tone in ("warm",)
        for line in persona._lines()[kind][tone]
    }

    assert not any(hears("Where is my order 1042?").startswith(line) for line in every)
    assert not any(hears("Hello!!!").startswith(line) for line in every)


def test_every_line_is_there_in_every_tone_and_language(settings):
    languages = {code for code, _name in settings.LANGUAGES}
    for kind, told in persona._lines().items():
        if kind not in ("who", "called"):
            assert set(told) == set(Persona.Tone.values), kind
        for texts in [told] if kind == "called" else told.values():
            for each in texts if isinstance(texts, list) else [texts]:
                assert set(each) == languages, (kind, each)
            assert not isinstance(texts, list) or len(texts) > 1


def test_a_version_speaks_as_when_it_was_trained(shop, hears, now):
    kept = Persona.objects.create(shop=shop, name="Robin")
    lessons = [Lesson("where is it", "a"), Lesson("it is where", "a"), Lesson("go away", "b"), Lesson("leave us", "b")]
    version = training.train_now(shop, lessons, rejects=True, at=now, name="one", progress=lambda *_: None)
    Persona.objects.filter(pk=kept.pk).update(name="Kim")

    assert "I am Robin" in hears("Hello", version_id=version.pk)
    assert "I am Kim" in hears("Hello")


class TestDesk:
    @pytest.fixture
    def desk(self, boss):
        browser = Client()
        browser.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    @pytest.fixture
    def told(self, shop):
        return {"shop": shop.pk, "language": "", "name": "Robin", "tone": "warm", "length": "full"}

    def test_it_is_written_down_and_shown(self, desk, told):
        desk.post(reverse("admin:chat_persona_add"), told)
        kept = Persona.objects.get()

        assert "I am Robin, the assistant" in words(desk.get(reverse("admin:chat_persona_change", args=[kept.pk])))

    def test_it_is_looked_at_before_it_is_saved(self, desk, told, shop):
        page = words(desk.post(reverse("admin:chat_persona_preview"), told))
        assert "I am Robin, the assistant" in page
        kept = Persona.objects.create(shop=shop, name="Kim")
        page = words(desk.post(reverse("admin:chat_persona_preview_of", args=[kept.pk]), told))
        assert "I am Robin, the assistant" in page
        assert Persona.objects.get().name == "Kim"

    @pytest.mark.parametrize(
        ("field", "value", "why"),
        [("greeting", "Hi {nmae}", "Only {name} and {shop}"), ("says", "parcel", "Each line is two words")],
    )
    def test_what_cannot_be_said_is_told_in_one_sentence(self, desk, told, field, value, why):
        for name in ("add", "preview"):
            page = desk.post(reverse(f"admin:chat_persona_{name}"), {**told, field: value})
            assert why in words(page)
        assert not Persona.objects.exists()

    def test_nobody_looks_at_that_of_another_shop(self, desk, told):
        kept = Persona.objects.create(shop=ShopFactory(), name="Kim")

        assert desk.get(reverse("admin:chat_persona_preview")).status_code == 403
        assert desk.post(reverse("admin:chat_persona_preview_of", args=[kept.pk]), told).status_code == 403
