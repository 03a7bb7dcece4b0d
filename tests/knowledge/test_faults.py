"""A small sample of `make faults only=knowledge`, so that it cannot rot."""

import pytest

from knowledge.models import Article
from tests.faults.knowledge import _files, _injections, _slow, _spans, _wishes

QUESTIONS = ["How do I return shoes?", "Where is my parcel?"]


def holding(figures):
    """The figures by name; each on the right side of its bar."""
    found = {figure.name: figure for figure in figures}
    assert [figure for figure in found.values() if not figure.holds] == []
    return found


@pytest.fixture(autouse=True)
def _sure(monkeypatch):
    monkeypatch.setattr("knowledge.confidence.floor", lambda passages: 0.0)


def test_no_answer_stands_on_a_damaged_text(shop, returns, parcels):
    found = holding(_spans.judged(shop, QUESTIONS, rounds=1))
    assert found["spans.let_through"].n > 50


def test_nothing_that_addresses_the_machine_is_obeyed(shop, returns):
    found = holding(_wishes.judged(shop, returns, _injections.corpus()[::20]))
    assert found["injections.answered"].value == found["injections.answered"].n
    assert found["injections.read by the model"].value > 0


@pytest.mark.django_db(transaction=True)
def test_words_find_when_meaning_cannot_be_had(shop, returns, parcels):
    holding(_slow.judged(shop, QUESTIONS, searches=2))


def test_bad_files_are_told_and_their_neighbours_taken(db):
    small = ["deep.html", "outside.zip", "cut.zip", "laughs.md", "python.md", "mixed.md", "twice.jsonl", "not.jsonl"]
    holding(_files.judged(small))
    assert Article.objects.filter(external_id="good").count() == len(small)


def test_our_own_network_is_never_asked(db):
    holding(_files.asked())
