"""The CRM hears of people, notes and tickets from workers, once; nobody waits for it, and what it says is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import crm, notes, privacy
from accounts.crm import pushes
from accounts.models import Crm, CrmPerson, CrmPush
from accounts.platforms import Patience
from chat import handoff, intake
from tests.accounts.platforms import servers
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def work(at=None):
    """What a worker does with all that is due."""
    for pk in CrmPush.objects.order_by("pk").values_list("pk", flat=True):
        pushes.send(pk)


def test_a_note_is_told_once_with_who_she_is(there, customer, anna, hear):
    notes.write(customer, "Works nights.", by=anna, at=timezone.now())
    hear()
    hear()

    assert CrmPush.objects.count() == 1
    for _ in range(2):
        work()

    assert len(there.notes) == len(there.people) == 1
    assert "Works nights." in there.notes[0][1]
    assert not CrmPush.objects.exists()


def test_a_note_that_was_removed_is_not_told(there, customer, anna, hear):
    note = notes.write(customer, "A slip.", by=anna, at=timezone.now())
    notes.remove(note, by=anna, at=timezone.now())
    hear()

    assert not CrmPush.objects.exists()


def test_a_talk_that_needs_a_person_is_a_ticket(there, customer, hear):
    talk = intake.open_conversation(customer, opening_id="1", at=timezone.now())
    intake.receive(intake.Inbound(talk.pk, "1", "The lamp hums."), at=timezone.now())
    handoff.ask_person(talk.pk, at=timezone.now())
    hear()
    work()

    assert len(there.tickets) == 1
    assert "The lamp hums." in there.tickets[0][-1]


@pytest.mark.parametrize("who", ["a guest", "somebody who proved nothing"])
def test_nobody_unproven_is_told_of(who, there, shop, anna, hear):
    email = None if who == "a guest" else "maria@example.com"
    notes.write(CustomerFactory(shop=shop, email=email), "Hm.", by=anna, at=timezone.now())
    hear()

    assert not CrmPush.objects.exists()


def test_without_a_crm_or_with_it_off_nothing_is_kept(there, customer, anna, hear, client_of):
    Crm.objects.update(is_on=False)
    notes.write(customer, "Works nights.", by=anna, at=timezone.now())
    hear()
    client_of(anna).get(reverse("chat:customer", args=[customer.public_id]))

    assert not CrmPush.objects.exists()
    assert there.asked == []


def test_her_page_asks_behind_the_scenes_and_shows_what_was_said_with_its_time(there, customer, anna, client_of):
    known = there.knows("maria@example.com")
    there.values(known)
    page, browser = reverse("chat:customer", args=[customer.public_id]), client_of(anna)

    assert "In the CRM" not in browser.get(page).content.decode()
    assert there.asked == []
    work()
    said = browser.get(page).content.decode()

    for words in ("In the CRM", "1,234.50 EUR", "Gold", "as of"):
        assert words in said
    assert not CrmPush.objects.exists()  # asked again only after an hour
    CrmPerson.objects.update(as_of=timezone.now() - timedelta(hours=2))
    browser.get(page)
    assert CrmPush.objects.count() == 1


@pytest.mark.parametrize("bad", servers.BAD, ids=lambda bad: bad.__name__)
def test_a_bad_crm_is_told_later_and_what_we_knew_stays(bad, there, customer, anna, client_of, monkeypatch):
    CrmPerson.objects.create(
        customer=customer, external_id="7", value=Decimal("5"), segment="Old", as_of=timezone.now()
    )
    monkeypatch.setattr(crm, "Patience", lambda: Patience(1.0))
    there.wrong = lambda method, path: bad
    pushes.tell(customer, "person", about="x", at=timezone.now())
    work()

    push = CrmPush.objects.get()
    assert (push.attempts, bool(push.trouble)) == (1, True)
    assert push.due_at is None or push.due_at > timezone.now()
    assert CrmPerson.objects.get().segment == "Old"
    assert "Old" in client_of(anna).get(reverse("chat:customer", args=[customer.public_id])).content.decode()


def test_what_was_missed_is_told_once_it_is_back(there, customer, monkeypatch):
    there.wrong = lambda method, path: servers.fails
    pushes.tell(customer, "note", about="x", text="Works nights.", at=timezone.now())
    work()
    there.wrong = lambda method, path: None
    soon = []
    monkeypatch.setattr(pushes, "_send_soon", soon.append)
    CrmPush.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    pushes.sweep()
    pushes.send(soon[0])

    assert len(there.notes) == 1


def test_an_answer_that_got_lost_does_not_double_a_note(there, customer):
    pushes.tell(customer, "note", about="x", text="Works nights.", at=timezone.now())
    there.lost = lambda method, path: bool(there.notes)
    work()
    there.lost = lambda method, path: False
    CrmPush.objects.update(due_at=timezone.now())
    work()

    assert len(there.notes) == 1
    assert not CrmPush.objects.exists()


def test_what_a_crm_said_is_handed_over_and_erased(there, customer):
    CrmPerson.objects.create(customer=customer, external_id="7", segment="Gold", as_of=timezone.now())
    listed = privacy.LISTINGS["accounts.crmperson"]

    assert [one["segment"] for one in listed.export(customer)] == ["Gold"]
    assert listed.erase(customer) == 1


def test_a_secret_goes_in_and_never_comes_out(shop, boss, client_of):
    browser, url = client_of(boss), reverse("admin:accounts_crm_add")
    told = {"shop": shop.pk, "kind": "odoo", "address": "https://erp.example.com", "secret": "open-sesame"}

    assert b"Odoo needs a database and a user" in browser.post(url, told).content
    assert browser.post(url, {**told, "database": "lumen", "user": "bot"}).status_code == 302
    kept = Crm.objects.get()
    assert (kept.is_on, "open-sesame" in kept.sealed) == (False, False)
    change = reverse("admin:accounts_crm_change", args=[kept.pk])
    assert b"open-sesame" not in browser.get(change).content
    browser.post(change, {**told, "secret": "", "database": "lumen", "user": "bot", "is_on": "on"})
    assert crm.sealing.unseal(Crm.objects.get(is_on=True).sealed) == "open-sesame"
