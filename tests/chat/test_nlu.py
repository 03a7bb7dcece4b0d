"""Another system may read what shoppers write; when it does not answer as it should, ours does."""

import pytest
from django.core.cache import cache

from chat import assistant, nlu, training, turns
from chat.training import Lesson
from config import doctor, env
from tests.chat import loopback

pytestmark = pytest.mark.django_db
SAID = "fly me to Paris, please"
AT = (10, 15)  # where Paris stands


def rasa(_method, path, _headers, body):
    assert path == "/model/parse?token=secret%2Fword"
    assert body == {"text": SAID}
    named = [{"entity": "city", "value": "Paris", "start": 10, "end": 15, "confidence_entity": 0.9}]
    ranking = [{"name": "flights", "confidence": 0.91}, {"name": "hotels", "confidence": 0.05}]
    return 200, {"text": SAID, "intent": ranking[0], "entities": named, "intent_ranking": ranking}


def dialogflow(_method, path, headers, body):
    assert path.startswith("/v2/projects/shop/agent/sessions/")
    assert path.endswith(":detectIntent")
    assert headers["authorization"] == "Bearer secret/word"
    assert body == {"queryInput": {"text": {"text": SAID, "languageCode": "en"}}}
    intent = {"name": "projects/shop/agent/intents/1", "displayName": "flights"}
    result = {"queryText": SAID, "parameters": {}, "intent": intent, "intentDetectionConfidence": 0.91}
    return 200, {"responseId": "1", "queryResult": result}


def wit(method, path, headers, body):
    assert (method, body) == ("GET", None)
    assert path.startswith("/message?v=2")
    assert path.endswith("&q=fly+me+to+Paris%2C+please")
    assert headers["authorization"] == "Bearer secret/word"
    city = {
        "name": "city",
        "role": "city",
        "body": "Paris",
        "value": "Paris",
        "start": 10,
        "end": 15,
        "confidence": 0.9,
    }
    intents = [{"id": "1", "name": "flights", "confidence": 0.91}]
    return 200, {"text": SAID, "intents": intents, "entities": {"city:city": [city]}, "traits": {}}


def clu(_method, path, headers, body):
    assert path.startswith("/language/:analyze-conversations?api-version=")
    assert headers["ocp-apim-subscription-key"] == "secret/word"
    assert body["analysisInput"]["conversationItem"]["text"] == SAID
    assert (body["parameters"]["projectName"], body["parameters"]["deploymentName"]) == ("shop", "live")
    sure = [{"category": "flights", "confidenceScore": 0.91}, {"category": "None", "confidenceScore": 0.0}]
    city = {"category": "City", "text": "Paris", "offset": 10, "length": 5, "confidenceScore": 0.9}
    found = {"topIntent": "flights", "projectKind": "Conversation", "intents": sure, "entities": [city]}
    return 200, {"kind": "ConversationResult", "result": {"query": SAID, "prediction": found}}


PATHS = {rasa: "", dialogflow: "/v2/projects/shop/agent", wit: "", clu: "/shop/live"}


@pytest.fixture(autouse=True)
def _loopback(settings):
    settings.OUTGOING_ALLOWED, settings.EMBEDDINGS, settings.NLU_SECONDS = ["127.0.0.1"], "fake", 1.0
    cache.clear()


@pytest.fixture
def there(settings, shop):
    """A system that answers so reads the messages of the shop."""
    doors = []

    def start(answers, kind="rasa", path=""):
        door = loopback.serving(answers)
        doors.append(door)
        server = door.__enter__()
        address = server.url.replace("http://", f"{kind}+http://:secret%2Fword@") + path
        settings.NLU = {shop.slug: address}
        return server

    yield start
    for door in doors:
        door.__exit__(None, None, None)


@pytest.fixture
def understood(conversation, say, later):
    """What is made of the words, as far as an agent may see."""

    def understood(version=None):
        say(SAID)
        if version:
            training.promote(version, at=later)
        turn = turns.claim(conversation.pk, at=later)
        reply = assistant.reply(turn, draft=lambda text: None)
        return reply.reasoning["understood"]

    return understood


