"""Notes and tags: what the team writes about somebody, for itself."""

import pytest
from django.utils import timezone

from accounts import directory, notes, personal
from accounts.models import Customer, CustomerNote, CustomerTag
from analytics.ledger.models import Event
from tests.factories import CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return timezone.now()


@pytest.fixture
def greta(shop):
    return CustomerFactory(shop=shop, name="Greta Holm", email="greta@example.com", phone="+45 86 12 34 56")


def test_a_note_has_an_author_and_a_time_and_is_the_teams_alone(greta, anna, maria, stranger, at):
    greta.user = maria
    greta.save()

    note = notes.write(greta, "  Prefers a call.\r\nAfter six.\x00 ", by=anna, at=at)

    assert (note.text, note.author, note.at) == ("Prefers a call.\nAfter six.", anna, at)
    assert CustomerNote.objects.visible_to(anna).get() == note
    assert not CustomerNote.objects.visible_to(maria).exists()
    assert not CustomerNote.objects.visible_to(stranger).exists()


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "x" * 5001])
def test_an_empty_or_endless_note_is_refused(greta, anna, at, text):
    with pytest.raises(notes.Unfit):
        notes.write(greta, text, by=anna, at=at)
    assert not CustomerNote.objects.exists()


def test_one_tag_has_one_spelling_in_a_shop(greta, shop, other_shop, anna, at):
    other = CustomerFactory(shop=shop)
    notes.tag(greta, " Big   spender ", by=anna, at=at)
    notes.tag(other, "BIG SPENDER", by=anna, at=at)
    notes.tag(CustomerFactory(shop=other_shop), "big spender", by=anna, at=at)

    assert [tag.name for tag in greta.tags.all()] == [tag.name for tag in other.tags.all()] == ["Big spender"]
    assert CustomerTag.objects.filter(shop=shop).count() == 1


def test_a_tag_is_told_once_and_taken_off_once(greta, anna, at):
    for _ in range(2):
        notes.tag(greta, "vip", by=anna, at=at)
    for _ in range(2):
        notes.untag(greta, "VIP", by=anna, at=at)

    told = Event.objects.filter(kind__in=["customer.tagged", "customer.untagged"]).order_by("id")
    assert list(told.values_list("kind", flat=True)) == ["customer.tagged", "customer.untagged"]
    assert not greta.tags.exists()


def test_tags_have_an_end(greta, anna, at):
    for number in range(notes.MOST_TAGS):
        notes.tag(greta, f"tag {number}", by=anna, at=at)
    for wrong in ("one more", "", "x" * 41):
        with pytest.raises(notes.Unfit):
            notes.tag(greta, wrong, by=anna, at=at)
    assert greta.tags.count() == notes.MOST_TAGS


def test_what_is_written_about_somebody_who_was_merged_is_about_who_she_became(greta, shop, anna, at):
    shell = Customer.objects.create(shop=shop, merged_into=greta)

    notes.tag(shell, "vip", by=anna, at=at)

    assert notes.write(shell, "Called twice.", by=anna, at=at).customer == greta
    assert greta.tags.get().name == "vip"


def test_the_ledger_knows_that_something_was_written_and_not_what(greta, anna, at):
    note = notes.write(greta, "Her dog is called Bosse.", by=anna, at=at)
    notes.remove(note, by=anna, at=at)

    written, removed = Event.objects.filter(kind__startswith="customer.note").order_by("id")
    assert (written.subject, written.actor) == (f"customer:{greta.ledger_id}", f"user:{anna.ledger_id}")
    assert removed.kind == "customer.note_removed"
    assert "Bosse" not in f"{written.refs}{written.facts}{removed.refs}{removed.facts}"


def test_notes_and_tags_are_handed_over_and_erased_with_those_of_merged_rows(greta, shop, anna, at):
    shell = CustomerFactory(shop=shop)
    notes.write(greta, "One.", by=anna, at=at)
    notes.write(shell, "Two.", by=anna, at=at)
    notes.tag(greta, "vip", by=anna, at=at)
    notes.tag(shell, "vip", by=anna, at=at)
    Customer.objects.filter(pk=shell.pk).update(name="", merged_into=greta)
    stays = notes.write(CustomerFactory(shop=shop), "Another's.", by=anna, at=at)

    assert [note["text"] for note in personal.export_notes(greta)] == ["One.", "Two."]
    assert list(personal.export_tags(greta)) == [{"tag": "vip"}]
    assert (personal.erase_notes(greta), personal.erase_tags(greta)) == (2, 2)
    assert CustomerNote.objects.get() == stays
    assert not greta.tags.exists()
    assert not shell.tags.exists()


# The directory.


@pytest.mark.parametrize(
    "words", ["greta", "HOLM", "greta@ex", "86 12 34 56", "0045-86123456", "#A-77", "a-77", "shop-1"]
)
def test_somebody_is_found_by_what_an_agent_has_at_hand(greta, anna, shop, words):
    OrderFactory(customer=greta, number="A-77")
    Customer.objects.filter(pk=greta.pk).update(external_id="shop-1")
    CustomerFactory(shop=shop, name="Somebody else", phone="+45 11 11 11 11")

    assert [found.pk for found in directory.look_up(anna, words)] == [greta.pk]


@pytest.mark.parametrize("words", ["%", "_", "\\", "\x00%", "12", "nobody", "'; --"])
def test_odd_words_find_nobody(greta, anna, words):
    assert not directory.look_up(anna, words).exists()


def test_nobody_is_found_in_another_shop_or_as_a_shell_or_by_its_order(greta, anna, stranger, shop):
    OrderFactory(customer=greta, number="A-77")
    CustomerFactory(shop=shop, name="", merged_into=greta)

    assert list(directory.look_up(anna)) == [greta]
    assert not directory.look_up(stranger).exists()
    assert not directory.look_up(stranger, "A-77").exists()


def test_a_tag_narrows_the_list(greta, anna, shop, at):
    CustomerFactory(shop=shop)
    notes.tag(greta, "vip", by=anna, at=at)

    assert list(directory.look_up(anna, tag="VIP")) == [greta]
    assert not directory.look_up(anna, tag="other").exists()
