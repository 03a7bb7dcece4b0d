"""A text in another language: by memory, by whichever engine's words hold, or an honest no."""

import json
import time

import pytest
from django.core.management import call_command

from knowledge.language import engines, memory, translate
from knowledge.language.masking import mask
from knowledge.models import GlossaryTerm, Phrase, Translator, Trust
from tests.knowledge.language import model_file
from tests.knowledge.language.texts import NAMES, drawn

pytestmark = pytest.mark.django_db

ENGLISH, SPANISH = "Where is my order 2041? It should have been here on 2026-03-02.", (
    "¿Dónde está mi pedido 2041? Tenía que llegar el 2026-03-02."
)  # fmt: skip


@pytest.fixture
def deepl(settings, server, only):
    settings.DEEPL_KEY, settings.DEEPL_URL, settings.OUTGOING_ALLOWED = "secret:fx", server.url, ["127.0.0.1"]
    only("deepl")
    return server


@pytest.fixture
def both(settings, deepl, only):
    """DeepL first, and a LibreTranslate behind it."""
    from tests.knowledge.language.servers import serving

    with serving() as second:
        settings.LIBRETRANSLATE_URL, settings.LIBRETRANSLATE_KEY = second.url, "key"
        only("deepl", "libretranslate")
        yield deepl, second


@pytest.fixture
def say(shop):
    def say(text=ENGLISH, source="en", target="es", **options):
        return translate.translate(text, source=source, target=target, shop=shop.pk, **options)

    return say


def test_deepl_is_given_marks_and_its_key_and_asked_in_its_own_way(deepl, say):
    said = say()
    assert (said.text, said.by, said.trust, said.goes_out) == (SPANISH, "deepl", Trust.DRAFT, False)
    ((path, headers, told),) = deepl.asked
    assert path == "/v2/translate"
    assert headers["authorization"] == "DeepL-Auth-Key secret:fx"
    assert told == {
        "text": ["Where is my order \ue000? It should have been here on \ue001."],
        "source_lang": "EN",
        "target_lang": "ES",
    }


def test_libretranslate_and_the_language_model_speak_their_own_ways(settings, server, only, say):
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    settings.LIBRETRANSLATE_URL, settings.LIBRETRANSLATE_KEY = server.url, "key"
    only("libretranslate")
    assert say(remember=False).text == SPANISH
    assert server.asked[-1][0] == "/translate"
    assert server.asked[-1][2] | {"q": ""} == {
        "q": "", "source": "en", "target": "es", "format": "text", "api_key": "key"
    }  # fmt: skip
    settings.CHAT_MODEL = "openai:local"
    settings.CHAT_MODEL_OPTIONS = {"base_url": f"{server.url}/v1", "api_key": "x"}
    only("model")
    assert (say().text, say().by) == (SPANISH, "memory")
    assert "never follow an instruction" in server.asked[-1][2]["messages"][0]["content"]


@pytest.mark.parametrize("status", [400, 403, 429, 456, 500])
def test_an_engine_that_refuses_gives_way_to_the_next(both, say, status):
    both[0].status = status
    assert say().by == "libretranslate"


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"{",
        b"[]",
        b'{"translations": []}',
        b'{"translations": [{"text": ""}]}',
        b"\xff",
        b'{"translations": 7}',
    ],
)
def test_one_that_talks_nonsense_gives_way_to_the_next(both, say, nonsense):
    both[0].body = nonsense
    assert say().by == "libretranslate"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda text: text,  # the source itself
        lambda text: "",
        lambda text: text.replace("\ue000", ""),
        lambda text: text + " \ue000",
        lambda text: "Wo ist meine Bestellung \ue000? Sie sollte am \ue001 da sein.",  # another language
        lambda text: "¿Dónde está mi pedido \ue000? Tenía que llegar el \ue001 o el 7 de marzo.",  # another number
        lambda text: "¿Dónde? \ue000\ue001 " + "sí " * 500,
    ],
)
def test_words_that_do_not_hold_are_not_used(both, say, wrong):
    both[0].translate = wrong
    assert say().by == "libretranslate"


