"""What the bot would answer is tried without a trace: nothing is published, recorded or kept."""

import pytest
from django.db import connection
from django.urls import reverse

from analytics.ledger.models import Event
from knowledge import articles, rehearsal
from knowledge.models import Article, Audience, Chunk, Gap, Revision, Status, Term, Vector


@pytest.fixture
def desk(boss, client_of):
    return client_of(boss)


def everything():
    rows = [model.objects.order_by("pk").values_list() for model in (Article, Revision, Chunk, Event, Gap)]
    counts = Term.objects.order_by("pk").values_list("pk", "chunks"), Vector.objects.count()
    return [*(list(each) for each in rows), list(counts[0]), counts[1]]


def test_a_draft_answers_in_the_rehearsal_and_nowhere_else(shop, returns, find):
    draft = articles.draft(shop, title="Do you sell gift cards?", body="We sell gift cards of 50 euros.")
    before = everything()
    heard = rehearsal.rehearse(draft, "do you sell gift cards", audience=Audience.PUBLIC)
    assert [passage.article for passage in heard.alone.passages] == [draft.pk]
    assert heard.whole.passages[0].article == draft.pk
    assert heard.whole.answer.text == "We sell gift cards of 50 euros."
    assert heard.whole.confidence >= heard.whole.floor
    assert everything() == before
    assert draft.external_id not in find("gift cards")
    assert draft.status == Status.DRAFT


def test_words_that_are_not_kept_are_tried(shop, returns):
    words = ("How do I return shoes?", "You may return shoes within 90 days.")
    heard = rehearsal.rehearse(returns, "return shoes within days", audience=Audience.PUBLIC, words=words)
    assert "90 days" in heard.alone.answer.text
    assert returns.revisions.count() == 1
    assert "30 days" in rehearsal.ask(shop, "return shoes within days", audience=Audience.PUBLIC).answer.text


def test_one_article_alone_gives_its_own_passages(returns, parcels):
    heard = rehearsal.rehearse(parcels, "return shoes", audience=Audience.PUBLIC)
    assert {passage.article for passage in heard.alone.passages} == {parcels.pk}
    assert heard.whole.passages[0].article == returns.pk


def test_who_may_not_read_it_does_not_hear_it(returns):
    articles.show_to(returns, Audience.AGENTS)
    assert rehearsal.rehearse(returns, "return shoes", audience=Audience.PUBLIC).alone.passages == ()
    assert rehearsal.rehearse(returns, "return shoes", audience=Audience.AGENTS).alone.passages


@pytest.mark.django_db(transaction=True)
def test_whoever_publishes_is_not_waited_for_long(shop, returns, monkeypatch):
    monkeypatch.setattr(rehearsal, "WAIT", "50ms")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [0x6B6E6F77, shop.pk])
        with pytest.raises(rehearsal.Busy):
            rehearsal.rehearse(returns, "return shoes", audience=Audience.PUBLIC, words=("New", "Words"))
    finally:
        other.close()


def test_a_book_is_not_tried(returns):
    with pytest.raises(rehearsal.TooLongToTry):
        rehearsal.rehearse(returns, "x", audience=0, words=("Book", "x" * (rehearsal.LONGEST + 1)))


def test_the_desk_shows_answer_citation_confidence_and_passages(desk, returns, parcels):
    ask = reverse("admin:knowledge_article_ask", args=[returns.pk])
    page = desk.get(ask, {"q": "within how many days may I return shoes", "audience": 0}).content.decode()
    for said in (
        "From this article alone",
        "From all the shop knows",
        "it answers from 50 % on",
        "30 days",
        "this article",
    ):
        assert said in page
    part = desk.post(
        ask,
        {"q": "return shoes within days", "audience": 0, "title": "Return shoes", "body": "Within 90 days."},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "90 days" in part
    assert "<html" not in part
    assert returns.revisions.count() == 1


def test_what_nobody_wrote_about_is_not_answered(desk, shop, returns):
    ask = reverse("admin:knowledge_article_ask_shop")
    page = desk.get(ask, {"q": "meaning of life", "audience": 0, "shop": shop.pk}).content.decode()
    assert "does not answer" in page or "Nothing is found" in page
    assert not Gap.objects.exists()


@pytest.mark.parametrize("q", ["", " ", "\x00", "x" * 2000, "<script>alert(1)</script>", "'; DROP TABLE x; --"])
def test_any_question_is_borne(desk, shop, returns, q):
    page = desk.get(reverse("admin:knowledge_article_ask", args=[returns.pk]), {"q": q, "audience": 0})
    assert page.status_code in (200, 422)
    assert b"<script>alert" not in page.content


def test_another_shop_is_not_asked(desk, returns, other_shop):
    answer = desk.get(reverse("admin:knowledge_article_ask_shop"), {"q": "shoes", "audience": 2, "shop": other_shop.pk})
    assert answer.status_code == 422
