"""Language versions stand side by side; one that is behind says of what."""

import pytest
from django.urls import reverse

from knowledge import articles
from knowledge.models import Article


@pytest.fixture
def desk(boss, client_of):
    return client_of(boss)


def page_of(article, name="languages"):
    return reverse(f"admin:knowledge_article_{name}", args=[article.pk])


def test_a_translation_is_begun_published_left_behind_and_caught_up(desk, returns):
    answer = desk.post(page_of(returns, "translate"), {"language": "de"})
    german = Article.objects.get(language="de")
    assert answer.url == page_of(german, "change")
    assert (german.translation_of, german.external_id, german.latest.body) == (returns, "returns", returns.latest.body)
    articles.revise(german, title="Rückgabe", body="Innerhalb von 30 Tagen.")
    articles.publish(german)
    articles.revise(returns, title=returns.title, body=returns.latest.body.replace("30 days", "60 days"))
    articles.publish(returns)
    for page in (page_of(returns), page_of(german)):
        shown = desk.get(page).content.decode()
        assert "behind" in shown
        assert "<ins>60 </ins>" in shown
        assert "Innerhalb von 30 Tagen." in shown
    desk.post(page_of(german, "settle"))
    assert "behind" not in desk.get(page_of(german)).content.decode()


def test_a_language_is_told_once(desk, returns):
    for language in ("de", "de", "en", "xx", ""):
        desk.post(page_of(returns, "translate"), {"language": language})
    assert sorted(Article.objects.values_list("language", flat=True)) == ["de", "en"]


def test_a_translation_of_a_translation_is_one_of_the_original(desk, returns):
    desk.post(page_of(returns, "translate"), {"language": "de"})
    desk.post(page_of(Article.objects.get(language="de"), "translate"), {"language": "fr"})
    assert Article.objects.get(language="fr").translation_of == returns