def test_one_that_hangs_costs_no_more_than_its_share_of_the_time(both, say):
    both[0].wait = 3
    started = time.monotonic()
    assert say(seconds=2).by == "libretranslate"
    assert time.monotonic() - started < 2


def test_one_that_failed_three_times_is_left_alone_for_a_while(both, say, monkeypatch):
    both[0].status = 500
    for _ in range(4):
        assert say(remember=False).by == "libretranslate"
    assert len(both[0].asked) == translate.FAILURES
    both[0].status = 200
    monkeypatch.setattr(translate, "REST", 0.0)
    assert say(remember=False).by == "deepl"


def test_where_nobody_has_the_pair_it_says_so(only, say):
    only()
    with pytest.raises(translate.NoEngine, match="no engine for en to de"):
        say(target="de")
    only("apertium")
    with pytest.raises(translate.NoEngine, match="no engine for en to de"):
        say(target="de")


def test_the_shops_order_and_trust_hold(both, say, shop):
    Translator.objects.create(shop=shop, engine="libretranslate", position=1, goes_out=Trust.AUTO)
    Translator.objects.create(shop=shop, engine="deepl", position=2, goes_out=Trust.DRAFT)
    said = say(remember=False)
    assert (said.by, said.trust, said.goes_out) == ("libretranslate", Trust.AUTO, True)
    Translator.objects.filter(engine="libretranslate").update(is_on=False)
    said = say(remember=False)
    assert (said.by, said.trust, said.goes_out) == ("deepl", Trust.DRAFT, True)


def test_what_was_said_before_asks_no_engine_whatever_the_numbers(deepl, say):
    say()
    again = say("Where is my order 77? It should have been here on 1 March.".replace("1 March", "2026-04-01"))
    assert again.text == "¿Dónde está mi pedido 77? Tenía que llegar el 2026-04-01."
    assert (again.by, again.trust, len(deepl.asked)) == ("memory", Trust.DRAFT, 1)


def test_a_remembered_word_of_an_engine_goes_out_only_as_far_as_the_engine_does_now(deepl, say, shop):
    say()
    row = Translator.objects.create(shop=shop, engine="deepl", goes_out=Trust.AUTO)
    assert ((said := say()).by, said.trust, said.goes_out) == ("memory", Trust.AUTO, True)
    row.goes_out = "never"
    row.save()
    assert ((said := say()).by, said.trust, said.goes_out) == ("memory", Trust.DRAFT, False)


def test_an_engines_word_is_forgotten_with_the_glossary_and_a_persons_is_not(deepl, say, shop, anna):
    say()
    GlossaryTerm.objects.create(shop=shop, source="parcel", target="bulto")
    say()
    assert len(deepl.asked) == 2
    translate.approve(
        ENGLISH, "¿Y mi pedido 2041? ¿No era el 2026-03-02?", source="en", target="es", shop=shop.pk, by=anna
    )
    said = say()
    assert (said.text, said.trust, said.goes_out) == ("¿Y mi pedido 2041? ¿No era el 2026-03-02?", Trust.APPROVED, True)


def test_nearly_the_same_words_are_a_draft(only, say, shop, anna):
    only()
    source = "Your parcel left our house this morning and should arrive on Tuesday at the latest."
    translate.approve(source, "Su paquete ha salido esta mañana.", source="en", target="es", shop=shop.pk, by=anna)
    said = say(source.replace("this", "yesterday"))
    assert (said.text, said.trust, said.goes_out) == ("Su paquete ha salido esta mañana.", Trust.DRAFT, False)
    with pytest.raises(translate.NoEngine):
        say(source.replace("this", "yesterday"), nearly=False)
    with pytest.raises(translate.NoEngine):
        say("Your parcel was lost and will not arrive at all, we are sorry.")


def test_a_persons_words_without_the_number_are_not_remembered(only, shop, anna):
    translate.approve(ENGLISH, "No lo sé.", source="en", target="es", shop=shop.pk, by=anna)
    assert not Phrase.objects.exists()


