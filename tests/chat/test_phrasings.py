"""How shoppers ask for their orders is understood, or left to the articles, and never taken for something else."""

import pytest

from chat.flows import asking
from tests.bench.orders import _phrasings


@pytest.mark.parametrize("held_out", [False, True])
def test_at_least_95_of_100_are_understood_and_none_wrongly(held_out):
    judged = [phrase for phrase in _phrasings.read() if phrase.is_held_out is held_out]

    wrong = [phrase for phrase in judged if asking.what(phrase.text) not in (phrase.what, None)]
    right = [phrase for phrase in judged if asking.what(phrase.text) == phrase.what]

    assert not wrong
    assert len(right) >= 0.95 * len(judged)
    assert len(judged) > 90
