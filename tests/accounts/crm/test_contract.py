"""What every CRM adapter holds to: whoever writes one adds its system to `there`."""

from decimal import Decimal
from uuid import uuid4

import pytest

from accounts import crm
from accounts.crm import Away, Declined, Person, Standing
from accounts.models import Crm
from accounts.platforms import Patience
from tests.accounts.platforms import servers

pytestmark = pytest.mark.django_db
CALLS = {
    "find": lambda outside, person: outside.find(person),
    "upsert": lambda outside, person: outside.upsert(person),
    "note": lambda outside, person: outside.note("7", "Works nights.", key=uuid4()),
    "ticket": lambda outside, person: outside.ticket("7", "Broken", "The lamp hums.", key=uuid4()),
    "standing": lambda outside, person: outside.standing("7"),
}


def test_nobody_is_found_before_and_somebody_after(there, outside, person):
    assert outside.find(person) == ""
    made = outside.upsert(person)
    assert outside.find(person) == made
    assert there.people[made]["name"] == "Maria Lund"


def test_whoever_is_there_by_her_address_is_not_made_again(there, outside, person):
    known = there.knows("maria@example.com")
    there.knows("omar@example.com")

    assert [outside.upsert(person) for _ in range(3)] == [known] * 3
    assert len(there.people) == 2


@pytest.mark.parametrize("email", ["m_ria@example.com", "%@example.com", "*@example.com", "a/b@example.com"])
def test_an_address_means_itself_alone(there, outside, email):
    there.knows("maria@example.com")
    assert outside.find(Person("r-1", email)) == ""


@pytest.mark.parametrize("what", ["note", "ticket"])
def test_it_is_written_once_for_a_key(there, outside, person, what):
    known, key = outside.upsert(person), uuid4()
    said = ("Works nights, <b>loud</b>.",) if what == "note" else ("Broken", "The lamp hums <b>loud</b>.")

    for _ in range(3):
        getattr(outside, what)(known, *said, key=key)
    getattr(outside, what)(known, *said, key=uuid4())

    written = there.notes if what == "note" else there.tickets
    assert len(written) == 2
    assert written[0][0] == known
    if there.scheme == "odoo":  # it keeps HTML
        assert "&lt;b&gt;loud&lt;/b&gt;" in written[0][-1]


def test_value_and_segment_are_told(there, outside, person):
    known = outside.upsert(person)
    assert outside.standing(known).segment == ""
    there.values(known)
    assert outside.standing(known) == Standing(Decimal("1234.50"), "EUR", "Gold")


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("bad", servers.BAD, ids=lambda bad: bad.__name__)
def test_a_bad_crm_is_away_or_declines_and_nothing_else(there, shop, person, monkeypatch, bad, call):
    monkeypatch.setattr(crm, "Patience", lambda: Patience(1.0))
    outside = crm.of(shop)
    there.wrong = lambda method, path: bad
    is_taken = there.scheme == "rest" and bad in (servers.talks_nonsense, servers.lies_in_numbers)
    if is_taken and call in (CALLS["note"], CALLS["ticket"]):
        pytest.skip("any JSON says that it was taken")

    with pytest.raises((Away, Declined)):
        call(outside, person)


def test_a_wrong_secret_declines(there, shop, person):
    there.password = "changed"
    with pytest.raises((Away, Declined)):
        crm.of(shop).upsert(person)


def test_it_is_off_unless_switched_on(there, shop):
    Crm.objects.update(is_on=False)
    assert crm.of(shop) is None


def test_a_secret_of_another_installation_is_away(there, shop, settings):
    settings.SECRET_KEY = "another"
    with pytest.raises(Away):
        crm.of(shop)


def test_odoo_without_helpdesk_gets_leads(there, outside, person):
    if there.scheme != "odoo":
        pytest.skip("of Odoo alone")
    there.has_helpdesk, there.fields = False, {"category_id"}
    known = outside.upsert(person)
    outside.ticket(known, "Broken", "The lamp hums.", key=uuid4())

    assert [subject for _who, subject, _text in there.tickets] == ["Broken"]
    assert outside.standing(known) == Standing()
