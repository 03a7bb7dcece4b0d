"""A flow knows other names for a value, and what values look like."""

import time
from datetime import date

import pytest

from chat import entities
from chat.entities import Entity
from chat.flows import slots, words
from chat.flows.notation import reading

CITY = {"kind": "city", "after": ["to"], "synonyms": {"Paris": ["Paname", "City of Light"], "Rome": ["Roma"]}}
ON = date(2026, 3, 2)


def read(slot, said):
    return slots.read(slot, said, entities.find(said, on=ON))


def offered(slot, said, *, is_only=True):
    return slots.offered(slot, said, entities.find(said, on=ON), is_only=is_only)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("paname, please", "Paris"),
        ("the City of Light", "Paris"),
        ("Madrid", "Madrid"),
        ("from Roma to Paname", "Paris"),
    ],
)
def test_other_names_of_a_value_are_that_value(said, value):
    assert read(CITY, said) == value
    assert offered(CITY, said, is_only=True) == value


def test_part_of_a_word_is_no_name():
    assert read(CITY, "romaine lettuce") is None


@pytest.mark.parametrize(
    ("slot", "said", "value"),
    [
        ({"kind": "order", "patterns": [r"RX-\d{4}/[A-Z]"]}, "my order rx-1042/b is late", "rx-1042/b"),
        ({"kind": "text", "patterns": [r"\d{2}[A-Z]"]}, "seat 12C please", "12C"),
        ({"kind": "text", "patterns": [r"\d{2}[A-Z]"]}, "by the window", None),
        ({"kind": "text", "synonyms": {"aisle": ["gangway"]}}, "the gangway", "aisle"),
        ({"kind": "text", "synonyms": {"aisle": ["gangway"]}}, "by the window", "by the window"),
        ({"kind": "colour", "synonyms": {"petrol": ["blue green"]}}, "blue green", "petrol"),
    ],
)
def test_a_pattern_and_a_name_come_before_what_is_recognised_everywhere(slot, said, value):
    assert read(slot, said) == value


def test_a_longer_name_is_not_the_shorter_in_it():
    slot = {"kind": "size", "synonyms": {"S": ["small"], "XS": ["extra small"]}}

    assert words.named(slot, "extra small") == [Entity("size", "XS", 0, 11)]


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+b",
        r"(a|a)*b",
        r"\w*\w*\w*x",
        r"((ab)*c)*",
        r"(?=a)b",
        r"(a)\1",
        "[",
        "",
        "a*",
        "a" * 121,
        r"(a{1,99}){1,99}b",
    ],
)
def test_a_pattern_that_could_be_slow_is_refused_in_one_sentence(pattern):
    flow = "flow: x\nslots:\n  a: {kind: text, patterns: ['%s']}\nsteps:\n  - {ask: a, say: 'Which?'}\n"

    with pytest.raises(reading.Unfit, match=r"Line 3: “") as refused:
        reading.read(flow % pattern if pattern else flow % " ")
    assert len(refused.value.problems) == 1


@pytest.mark.parametrize("pattern", [r"\w*\d*x", r"[a-z]+@[a-z]+", r"(\d{2}-){3}\d{12}"])
def test_a_pattern_that_is_allowed_is_quick_on_any_message(pattern):
    assert words.is_quick(pattern)
    slot = {"kind": "text", "patterns": [pattern]}
    started = time.process_time()
    for text in ("a" * 3000, "a1" * 1500, "@" * 3000):
        words.named(slot, text)
    assert time.process_time() - started < 2


def test_a_choice_has_its_words_in_its_options():
    flow = (
        "flow: x\nslots:\n  a: {kind: choice, options: [b, c], synonyms: {b: [d]}}\n"
        "steps:\n  - {ask: a, say: 'Which?'}\n"
    )

    with pytest.raises(reading.Unfit, match="in its options"):
        reading.read(flow)
