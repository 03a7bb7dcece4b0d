from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Shop, User
from analytics.ledger import events
from analytics.ledger.models import Event

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def shop():
    return Shop.objects.create(name="Lamps and Shades", slug="lamps")


@pytest.fixture
def maria():
    return User.objects.create_user("maria@example.com", "a long secret 1")


def test_an_event_keeps_references_and_numbers(shop, maria):
    event = events.record("bot.switched", shop=shop, actor=maria, at=NOON, is_on=True, version=3)

    event = Event.objects.get(pk=event.pk)
    assert (event.kind, event.subject, event.shop_id, event.at) == ("bot.switched", f"shop:{shop.pk}", shop.pk, NOON)
    assert event.actor == f"user:{maria.ledger_id}"
    assert event.facts == {"is_on": True, "version": 3}


def test_an_event_knows_its_transaction_and_its_number_at_once(shop):
    event = events.record("shop.created", shop=shop)

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        assert event.xid == int(cursor.fetchone()[0])
    assert Event.objects.get() == event


@pytest.mark.django_db(transaction=True)
def test_a_transaction_has_its_number_before_an_event_gets_an_id():
    """What the horizon relies on: whoever holds an id can be waited for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NULL, ledger_next_event_id()")
        assert cursor.fetchone()[0]
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        assert cursor.fetchone()[0]


def test_the_database_gives_the_time_when_nobody_does(shop):
    assert events.record("shop.created", shop=shop).at.tzinfo is not None


def test_a_person_is_an_opaque_id_that_leads_nowhere_once_the_person_is_gone(maria):
    event = events.record("user.signed_in", user=maria, by="password")

    assert event.subject == f"user:{maria.ledger_id}"
    assert "maria" not in str(vars(event))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("user.signed_in", {"by": "maria@example.com"}),
        ("user.signed_in", {"by": "She said she forgot her password"}),
        ("user.signed_in", {"email": "maria@example.com"}),
        ("user.signed_in", {"actor": "maria@example.com"}),
        ("presence.changed", {"capacity": "three"}),
        ("presence.changed", {"capacity": True}),
        ("presence.changed", {"capacity": float("nan")}),
        ("presence.changed", {"state": 1}),
        ("presence.changed", {"capacity": {"name": "maria"}}),
        ("user.signed_in", {"shop": "maria@example.com"}),
    ],
)
def test_words_are_refused(maria, kind, said):
    with pytest.raises(events.Refused):
        events.record(kind, user=maria, **said)
    assert not Event.objects.exists()


def test_a_kind_that_is_not_in_the_catalogue_is_refused(shop):
    with pytest.raises(events.UnknownKind, match="catalogue"):
        events.record("shop.painted", shop=shop)


def test_a_row_of_another_kind_is_refused(shop, maria):
    with pytest.raises(events.Refused, match="must be a shop, not a user"):
        events.record("bot.switched", shop=maria, is_on=True)


def test_an_event_without_its_subject_is_refused():
    with pytest.raises(events.Refused, match="needs user="):
        events.record("user.signed_in", by="password")


def test_a_row_that_is_not_saved_yet_is_refused():
    with pytest.raises(events.Refused, match="save the row first"):
        events.record("shop.created", shop=Shop(name="Later", slug="later"))


def test_lengths_of_time_are_kept_in_seconds(shop):
    event = events.record("retrieval.degraded", shop=shop, part="vector", seconds=timedelta(minutes=2))
    assert event.facts == {"part": "vector", "seconds": 120.0}
    event = events.record("retrieval.degraded", shop=shop, seconds=Decimal("1.5"))
    assert event.facts == {"seconds": 1.5}


def test_what_is_not_known_is_left_out(shop):
    assert events.record("bot.switched", shop=shop, is_on=False, version=None).facts == {"is_on": False}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_outside_of_a_transaction(shop):
    with pytest.raises(events.OutsideTransaction):
        events.record("shop.created", shop=shop)


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_back_with_the_change_it_tells_of(shop):
    with transaction.atomic():
        events.record("shop.created", shop=shop)
        transaction.set_rollback(True)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "command",
    ["UPDATE ledger_event SET kind = 'x'", "DELETE FROM ledger_event", "TRUNCATE ledger_event"],
)
def test_the_ledger_is_append_only(shop, command):
    events.record("shop.created", shop=shop)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ledger.may_truncate = 'off'")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(command)
    assert Event.objects.count() == 1
