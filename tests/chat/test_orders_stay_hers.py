"""Whatever anybody says, in whatever language and of whatever number: what is told of orders is of her own."""

import pytest

from tests.faults.orders import _strangers

pytestmark = pytest.mark.django_db


def test_of_any_phrasing_number_and_talk_only_her_own_comes_back(now, settings):
    settings.EMBEDDINGS = "fake"

    figures = list(_strangers.judged(400, at=now))

    assert [figure.name for figure in figures if not figure.holds] == []


def test_a_leak_would_be_seen(now, settings, monkeypatch):
    settings.EMBEDDINGS = "fake"
    everybody = _strangers.Order.objects.all
    monkeypatch.setattr(_strangers.proofs, "proven", lambda talk, at: _strangers.orders.facts_of(everybody()))
    monkeypatch.setattr(_strangers, "_hers", lambda person, at: set(person.orders.values_list("pk", flat=True)))

    figures = {figure.name: figure for figure in _strangers.judged(60, at=now)}

    assert not figures["orders.strangers.told"].holds
