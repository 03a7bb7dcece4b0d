"""What is published is found, word for word where it stands, and only what changed is embedded again."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from accounts.models import Shop
from knowledge import articles, chunking, embeddings, indexing, recipes
from knowledge.models import Article, Audience, Chunk, Posting, Recipe, Status, Term, TitleVector, Vector, Word

TEXT = st.text(alphabet=st.sampled_from("ab .\n#-1|`é猫"), max_size=400)


@given(title=TEXT, body=TEXT)
@rules(max_examples=60, deadline=None)
def test_stretches_lose_no_character_and_fit_the_model(title, body):
    at = 0
    for stretch in chunking.cut(title, body):
        assert not body[at : stretch.start].strip()
        assert at <= stretch.start < stretch.end
        said = recipes.said(title, body[stretch.start : stretch.end])
        assert len(embeddings.pieces(said)) <= chunking.LONGEST
        at = stretch.end
    assert not body[at:].strip()


def test_long_text_is_cut_at_headings_then_paragraphs_then_sentences():
    body = f"# One\n\n{'Short words here. ' * 200}\n\n## Two\n\nLast.\n"
    stretches = chunking.cut("Title", body)
    assert [stretch.heading for stretch in stretches][-1] == "One > Two"
    assert all(body[stretch.end - 1] == "." for stretch in stretches)
    assert len(stretches) > 3


def test_one_endless_word_is_cut_too():
    body = "12 " * 600 + "ab12" * 30
    assert all(len(embeddings.pieces(body[s.start : s.end])) <= 254 for s in chunking.cut("", body))


def test_a_mark_in_a_code_block_is_no_heading():
    assert [s.heading for s in chunking.cut("", "# Real\n\ntext\n\n```\n# not one\n```\n")] == ["Real"]


def test_chunks_keep_their_place(returns):
    body = returns.published_revision.body
    for chunk in returns.chunks.order_by("position"):
        assert body[chunk.start : chunk.end].startswith("##")
    assert [chunk.heading for chunk in returns.chunks.order_by("position")] == ["Time", "Steps"]


def test_publishing_an_unchanged_article_again_embeds_nothing(returns, monkeypatch):
    before = set(returns.chunks.values_list("pk", "hash"))
    texts = _embedded(monkeypatch)
    articles.publish(returns)
    recipes.fill()
    assert texts == []
    assert set(returns.chunks.values_list("pk", "hash")) == before


def test_only_what_changed_is_embedded_again(returns, monkeypatch):
    texts = _embedded(monkeypatch)
    revision = returns.published_revision
    articles.revise(returns, title=revision.title, body="Preface.\n\n" + revision.body.replace("label", "sticker"))
    articles.publish(returns)
    recipes.fill()
    assert len(texts) == 2
    assert sum("sticker" in text for text in texts) == 1
    chunks = {chunk.heading: chunk for chunk in returns.chunks.all()}
    body = returns.published_revision.body
    assert body[chunks["Time"].start : chunks["Time"].end].startswith("## Time")


def test_counts_of_terms_follow_the_articles(shop, returns, parcels):
    assert _count(shop, "") == 3
    assert _count(shop, "shoe") == 2
    articles.unpublish(returns)
    assert _count(shop, "") == 1
    assert _count(shop, "shoe") is None
    articles.archive(parcels)
    for model in (Chunk, Vector, TitleVector, Posting, Term, Word):
        assert not model.objects.exists(), model


def test_an_article_that_changes_its_language_takes_its_counts_along(shop, returns):
    Article.objects.filter(pk=returns.pk).update(language="de")
    articles.publish(returns)
    assert set(Term.objects.values_list("language", flat=True)) == {"de"}


def test_deleting_an_article_leaves_nothing_of_it(returns):
    articles.unpublish(returns)
    returns.delete()
    assert not Term.objects.exists()


def test_eligible_is_one_rule_told_twice(shop, returns, parcels, write):
    other = Shop.objects.create(slug="other", name="Other")
    write("Team only", "Discounts for the team.", external_id="team", audience=Audience.AGENTS)
    write("Rückgabe", "Schuhe zurückgeben", external_id="german", language="de")
    write("Elsewhere", "Another shop", external_id="elsewhere", shop=other)
    # Rows no story would leave behind: the rule must hold even then.
    Article.objects.filter(pk=parcels.pk).update(status=Status.DRAFT)
    Article.objects.filter(pk=returns.pk).update(
        published_revision=articles.revise(returns, title="New", body="New words")
    )
    chunks = list(Chunk.objects.select_related("article"))
    assert len(chunks) == 6
    seen = set()
    for where in (shop, other):
        for languages in (["en"], ["de"], ["en", "de"], []):
            for audience in Audience:
                rows = set(Chunk.objects.eligible(where, languages=languages, audience=audience))
                assert rows == {c for c in chunks if c.is_eligible(where, languages=languages, audience=audience)}
                seen |= rows
    assert {chunk.article.external_id for chunk in seen} == {"team", "german", "elsewhere"}


def test_the_recipe_is_stamped_on_every_vector(returns):
    assert set(Vector.objects.values_list("recipe__stamp", "dimension")) == {("fake|1|float32|384", 384)}


@pytest.mark.django_db(transaction=True)
def test_publishing_is_embedded_after_commit(shop, settings, monkeypatch):
    asked = []
    monkeypatch.setattr(indexing.embed_article, "delay", asked.append)
    with transaction.atomic():
        article = articles.draft(shop, title="Hats", body="We sell hats.")
        articles.publish(article)
        assert asked == []
    assert asked == [article.pk]
    assert not Vector.objects.exists()
    indexing.embed_article(article.pk)
    assert Vector.objects.filter(chunk__article=article).count() == 1


def test_what_a_lost_queue_dropped_is_swept_up(write):
    write("Hats", "We sell hats.", embed=False)
    assert not Vector.objects.exists()
    recipes.sweep()
    assert Vector.objects.count() == TitleVector.objects.count() == 1


def test_a_changed_recipe_is_built_while_the_old_one_serves(returns, find, monkeypatch):
    from knowledge.embeddings import fake

    old = recipes.serving()
    monkeypatch.setattr(fake.Fake, "recipe", "fake|2|float32|384")
    seen = []

    def progress(done, total):
        seen.append((done, total, recipes.serving().stamp))

    new = recipes.follow(progress)
    assert seen == [(2, 2, old.stamp)]
    assert recipes.serving() == new != old
    assert find("return shoes") == ["returns"]
    assert Vector.objects.filter(recipe=old).count() == Vector.objects.filter(recipe=new).count() == 2
    Recipe.objects.filter(pk=old.pk).update(retired_at="2020-01-01T00:00Z")
    recipes.sweep()
    assert set(Vector.objects.values_list("recipe", flat=True)) == {new.pk}


def test_an_audience_changes_without_reading_other_articles(write):
    article = write("Team only", "Discounts for the team.")
    with CaptureQueriesContext(connection) as seen:
        articles.show_to(article, Audience.AGENTS)

    assert set(article.chunks.values_list("postings__audience", "vectors__audience")) == {(2, 2)}
    assert not [query["sql"] for query in seen if "UPDATE" in query["sql"] and "JOIN" in query["sql"]]


def _count(shop, term):
    found = Term.objects.filter(shop=shop, language="en", term=term).first()
    return found and found.chunks


def _embedded(monkeypatch):
    texts = []
    real = embeddings.embed

    def embed(given, **options):
        texts.extend(given)
        return real(given, **options)

    monkeypatch.setattr(embeddings, "embed", embed)
    return texts
