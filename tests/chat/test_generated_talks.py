"""Shoppers by chance: a small part of what `make faults only=understanding` does with a thousand talks of each flow."""

import pytest

from chat.flows import conditions, engine
from chat.flows.moves import Move, Say
from tests.bench.knowledge import _sets
from tests.faults.understanding import _flows, _policy, _shoppers

SHIPPED = _flows.scripts()


@pytest.mark.parametrize("script", SHIPPED, ids=lambda script: script.name)
def test_every_talk_stands_where_it_may_and_comes_to_an_end(script):
    legal, wrong = _shoppers.judged(script, count=25, seed=7_002)

    assert not wrong
    assert legal == 25


@pytest.mark.skipif(not _policy.is_there(), reason=_sets.missing())
def test_the_guidelines_of_agents_can_be_said_as_flows():
    found = _policy.converted()

    assert [each.flow["flow"] for each in found if _flows.checking.problems(each.flow)] == []
    assert len(found) == 55


def test_the_judge_sees_a_talk_that_does_not_move(monkeypatch):
    (complaint,) = (script for script in SHIPPED if script.name == "complaint")
    monkeypatch.setattr(engine, "resume", lambda script, state, heard: Move(state, (Say("Again?"),)))

    assert _shoppers.judged(complaint, count=3, seed=1) == (0, {"no end": 3})


def test_the_judge_sees_a_talk_that_ends_in_nothing(monkeypatch):
    (complaint,) = (script for script in SHIPPED if script.name == "complaint")
    monkeypatch.setattr(engine, "begin", lambda script, heard: Move(None))

    assert "ended without saying how" in _shoppers.judged(complaint, count=1, seed=1)[1]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"a": "x"}, True),
        ({"a": ["y", "x"]}, True),
        ({"a": {"not": "x"}}, False),
        ({"n": {"over": 9}}, True),
        ({"n": {"over": 10}}, False),
        ({"n": {"under": 10}}, False),
        ({"gone": {"known": True}}, False),
        ({"a": {"says": ["X"]}}, True),
        ({"day": {"within_days": 90}}, True),
        ({"day": {"within_days": 9}}, False),
        ({"any": [{"a": "y"}, {"n": 10}]}, True),
        ({"none": [{"a": "y"}, {"n": 10}]}, False),
        ({"a": "x", "n": 11}, False),
        ({"list.1.name": "second"}, True),
    ],
)
def test_conditions_compare_what_is_known(condition, holds):
    values = {"a": "x", "n": "10", "day": "2026-02-20", "list": [{"name": "first"}, {"name": "second"}]}

    assert conditions.holds(condition, values, on=_shoppers.ON) is holds