@pytest.fixture
def ours(shop, now):
    lessons = [Lesson("fly me to rome", "ours"), Lesson("fly me to paris", "ours"), Lesson("a", "b"), Lesson("c", "b")]
    return training.train_now(shop, lessons, rejects=False, at=now, name="one", progress=lambda *_: None)


@pytest.mark.parametrize("kind", list(PATHS), ids=lambda kind: kind.__name__)
def test_each_kind_is_asked_and_read_as_it_speaks(there, understood, kind):
    server = there(kind, kind.__name__, PATHS[kind])

    told = understood()

    assert (told["intent"], told["confidence"]) == ("flights", 0.91)
    assert "city" in told["named"]
    assert len(server.asked) == 1


@pytest.mark.parametrize("kind", list(PATHS), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"null", b'{"intent": 7, "intents": 7, "result": 7, "queryResult": 7}']
)
def test_an_answer_of_another_shape_is_wrong_and_never_an_error(there, settings, kind, body):
    there(lambda *_: (200, body), kind.__name__, PATHS[kind])

    with pytest.raises(nlu.services.Wrong, match="cannot be read"):
        nlu.ask(next(iter(settings.NLU.values())), SAID, language="en", talk="1")


def test_what_another_system_names_beside_ours_fills_slots_too(there, understood):
    def named(*asked):
        status, told = rasa(*asked)
        return status, {**told, "entities": [{"entity": "colour", "value": "magnolia", "start": 0, "end": 3}]}

    there(named)
    assert set(understood()["named"]) == {"city", "colour"}


@pytest.mark.parametrize(
    "answers",
    [
        lambda *_: (None, b""),
        lambda *_: (200, b"x" * 10_000_000),
        lambda *_: (500, {}),
        lambda *_: (200, b"no json"),
    ],
    ids=["hangs", "10 MB", "fails", "no JSON"],
)
def test_ours_reads_it_where_the_other_fails_and_the_other_is_left_alone(there, understood, ours, shop, answers):
    server = there(answers)

    assert understood(ours)["intent"] == "ours"
    assert nlu.hear(shop.slug, SAID, language="en", talk="1") is None
    assert len(server.asked) == 1


def test_who_is_not_sure_has_heard_no_intent(there, settings):
    for name, sure in (("flights", 0.4), ("nlu_fallback", 0.9), (None, 0.0)):
        there(lambda *_, told=(name, sure): (200, {"intent": {"name": told[0], "confidence": told[1]}}))
        assert nlu.ask(next(iter(settings.NLU.values())), SAID, language="en", talk="1").intent is None


def test_nobody_is_asked_unless_a_shop_says_so(settings, understood, there, ours):
    server = there(rasa)
    settings.NLU = {"another": settings.NLU.popitem()[1]}

    assert understood(ours)["intent"] == "ours"
    assert not server.asked


def test_the_doctor_says_whether_it_answers(there, settings):
    assert not list(doctor.understanding())
    there(lambda *_: (200, {"intent": {"name": "order", "confidence": 0.9}}))
    assert [each.state for each in doctor.understanding()] == [doctor.WELL]
    there(lambda *_: (503, {}))
    (found,) = doctor.understanding()
    assert (found.state, found.says) == (doctor.WRONG, "It answered with status 503.")
    settings.NLU = {"": "luis+http://127.0.0.1"}
    assert "no “luis”" in next(doctor.understanding()).says


def test_the_setting_is_read_as_those_of_shop_systems(monkeypatch):
    monkeypatch.setenv("NLU", "lumen=rasa+https://:t=k@x.example wit+https://:s@api.wit.ai")
    assert env.systems("NLU") == {"lumen": "rasa+https://:t=k@x.example", "": "wit+https://:s@api.wit.ai"}
