"""What could not be answered is gathered by meaning, worked off by editors, and forgotten with the person."""

import pytest

from accounts.models import Customer
from analytics.ledger.models import Event
from knowledge import articles, gaps
from knowledge.models import Gap, GapQuestion


@pytest.fixture
def maria(shop):
    return Customer.objects.create(shop=shop, name="Maria")


def test_questions_of_one_meaning_are_one_gap(shop):
    one = gaps.record(shop, "do you sell gift cards", confidence=0.2)
    two = gaps.record(shop, "do you sell gift cards please", confidence=0.1)
    other = gaps.record(shop, "is there a shop in Lisbon")
    assert one == two != other
    assert [(gap.pk, gap.count) for gap in Gap.objects.open()] == [(one.pk, 2), (other.pk, 1)]
    event = Event.objects.filter(kind="gap.recorded").order_by("id").first()
    assert event.facts == {"confidence": 0.2, "language": "en"}


def test_the_same_words_are_one_gap_even_without_vectors(shop, monkeypatch):
    monkeypatch.setattr("knowledge.retrieval.meaning", lambda *given: None)
    assert gaps.record(shop, "Gift cards?") == gaps.record(shop, "gift cards?")
    assert Gap.objects.get().embedding is None


def test_languages_and_shops_keep_apart(shop):
    assert gaps.record(shop, "gift cards", language="en") != gaps.record(shop, "gift cards", language="de")


def test_one_click_begins_the_article_and_publishing_closes_the_gap(shop, find):
    gap = gaps.record(shop, "do you sell gift cards")
    article = gaps.draft(gap)
    assert article.latest.title == "do you sell gift cards"
    assert find("gift cards") == []
    with pytest.raises(gaps.AlreadyDrafted):
        gaps.draft(gap)
    articles.revise(article, title="Gift cards", body="We sell gift cards.")
    articles.publish(article)
    assert Gap.objects.get().status == Gap.Status.CLOSED
    assert gaps.record(shop, "do you sell gift cards") != gap


def test_what_was_dismissed_does_not_come_back(shop):
    gap = gaps.record(shop, "what is the meaning of life")
    gaps.dismiss(gap)
    assert gaps.record(shop, "what is the meaning of life") == gap
    assert not Gap.objects.open().exists()
    gaps.reopen(gap)
    assert Gap.objects.open().exists()


def test_a_person_is_forgotten_with_what_only_she_asked(shop, maria):
    alone = gaps.record(shop, "my dog ate the invoice", customer=maria)
    shared = gaps.record(shop, "do you sell gift cards", customer=maria)
    gaps.record(shop, "do you sell gift cards", customer=None)
    assert [row["asked"] for row in gaps.export(maria)] == ["my dog ate the invoice", "do you sell gift cards"]
    assert gaps.forget(maria) == 2
    assert list(Gap.objects.values_list("pk", flat=True)) == [shared.pk] != [alone.pk]
    assert not GapQuestion.objects.filter(customer=maria).exists()


def test_any_question_can_be_kept(shop):
    for asked in ("\x00", "x" * 5000, "<script>", "\ud800"):
        gaps.record(shop, asked)