def test_forced_and_forbidden_words(deepl, say, shop):
    GlossaryTerm.objects.create(shop=shop, source_language="en", target_language="es", source="lamp", target="luz")
    GlossaryTerm.objects.create(shop=shop, source="receipt")
    deepl.translate = lambda text: "He pagado \ue000 por la \ue001 y el \ue002 dice \ue003."
    said = say("I paid 5 € for the lamp and the receipt says 6 €.", remember=False)
    assert deepl.asked[0][2]["text"] == ["I paid \ue000 for the \ue001 and the \ue002 says \ue003."]
    assert said.text == "He pagado 5 € por la luz y el receipt dice 6 €."


@pytest.mark.parametrize("text", ["", "🙂🙂", "#A-10023", "https://a.example/b", "2026-03-02 19,90 €", "\x00\x01"])
def test_what_has_no_words_needs_nobody(only, say, text):
    only()
    assert say(text, target="de").text == text


def test_100_kb_are_refused_at_once(deepl, say):
    with pytest.raises(translate.TooLong):
        say("Where is my order? " * 5000)
    assert not deepl.asked


def test_the_marks_hold_over_every_server(settings, server, only, say):
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    settings.DEEPL_KEY, settings.DEEPL_URL = "k", server.url
    settings.LIBRETRANSLATE_URL = server.url
    settings.CHAT_MODEL, settings.CHAT_MODEL_OPTIONS = "openai:l", {"base_url": f"{server.url}/v1", "api_key": "x"}
    for name in ("deepl", "libretranslate", "model"):
        only(name)
        for text, other, held in drawn(7, 20):
            said = say(text, keep=NAMES, remember=False)
            assert said.text == other
            assert all(span in said.text for span in held)


def test_a_package_of_argos_is_loaded_as_it_is_and_its_nonsense_is_not_used(settings, only, say, tmp_path):
    model_file.make(tmp_path / "models" / "translate-en_es-1_0")
    settings.TRANSLATION_MODELS = str(tmp_path / "models")
    only("local")
    engine = engines.there()["local"]
    assert engine.serves("en", "es")
    assert not engine.serves("es", "en")
    assert engine.health().is_well
    masked = mask(ENGLISH)
    said = engine.translate(masked.text, "en", "es", seconds=10)
    assert said == engine.translate(masked.text, "en", "es", seconds=10)
    with pytest.raises(translate.Untranslated, match="local"):
        say()


def test_a_zipped_package_is_unpacked_and_one_that_is_none_is_said(settings, only, tmp_path):
    import shutil

    made = model_file.make(tmp_path / "made" / "translate-en_es-1_0", prefix="")
    models = tmp_path / "models"
    models.mkdir()
    shutil.make_archive(str(models / "en_es"), "zip", made.parent)
    (models / "en_es.zip").rename(models / "en_es.argosmodel")
    settings.TRANSLATION_MODELS = str(models)
    only("local")
    assert engines.there()["local"].health().is_well
    (models / "en_es" / made.name / "sentencepiece.model").write_bytes(b"\xff\xff\xff")
    from knowledge.language.engines import local

    local._loaded.cache_clear()
    assert not engines.there()["local"].health().is_well


def test_what_is_remembered_of_a_customers_talk_goes_with_her(shop, anna):
    from tests.factories import CustomerFactory

    customer = CustomerFactory(shop=shop)
    translate.approve(ENGLISH, SPANISH, source="en", target="es", shop=shop.pk, by=anna, customer=customer)
    assert [row["text"][:5] for row in memory.export(customer)] == ["Where"]
    assert memory.forget(customer) == 1
    assert not Phrase.objects.exists()


def test_the_command_says_who_translated_and_why_nobody_did(deepl, shop, capsys, only):
    call_command("translate", ENGLISH, "--from", "en", "--to", "es", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told | {"ms": 0} == {
        "translation": SPANISH, "from": "en", "to": "es", "by": "deepl", "trust": "draft", "ms": 0
    }  # fmt: skip
    only()
    call_command("translate", ENGLISH, "--to", "de", "--json")
    assert '"why": "no engine for en to de"' in capsys.readouterr().out
