"""A small sample of `make faults only=foundation.ledger`, so that it cannot rot."""

import os
from urllib.parse import urlencode

import pytest
from django.db import connection

from tests.faults.foundation import ledger


@pytest.mark.django_db(transaction=True)
def test_nothing_is_skipped_or_out_of_order_when_many_write_and_readers_are_killed():
    held = connection.settings_dict
    url = f"postgres:///{held['NAME']}?{urlencode({'user': held['USER'], 'host': held['HOST']})}"
    trial = ledger.Trial(events=150, shops=8, writers=3, stall=0.05)
    try:
        found = {
            figure.name: figure
            for figure in ledger.judged(trial, ledger.run(trial, os.environ | {"DATABASE_URL": url}))
        }
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS fault_turn, fault_effect")

    assert [figure for figure in found.values() if not figure.holds] == []
    assert found["ledger.subscriber.skipped"].n == trial.events
    assert found["ledger.subscriber.skipped"].peer > 0  # who goes by id alone does skip: the trial can fail
