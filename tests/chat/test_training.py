"""Versions: trained beside the one that serves, switched whole, and stamped on what they say."""

import json

import pytest
from django.core.management import CommandError, call_command

from chat import assistant, evaluation, outbox, training, turns
from chat.evaluation import Tried
from chat.models import BotVersion, Example, Intent, Message
from chat.training import Lesson

LESSONS = [
    *(Lesson(text, "parcel") for text in ("where is my parcel", "has my parcel left", "the parcel is late")),
    *(Lesson(text, "refund") for text in ("i want my money back", "refund me please", "the refund is late")),
    *(Lesson(text, "hours") for text in ("when do you open", "opening hours on sunday", "are you open today")),
]


@pytest.fixture(autouse=True)
def _fake(settings):
    settings.EMBEDDINGS = "fake"


@pytest.fixture
def version(shop, now):
    def version(name=""):
        return training.train_now(shop, LESSONS, name=name, rejects=True, at=now, progress=lambda *_: None)

    return version


@pytest.fixture
def tell(capsys, db):
    def tell(*arguments):
        call_command(*arguments, "--json")
        return json.loads(capsys.readouterr().out)

    return tell


@pytest.fixture
def file(tmp_path):
    def file(rows, name="data.jsonl"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return str(path)

    return file


@pytest.fixture
def data(file):
    return file({"text": lesson.text, "intent": lesson.intent} for lesson in LESSONS)


def test_commands_train_evaluate_and_predict(tell, data, file, tmp_path):
    trained = tell("train_intents", "--data", data, "--name", "first")
    found = tell("evaluate_intents", "--data", data)
    target = tmp_path / "out.jsonl"
    tell("predict_intents", "--in", file([{"text": "my parcel", "id": 7}], "in.jsonl"), "--out", str(target))

    assert (trained["version"], trained["intents"], trained["examples"]) == ("first", 3, 9)
    assert found["accuracy"] == 1.0
    assert found["out_of_scope_recall"] is None
    (line,) = map(json.loads, target.read_text().splitlines())
    assert line["intent"] == "parcel"
    assert line["id"] == 7
    assert 0 < line["confidence"] <= 1


def test_without_a_none_label_every_text_has_an_intent(tell, data, file, tmp_path):
    odd = file([{"text": "xylophones outgrow zebras"}], "in.jsonl")
    target = tmp_path / "out.jsonl"
    tell("train_intents", "--data", data)
    tell("predict_intents", "--in", odd, "--out", str(target))
    assert json.loads(target.read_text())["intent"] is not None

    tell("train_intents", "--data", data, "--none-label", "none")
    tell("predict_intents", "--in", odd, "--out", str(target))
    assert json.loads(target.read_text())["intent"] is None


def test_a_version_is_promoted_and_rolled_back(tell, data):
    tell("train_intents", "--data", data, "--name", "one")
    tell("train_intents", "--data", data, "--name", "two")
    assert tell("bot_promote", "one") == {"version": "one", "previous": None}
    with pytest.raises(CommandError, match="No version served before"):
        call_command("bot_rollback")
    assert tell("bot_promote", "two") == {"version": "two", "previous": "one"}
    assert tell("bot_rollback") == {"version": "one", "previous": "two"}
    with pytest.raises(CommandError, match="no version three"):
        call_command("bot_promote", "three")


def test_a_version_that_is_not_trained_cannot_serve(shop, now):
    waits = BotVersion.objects.create(shop=shop, name="waits", created_at=now)

    with pytest.raises(training.NotReady):
        training.promote(waits, at=now)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "is empty"),
        ([{"text": "a"}], 'has no "intent"'),
        ([{"text": " ", "intent": "a"}], 'has no "text"'),
        ([{"text": "a", "intent": "a"}, {"text": "b", "intent": "a"}], "at least two intents"),
        ([{"text": "Where is it", "intent": "a"}, {"text": "where  is it", "intent": "b"}], "it can teach only one"),
    ],
)
def test_bad_examples_are_refused_in_one_sentence(tell, file, rows, why):
    with pytest.raises(CommandError, match=why) as refused:
        tell("train_intents", "--data", file(rows))

    assert str(refused.value).count("\n") == 0
    assert not BotVersion.objects.exists()


def test_too_many_examples_are_refused_before_anything_is_learned(tell, file):
    with pytest.raises(CommandError, match="200000 examples are too many"):
        tell("train_intents", "--data", file({"text": f"text {n}", "intent": f"i{n % 5}"} for n in range(200_000)))


def test_an_empty_test_set_is_told(tell, data, file):
    tell("train_intents", "--data", data)

    with pytest.raises(CommandError, match="is empty"):
        tell("evaluate_intents", "--data", file([], "empty.jsonl"))


def test_a_name_is_taken_once(tell, data):
    tell("train_intents", "--data", data, "--name", "one")

    with pytest.raises(CommandError, match="choose another name"):
        tell("train_intents", "--data", data, "--name", "one")


def test_an_intent_without_examples_is_named(shop, boss, now):
    Intent.objects.create(shop=shop, name="warranty")

    with pytest.raises(training.Unfit, match="warranty has no examples"):
        training.begin(shop, by=boss, at=now)


def test_training_in_the_background_ends_ready_or_says_why(shop, boss, now):
    for lesson in LESSONS:
        intent, _ = Intent.objects.get_or_create(shop=shop, name=lesson.intent)
        Example.objects.create(intent=intent, text=lesson.text)
    version = training.begin(shop, by=boss, at=now)
    failing = training.begin(shop, by=boss, at=now)

    training.train(version.pk)
    training.train(version.pk)  # the second time it is taken
    Intent.objects.create(shop=shop, name="warranty")
    training.train(failing.pk)

    version.refresh_from_db()
    failing.refresh_from_db()
    assert (version.state, version.percent, version.intents["parcel"]) == ("ready", 100, 3)
    assert (failing.state, "warranty" in failing.problem) == ("failed", True)


def test_a_reply_bears_the_version_its_turn_began_with(version, shop, say, conversation, now, later):
    one, two = version("one"), version("two")
    training.promote(one, at=now)
    say("hello")
    turn = turns.claim(conversation.pk, at=later)
    training.promote(two, at=now)  # switched while the turn is thought over

    outbox.post_reply(turn, assistant.reply(turn, draft=lambda text: None), at=later)

    assert Message.objects.get(author="bot").version == one


def test_a_version_is_read_without_what_it_learned(version, shop, now, django_assert_num_queries):
    training.promote(version(), at=now)

    with django_assert_num_queries(1):
        assert "learned" in training.serving(shop.pk).get_deferred_fields()


def test_figures_are_what_they_are_called():
    tried = [
        Tried("a", "a", 0.9),
        Tried("a", "b", 0.7),
        Tried("b", "b", 0.8),
        Tried(None, None, 0.6),
        Tried(None, "a", 0.5),
    ]
    found = evaluation.figures(tried)

    assert (found["accuracy"], found["in_scope_accuracy"], found["out_of_scope_recall"]) == (0.6, 0.6667, 0.5)
    # scikit-learn says 0.4375 for matthews_corrcoef and 0.6111 for f1_score(average="macro")
    assert found["mcc"] == pytest.approx(0.4375, abs=1e-4)
    assert found["macro_f1"] == pytest.approx(0.6111, abs=1e-4)
    assert found["calibration_error"] == pytest.approx((0.1 + 0.7 + 0.2 + 0.4 + 0.5) / 5, abs=1e-4)
