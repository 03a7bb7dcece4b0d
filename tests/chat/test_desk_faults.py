"""A small sample of `make faults only=inbox`, so that it cannot rot."""

import pytest

from chat import assignment
from tests.faults.inbox import _simulation

pytestmark = pytest.mark.django_db


def failing(figures):
    return {figure.name.rpartition(".")[2] for figure in figures if not figure.holds}


def test_a_morning_at_the_desk():
    assert not failing(_simulation.simulate(agents=6, chats=120, seed=7))


def test_the_simulation_sees_who_is_given_too_much_or_out_of_turn(monkeypatch):
    heads = assignment._heads
    monkeypatch.setattr(assignment, "_heads", lambda shop: list(heads(shop))[::-1])
    monkeypatch.setattr(assignment.Colleague, "has_room", property(lambda one: one.is_there and one.holds < 5))
    monkeypatch.setattr(assignment.Colleague, "turn", property(lambda one: -one.holds))
    seen = failing(_simulation.simulate(agents=6, chats=120, seed=7))
    assert seen >= {"not_the_oldest_that_fits", "over_capacity_or_unfit", "uneven_among_equals"}
