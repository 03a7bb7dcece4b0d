"""A Rasa project becomes intents, flows and replies here; what cannot is listed with its reason."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from chat.flows.notation import rehearsal
from chat.flows.scripts import Script
from chat.models import Example, Flow, Intent, SavedReply, Webhook

pytestmark = pytest.mark.django_db
PROJECT = Path(__file__).parent / "rasa"


@pytest.fixture
def tell(capsys, shop):
    def tell(folder=PROJECT, *more):
        call_command("import_rasa", str(folder), "--json", "--shop", shop.slug, *more)
        return json.loads(capsys.readouterr().out)

    return tell


@pytest.fixture
def says(shop, now):
    """What the assistant says when a flow that was brought in is tried out."""

    def says(name, *said):
        script = Script(Flow.objects.get(name=name).definition)
        lines = rehearsal.rehearse(script, ["hello", *said], shop_id=shop.pk, language="en", at=now)
        return [line.text for line in lines if line.who != "shopper"]

    return says


def test_examples_are_intents_without_their_marks_and_what_is_none_is_none(tell, shop):
    told = tell()

    assert told["examples"] == Example.objects.count() == 22
    assert Example.objects.get(text="what is in the lentil stew").intent.name == "ask_menu"
    assert Example.objects.get(text="who won the match").intent.is_none
    assert Intent.objects.filter(is_none=True).count() == 1
    assert set(Intent.objects.values_list("name", flat=True)) >= {"faq/parking", "faq/dogs", "book_table"}


def test_a_form_with_its_rules_is_a_flow_that_books_a_table(tell, says):
    told = tell()
    assert set(told["webhooks_to_add"]) == {"book-table", "redeem"}

    booked = says("book-table", "4", "next Friday", "in the garden", "yes", '{"reference": "T-7"}')
    assert booked[:3] == ["For how many people?", "On which day?", "Where would you like to sit?"]
    assert "A table for 4 on" in booked[3]
    assert "in the garden. Shall I book it?" in booked[3]
    assert booked[5] == "It is booked, your reference is T-7."

    assert "All right. Nothing was done." in says("book-table", "4", "next Friday", "hall", "no")


def test_a_story_that_takes_an_entity_asks_for_it_by_its_other_names(tell, says):
    tell()

    assert says("ask-menu", "dal")[:2] == ["Which dish are you curious about?", "lentil stew is made fresh every day."]


def test_two_stories_that_begin_alike_are_one_flow_with_a_yes_and_a_no(tell, says):
    tell()
    steps = Flow.objects.get(name="order-gift").definition["steps"]

    assert [step for step in steps if "confirm" in step] == [{"confirm": "Then I leave it.", "no": "no-1"}]
    assert says("order-gift", "no idea") == [
        "What does the voucher say?",
        "I could not find an answer to that in what you wrote. What does the voucher say?",
    ]
    assert "That is all" not in says("order-gift", "abc-1234", '{"valid": true}', "no")[-2]
    assert says("order-gift", "abc-1234", '{"valid": false}')[-1] == "The flow has ended."


def test_common_questions_are_a_flow_each_and_a_person_is_a_person(tell, says):
    tell()

    assert says("faq-dogs")[0] == "Dogs are welcome in the garden."
    assert says("greet")[0] == "Welcome to the Copper Kettle."
    assert "person goes on" in says("talk-to-human")[0]


def test_replies_that_no_flow_says_are_kept_for_the_team(tell):
    told = tell()

    assert told["saved_replies"] == ["christmas"]
    assert SavedReply.objects.get().text == "We are closed at Christmas."


def test_what_has_no_place_here_is_listed_with_its_reason(tell):
    left = {each["where"]: each["why"] for each in tell()["left"]}

    assert left["config.yml"].startswith("says how Rasa is run")
    assert left["actions/booking.py"].startswith("is code")
    assert left["tests/test_stories.yml"].startswith("holds tests")
    assert "“will it rain” is an example of ask_weather" in left["data/nlu.yml, deny"]
    assert "goes on from elsewhere" in left["data/stories.yml, on the way"]
    assert "begins with the talk" in left["data/rules.yml, at the start"]
    assert "says and asks nothing" in left["data/rules.yml, the weather"]
    assert "{points}" in left["utter_points"]
    assert "several texts" in left["data/rules.yml, say hello"]


def test_twice_is_as_once_and_a_dry_run_is_as_never(tell, shop):
    assert len(tell(PROJECT, "--dry-run")["flows"]) == 7
    assert not Flow.objects.exists()
    assert not Example.objects.exists()

    first, again = tell(), tell()
    assert (again["examples"], again["examples_known"]) == (0, first["examples"])
    assert again["flows"] == first["flows"]
    assert set(Flow.objects.values_list("revision", flat=True)) == {1}
    Webhook.objects.create(shop=shop, name="redeem", address="https://x.example.com/")
    assert tell()["webhooks_to_add"] == ["book-table"]


def test_a_name_of_a_shipped_flow_is_left_to_it(tell, tmp_path, shop):
    (tmp_path / "all.yml").write_text(
        "nlu:\n- intent: cancel\n  examples: |\n    - stop it\nresponses:\n  utter_no: [{text: We cannot.}]\n"
        "rules:\n- rule: x\n  steps: [{intent: cancel}, {action: utter_no}]\n"
    )

    assert tell(tmp_path)["flows"] == ["cancel-2"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nlu: [", "all.yml:1 is not YAML."),
        ("nlu: 7", "“nlu” of all.yml is no list."),
        ("a: &a [*a]", "parts that stand for others"),
        ("pipeline: []", "nothing of a Rasa project"),
        ("rules: [{rule: x, steps: [1]}]", "A step of all.yml, x says nothing."),
        ("responses: 7", "“responses” of all.yml names nothing."),
        ("nlu: [{intent: x, examples: '- [a]{b: [c}'}]", "all.yml"),
    ],
)
def test_a_folder_that_cannot_be_read_is_refused_in_one_sentence(tell, tmp_path, text, why):
    (tmp_path / "all.yml").write_text(text)

    with pytest.raises(CommandError) as refused:
        tell(tmp_path)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)
    with pytest.raises(CommandError, match="is no folder"):
        tell(tmp_path / "nowhere")
