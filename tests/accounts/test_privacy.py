import pytest
from django.apps import apps

from accounts import privacy
from accounts.models import Customer


@pytest.fixture
def lists(monkeypatch):
    monkeypatch.setattr(privacy, "LISTINGS", dict(privacy.LISTINGS))
    return privacy.LISTINGS


def _of(found, label):
    return [field for field in found if field.partition(".")[0] == label]


@pytest.mark.parametrize("label", sorted({config.label for config in apps.get_app_configs()}))
def test_every_field_that_could_be_personal_is_listed(label):
    assert _of(privacy.unlisted(), label) == [], f"say in {label}'s privacy.py whether these are personal or harmless"


def test_no_list_names_what_is_gone():
    assert privacy.outdated() == []


def test_an_unlisted_field_is_found(lists):
    lists["accounts.customer"] = privacy.Listing("accounts.customer", frozenset({"name"}), frozenset())

    missing = privacy.unlisted(["accounts.Customer"])

    assert "accounts.customer.email" in missing
    assert "accounts.customer.user" in missing
    assert "accounts.customer.name" not in missing


def test_an_unlisted_model_is_found(lists):
    del lists["accounts.order"]

    assert "accounts.order.ship_to" in privacy.unlisted()


def test_hidden_tables_are_found_too(lists):
    del lists["accounts.team_members"]

    assert _of(privacy.unlisted(), "accounts") == ["accounts.team_members.user"]


def test_a_renamed_field_is_found(lists):
    lists["accounts.order"] = privacy.Listing("accounts.order", frozenset({"gone"}), frozenset())

    assert "accounts.order.gone" in privacy.outdated()


def test_closed_choices_numbers_and_times_need_no_list():
    suspects = {f"{label}.{field.name}" for label, field in privacy._suspects()}

    assert "accounts.order.ship_to" in suspects
    assert not {"accounts.order.status", "accounts.order.placed_at", "accounts.order.total"} & suspects


def test_a_model_is_listed_once(lists):
    with pytest.raises(privacy.AlreadyListed):
        privacy.register(Customer, privacy.personal("name"))


def test_what_cannot_be_handed_over_yet_is_named(lists):
    lists.clear()
    privacy.register("accounts.Customer", privacy.personal("name"))
    privacy.register("accounts.Shop", privacy.harmless("name"))

    assert privacy.without_handlers() == ["accounts.customer"]
