"""What editors do to articles, and what stays for ever."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from analytics.ledger.models import Event
from knowledge import articles
from knowledge.models import Article, Audience, Revision, Status


def kinds(article):
    return list(Event.objects.filter(subject=f"article:{article.pk}").order_by("id").values_list("kind", flat=True))


def test_a_draft_is_found_by_nobody(shop, find):
    article = articles.draft(shop, title="Secret plans", body="We will sell hats.")
    assert article.status == Status.DRAFT
    assert find("secret plans hats") == []
    assert kinds(article) == []


def test_publishing_shows_the_newest_words_and_is_recorded(returns, find):
    assert find("return shoes") == ["returns"]
    assert returns.published_revision == returns.latest
    assert kinds(returns) == ["article.published"]


def test_publishing_again_what_is_shown_is_no_news(returns):
    before = returns.published_at
    articles.publish(returns)
    assert kinds(returns) == ["article.published"]
    assert Article.objects.get(pk=returns.pk).published_at == before


def test_a_new_revision_waits_until_it_is_published(returns, find):
    articles.revise(returns, title="How do I return boots?", body="Boots go back within 60 days.")
    assert find("boots 60 days") in ([], ["returns"])
    assert "30 days" in returns.published_revision.body
    articles.publish(returns)
    assert "60 days" in Article.objects.get(pk=returns.pk).published_revision.body


def test_the_same_words_again_are_no_new_revision(returns):
    latest = returns.latest
    assert articles.revise(returns, title=latest.title, body=latest.body) == latest
    assert returns.revisions.count() == 1


def test_restoring_takes_old_words_up_as_the_newest(returns):
    first = returns.latest
    articles.revise(returns, title="Other", body="Other words")
    restored = articles.restore(first)
    assert (restored.number, restored.title, restored.body) == (3, first.title, first.body)


def test_the_database_refuses_to_change_a_revision(returns):
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        Revision.objects.filter(article=returns).update(body="something else")
    assert "30 days" in returns.latest.body


@pytest.mark.parametrize("leave", [articles.unpublish, articles.archive])
def test_leaving_takes_an_article_out_in_the_same_transaction(returns, find, leave):
    leave(returns)
    assert find("return shoes") == []
    assert not returns.chunks.exists()
    assert kinds(returns) == ["article.published", "article.unpublished"]


def test_leaving_is_undone_with_its_transaction(returns, find):
    with transaction.atomic():
        articles.unpublish(returns)
        assert find("return shoes") == []
        transaction.set_rollback(True)
    assert find("return shoes") == ["returns"]


def test_narrowing_the_audience_hides_at_once_and_widening_shows(returns, find):
    articles.show_to(returns, Audience.AGENTS)
    assert find("return shoes", audience=Audience.CUSTOMERS) == []
    assert find("return shoes", audience=Audience.AGENTS) == ["returns"]
    articles.show_to(returns, Audience.PUBLIC)
    assert find("return shoes") == ["returns"]


def test_a_scheduled_article_is_published_when_its_hour_has_come(shop):
    now = timezone.now()
    early, late = (articles.draft(shop, title=title, body="Words") for title in ("Early", "Late"))
    articles.schedule(early, publish_at=now - timedelta(minutes=1))
    articles.schedule(late, publish_at=now + timedelta(hours=1))
    articles.publish_due()
    assert list(Article.objects.published()) == [early]
    articles.schedule(late, publish_at=None)
    assert not Article.objects.due(now + timedelta(hours=2)).exists()


def test_an_article_without_words_cannot_be_published(shop):
    article = articles.draft(shop, title=" ", body="\n", external_id="empty")
    with pytest.raises(articles.NothingToPublish):
        articles.publish(article)


def test_a_revision_of_another_article_cannot_be_published(returns, parcels):
    with pytest.raises(articles.NotItsRevision):
        articles.publish(returns, revision=parcels.latest)


def test_a_book_is_refused_with_a_sentence(shop):
    with pytest.raises(articles.TooLong, match="1,000,000 characters"):
        articles.draft(shop, title="Book", body="x" * (articles.LONGEST_BODY + 1))
    assert not Article.objects.exists()


def test_addresses_and_ids_are_free_ones(shop):
    one, two = (articles.draft(shop, title="Größen & Maße", body="Words") for _ in range(2))
    assert one.slug == "größen-maße"
    assert (two.slug, two.external_id) == ("größen-maße-2", "größen-maße-2")


def test_a_translation_is_stale_once_its_source_says_something_else(shop, returns):
    german = articles.draft(shop, title="Rückgabe", body="30 Tage", language="de")
    articles.translates(german, returns)
    assert not german.is_stale
    assert not Article.objects.stale().exists()
    articles.revise(returns, title="Returns", body="Now 60 days")
    articles.publish(returns)
    assert Article.objects.get(pk=german.pk).is_stale
    assert list(Article.objects.stale()) == [german]


def test_text_a_database_cannot_keep_is_cleaned(shop):
    article = articles.draft(shop, title="Odd\x00", body="one\r\ntwo\rthree \ud800")
    assert article.latest.body == "one\ntwo\nthree ?"
