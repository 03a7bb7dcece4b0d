"""Flows as people write them: a sentence with its line for what is wrong; what is right comes back the same."""

import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from chat.flows import shelf
from chat.flows.notation import reading
from chat.flows.notation.reading import Unfit
from chat.models import Flow

GOOD = """\
flow: parrot
slots:
  colour: {kind: colour}
steps:
  - ask: colour
    say: Which colour?
  - say: It will be {colour}.
"""


def problems(text):
    with pytest.raises(Unfit) as why:
        reading.read(text)
    return [(problem.line, problem.text) for problem in why.value.problems]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "there is nothing in it"),
        ("- a\n- b\n", 1, "begins with its name"),
        ("flow: x\nsteps: [\n", 3, "This is not YAML"),
        ("flow: x\nsteps: &all\n  - say: hi\n  - *all\n", 2, "cannot stand for another"),
        ("flow: x\nflow: y\nsteps: [{say: hi}]\n", 2, "stands here twice"),
        ("flow: x\nstep: 3\nsteps: [{say: hi}]\n", 2, "“step” is not known here"),
        ("flow: Big Name\nsteps: [{say: hi}]\n", 1, "small letters"),
        ("flow: x\nsteps: []\n", 2, "at least one step"),
        ("flow: x\nsteps:\n  - say: hi\n  - shout: hi\n", 4, "A step does one thing"),
        ("flow: x\nsteps:\n  - say: hi\n    sya: ho\n", 4, "“sya” is not known here"),
        ("flow: x\nsteps:\n  - ask: colour\n    say: Which?\n", 3, "There is no slot “colour”"),
        ("flow: x\nslots: {a: {kind: smell}}\nsteps: [{say: hi}]\n", 2, "A slot has a kind"),
        ("flow: x\nslots: {a: {kind: date}}\nsteps: [{say: hi}]\n", 2, "asked for nowhere"),
        ("flow: x\nsteps:\n  - say: It is {colour}.\n", 3, "not known on every way"),
        ("flow: x\nsteps:\n  - id: a\n    say: hi\n  - say: ho\n    go: a\n", 6, "round in a circle"),
        ("flow: x\nsteps:\n  - say: hi\n    go: nowhere\n", 4, "no step “nowhere”"),
        ("flow: x\nsteps:\n  - say: hi\n    go: end\n  - say: ho\n", 5, "No way leads to the step “2”"),
        ("flow: x\nsteps:\n  - act: dance\n", 3, "There is no “dance”"),
        ("flow: x\nsteps:\n  - if: {order.status: paid}\n    go: end\n", 3, "neither a slot nor fetched"),
        ("flow: x\nsteps:\n  - id: a\n    say: hi\n  - id: a\n    say: ho\n", 5, "a step “a” already"),
        ("flow: x\nslots: {a: {kind: choice}}\nsteps: [{ask: a, say: What}]\n", 2, "has options"),
        (f"flow: x\nsteps: [{{say: {'x' * 100_001}}}]\n", 1, "100000 characters at most"),
        (f"a: {'[' * 2_000}{']' * 2_000}\n", 1, "This is not YAML"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_with_its_line(text, line, says):
    found = problems(text)

    assert found[0][0] == line
    assert says in found[0][1]
    assert len(found) == 1


def test_a_slot_that_is_asked_for_on_one_way_only_may_not_be_said_on_both():
    text = (
        GOOD.replace("steps:\n", "steps:\n  - if: {message.mood: pleased}\n    go: end-word\n") + "    id: end-word\n"
    )

    assert "not known on every way" in problems(text)[0][1]


def test_no_is_a_word_here_and_not_a_value():
    text = (
        "flow: x\nsteps:\n  - confirm: Shall I?\n    no: other\n  - say: on\n    go: end\n  - id: other\n    say: off\n"
    )

    assert reading.read(text)["steps"][0]["no"] == "other"
    assert reading.read(text)["steps"][1]["say"] == "on"


@given(st.text(min_size=1, max_size=80).filter(str.strip))
def test_every_text_comes_back_from_yaml_the_same(said):
    said = "".join(sign for sign in said if sign.isprintable()) or "x"
    definition = {"flow": "x", "steps": [{"say": said if said.strip() else "x"}]}

    assert reading.read(reading.written(definition)) == definition


@pytest.mark.parametrize("name", list(shelf.shipped()))
def test_what_is_shipped_comes_back_from_yaml_the_same(name):
    definition = reading.read(shelf.shipped()[name])

    assert reading.read(reading.written(definition)) == definition


@pytest.mark.parametrize("name", list(shelf.shipped()))
def test_a_shipped_flow_speaks_every_language_wherever_it_asks(name, settings):
    def texts(told):
        if isinstance(told, dict):
            if "en" in told:
                yield set(told)
            else:
                for each in told.values():
                    yield from texts(each)
        elif isinstance(told, list):
            for each in told:
                yield from texts(each)

    definition = reading.read(shelf.shipped()[name])
    every = {code for code, _name in settings.LANGUAGES}
    assert all(languages == every for languages in texts(definition))
    assert all(isinstance(step.get("say", {}), dict) for step in definition["steps"])


@pytest.mark.django_db
class TestCommand:
    def tell(self, capsys, *arguments):
        call_command("flows", *arguments, "--json")
        return json.loads(capsys.readouterr().out)

    def test_what_is_taken_out_and_brought_in_again_is_the_same(self, shop, capsys, tmp_path, now):
        shelf.keep(shop, GOOD, at=now)

        self.tell(capsys, "export", "--out", str(tmp_path))
        files = [str(path) for path in sorted(tmp_path.iterdir())]
        told = self.tell(capsys, "import", *files)

        assert len(files) == 12
        assert "parrot" in told["flows"]
        assert Flow.objects.get(name="parrot").source == GOOD
        assert Flow.objects.get(name="parrot").revision == 1
        assert shelf.of_shop(shop.pk) == {**shelf._shipped(), "parrot": reading.read(GOOD)}

    def test_a_file_of_several_is_told_by_its_own_lines(self, shop, capsys, tmp_path):
        path = tmp_path / "several.yaml"
        path.write_text(GOOD + "---\n" + GOOD.replace("flow: parrot", "flow: Parrot"))

        with pytest.raises(CommandError, match=r"several.yaml:9: The name of a flow"):
            call_command("flows", "check", str(path))
        assert not Flow.objects.exists()

    def test_a_changed_flow_is_the_next_revision(self, shop, now):
        shelf.keep(shop, GOOD, at=now)
        shelf.keep(shop, GOOD.replace("Which", "What"), at=now)

        assert Flow.objects.get().revision == 2

    def test_a_flow_that_is_off_stands_in_the_way_of_the_shipped_one(self, shop, now):
        flow = shelf.keep(shop, shelf.shipped()["cancel"], at=now)
        Flow.objects.filter(pk=flow.pk).update(is_on=False)

        assert "cancel" not in shelf.of_shop(shop.pk)
