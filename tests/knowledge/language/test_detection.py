"""Which language somebody writes, and when one cannot tell."""

import json

import pytest
from django.core.management import CommandError, call_command

from knowledge.language.detection import FEW, detect
from tests.bench.languages._messages import told

LONG = [(language, text) for language, text in told() if language and len(text) > FEW]
SHORT = [(language, text) for language, text in told() if language and len(text) <= FEW]


@pytest.mark.parametrize(("messages", "most"), [(LONG, 0.01), (SHORT, 0.03)], ids=["long", "short"])
def test_support_messages_are_hardly_ever_taken_for_another_language(messages, most):
    wrong = [(language, detect(text), text) for language, text in messages if detect(text) not in (language, None)]
    assert len(wrong) <= most * len(messages), wrong


@pytest.mark.parametrize(("messages", "least"), [(LONG, 0.9), (SHORT, 0.6)], ids=["long", "short"])
def test_and_mostly_one_can_tell(messages, least):
    assert sum(detect(text) == language for language, text in messages) >= least * len(messages)


@pytest.mark.parametrize("text", [text for language, text in told() if language is None])
def test_what_is_said_everywhere_tells_nothing(text):
    assert detect(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x07\u200f\u202e",
        "Can you help me please? No he recibido todavía mi pedido",
        "🙂" * 500,
        "\ud83d broken",
        "Pikachu Snorlax Mewtwo",
        "12 x 4.50 = 54,00 €",
    ],
)
def test_one_cannot_tell_from_rubbish_or_two_languages(text):
    assert detect(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("注文はどこですか", "ja"),
        ("我的订单在哪里", "zh"),
        ("أين طلبي رقم 2041؟ لم يصل حتى الآن", "ar"),
        ("Где мой заказ? Он должен был прийти вчера", "ru"),
        ("Zeige mir The House of the Rising Sun, bitte, das ist mein Lieblingslied", "de"),
        ("Mi pedido #A-10023 no ha llegado, https://example.com/where-is-my-parcel", "es"),
        ("¿DÓNDE ESTÁ MI PEDIDO? NADIE ME CONTESTA", "es"),
    ],
)
def test_scripts_names_numbers_and_shouting_do_not_mislead(text, language):
    assert detect(text) == language


def test_a_text_of_100_kb_is_judged_by_its_beginning():
    assert detect("Where is my order? I have waited for a week. " * 2_500) == "en"


def test_the_command_adds_the_language_to_each_line(tmp_path, capsys):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": 7, "text": "Wo ist meine Bestellung?"}\n{"text": "DHL"}\n')
    call_command("detect_language", "--in", str(source), "--out", str(target))
    assert [json.loads(line) for line in target.read_text().splitlines()] == [
        {"id": 7, "text": "Wo ist meine Bestellung?", "language": "de"},
        {"text": "DHL", "language": None},
    ]


def test_the_command_names_the_line_that_has_no_text(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "hi"}\n{"words": "hi"}\n')
    with pytest.raises(CommandError, match=r"in\.jsonl:2 has no"):
        call_command("detect_language", "--in", str(source), "--out", str(tmp_path / "out.jsonl"))
