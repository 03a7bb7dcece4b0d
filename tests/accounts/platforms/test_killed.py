"""A small sample of `make faults only=orders.killed`: nothing happens twice or is told wrongly, whoever dies."""

import os

import pytest
from django.db import connection

from tests.faults.orders import killed


@pytest.mark.django_db(transaction=True)
def test_whoever_dies_a_change_happens_once_or_not_at_all_and_is_told():
    trial = killed.Trial(actions=6, cut_off=0, hands=3, doomed=0.6, pause=0.5, seed=7)
    database = os.environ["DATABASE_URL"].replace("/aftersale?", f"/{connection.settings_dict['NAME']}?")

    figures = list(killed.judged(trial, killed.run(trial, os.environ | {"DATABASE_URL": database})))

    assert [each.name for each in figures if not each.holds] == []
    assert sum(each.value for each in figures if each.name.endswith(".done")) > 0
