"""The editors' desk: articles are found, written, published and compared, by the team of their shop alone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from knowledge import articles, editing
from knowledge.models import Article, Audience, Category, Status, Tag
from tests.factories import MembershipFactory, ShopFactory, UserFactory

LIST = reverse("admin:knowledge_article_changelist")
ADD = reverse("admin:knowledge_article_add")


@pytest.fixture
def desk(boss, client_of):
    """The browser of who runs the shop."""
    return client_of(boss)


@pytest.fixture
def elsewhere(db):
    return ShopFactory(slug="elsewhere", name="Elsewhere")


def page_of(article, name="change"):
    return reverse(f"admin:knowledge_article_{name}", args=[article.pk])


def sheet(article, **told):
    """What the form of an article sends, as it was when the page was opened."""
    newest = article.latest
    facts = {
        "slug": article.slug,
        "category": article.category_id or "",
        "tags": ", ".join(article.tags.order_by("name").values_list("name", flat=True)),
        "audience": article.audience,
        "review_by": article.review_by or "",
    }
    opened = {f"initial-{name}": value for name, value in facts.items()}
    words = {"title": newest.title, "body": newest.body, "based_on": newest.number, "then": "keep"}
    return facts | opened | words | told


def listed(page):
    return [article.external_id for article in page.context["cl"].result_list]


# --- the list


@pytest.mark.parametrize(
    "asked", ["unworn", "RETURN shoes", "shoes-address", "returns", "seasonal", "delivery unworn", "retrun shoes"]
)
def test_search_finds_by_words_title_address_id_tag_and_slip(desk, returns, parcels, asked):
    editing.put(returns, slug="shoes-address", tags=["Seasonal"])
    assert listed(desk.get(LIST, {"q": asked}))[0] == "returns"


def test_search_finds_drafts_and_the_best_first(desk, shop, returns):
    articles.draft(shop, title="Hats", body="We also take shoes back.", external_id="hats")
    articles.draft(shop, title="Shoes", body="All about them.", external_id="shoes")
    assert listed(desk.get(LIST, {"q": "shoes"}))[0] == "shoes"
    assert set(listed(desk.get(LIST, {"q": "shoes"}))) == {"shoes", "hats", "returns"}


@pytest.mark.parametrize(
    "asked", ["%", "'; DROP TABLE knowledge_article; --", "\x00", "x" * 5000, "\N{PILE OF POO}", " "]
)
def test_search_bears_whatever_is_typed(desk, returns, asked):
    assert desk.get(LIST, {"q": asked}).status_code == 200


def test_filters_show_what_needs_a_look(desk, shop, write, returns, parcels):
    today = timezone.localdate()
    editing.put(parcels, review_by=today - timedelta(days=1))
    german = editing.translate(returns, language="de", by=None, at=timezone.now())
    articles.revise(returns, title="Returns", body="Now 60 days")
    assert listed(desk.get(LIST, {"look": "review"})) == ["parcels"]
    assert listed(desk.get(LIST, {"look": "waiting"})) == ["returns"]
    assert listed(desk.get(LIST, {"look": "stale"})) == []
    articles.publish(returns)
    assert listed(desk.get(LIST, {"look": "stale"})) == [german.external_id]
    articles.schedule(german, publish_at=timezone.now() + timedelta(days=1))
    assert listed(desk.get(LIST, {"look": "scheduled"})) == [german.external_id]
    assert listed(desk.get(LIST, {"language": "de", "status": "draft"})) == [german.external_id]


def test_the_list_takes_the_same_queries_however_many(desk, write, django_assert_max_num_queries):
    for number in range(30):
        write(f"Article {number}", "Words", embed=False)
    with django_assert_max_num_queries(16):
        assert desk.get(LIST).status_code == 200


def test_many_are_published_taken_back_and_archived_at_once(desk, shop):
    one, two = (articles.draft(shop, title=title, body="Words") for title in ("One", "Two"))
    empty = articles.draft(shop, title="", body="")
    chosen = [one.pk, two.pk, empty.pk]
    answer = desk.post(LIST, {"action": "publish", "_selected_action": chosen, "index": 0}, follow=True)
    assert "2 articles were changed." in answer.content.decode()
    assert "no words yet" in answer.content.decode()
    assert set(Article.objects.published()) == {one, two}
    desk.post(LIST, {"action": "unpublish", "_selected_action": [one.pk], "index": 0})
    desk.post(LIST, {"action": "archive", "_selected_action": [two.pk], "index": 0})
    assert [Article.objects.get(pk=each.pk).status for each in (one, two)] == [Status.DRAFT, Status.ARCHIVED]


def test_many_are_placed_at_once_and_what_is_left_empty_stays(desk, shop, returns, parcels, find):
    shelf = Category.objects.create(shop=shop, name="After", slug="after")
    editing.put(returns, tags=["old", "kept"])
    asked = {"action": "change_many", "_selected_action": [returns.pk, parcels.pk]}
    assert b"2 articles are changed" in desk.post(LIST, asked | {"index": 0}).content
    changes = {"audience": "2", "category": shelf.pk, "add": "new", "remove": "old", "review_by": ""}
    desk.post(LIST, asked | changes | {"change": "yes"})
    returns.refresh_from_db()
    assert (returns.audience, returns.category, returns.review_by) == (Audience.AGENTS, shelf, None)
    assert set(returns.tags.values_list("name", flat=True)) == {"kept", "new"}
    assert find("return shoes") == []


# --- one article


def test_an_article_is_begun_kept_published_and_taken_back(desk, shop, boss, find):
    facts = {"shop": shop.pk, "language": "en", "audience": "0", "title": "Gift cards", "tags": "gifts, cards"}
    answer = desk.post(ADD, facts | {"body": "We sell **gift cards**.", "then": "keep"})
    article = Article.objects.get()
    assert answer.url == page_of(article)
    assert (article.status, article.slug, article.latest.author) == (Status.DRAFT, "gift-cards", boss)
    assert set(article.tags.values_list("name", flat=True)) == {"gifts", "cards"}
    desk.post(page_of(article), sheet(article, body="We sell gift cards.", then="publish"))
    assert find("gift cards") == ["gift-cards"]
    desk.post(page_of(article), sheet(article, body="We sold gift cards.", then="keep"))
    article.refresh_from_db()
    assert (article.published_revision.number, article.latest.number) == (2, 3)
    desk.post(page_of(article), sheet(article, then="unpublish"))
    assert find("gift cards") == []
    desk.post(page_of(article), sheet(article, then="archive"))
    article.refresh_from_db()
    assert article.status == Status.ARCHIVED


def test_the_hour_of_publishing_is_the_shops(desk, shop):
    shop.time_zone = "Asia/Tokyo"
    shop.save()
    article = articles.draft(shop, title="Sale", body="Words")
    desk.post(page_of(article), sheet(article, then="schedule", publish_at="2099-01-02T09:00"))
    article.refresh_from_db()
    assert article.publish_at.isoformat() == "2099-01-02T00:00:00+00:00"
    assert b"2099-01-02T09:00" in desk.get(page_of(article)).content
    desk.post(page_of(article), sheet(article, then="hold"))
    article.refresh_from_db()
    assert article.publish_at is None


@pytest.mark.parametrize("publish_at", ["", "2001-01-01T00:00", "soon"])
def test_an_hour_that_is_none_is_refused_and_the_words_stay(desk, shop, publish_at):
    article = articles.draft(shop, title="Sale", body="Words")
    told = sheet(article, body="Other words", then="schedule", publish_at=publish_at)
    answer = desk.post(page_of(article), told)
    assert answer.status_code == 422
    assert b"Other words" in answer.content
    assert article.revisions.count() == 1


def test_two_editors_at_once_lose_nothing(desk, returns, boss):
    mine = sheet(returns, title="Mine", body="My words stand here.", then="publish")
    anna = UserFactory(name="Anna Weiss")
    articles.revise(returns, title="How do I return shoes?", body="Her words stand here.", by=anna)
    answer = desk.post(page_of(returns), mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Anna Weiss changed this article" in page
    assert "My words stand here." in page
    assert "Her words stand here." in page
    assert returns.latest.body == "Her words stand here."
    desk.post(page_of(returns), mine | {"based_on": 2})  # what the page sends now
    assert [each.body for each in returns.revisions.order_by("-number")[:2]] == [
        "My words stand here.",
        "Her words stand here.",
    ]


def test_who_changes_only_the_shelf_takes_nobodys_words_back(desk, shop, returns):
    shelf = Category.objects.create(shop=shop, name="After", slug="after")
    mine = sheet(returns, category=shelf.pk)
    articles.revise(returns, title="Hers", body="Her words.")
    editing.put(returns, tags=["hers"], audience=Audience.CUSTOMERS)
    assert desk.post(page_of(returns), mine).status_code == 302
    returns.refresh_from_db()
    assert (returns.category, returns.latest.body, returns.audience) == (shelf, "Her words.", Audience.CUSTOMERS)
    assert list(returns.tags.values_list("name", flat=True)) == ["hers"]
    published = desk.post(page_of(returns), mine | {"then": "publish"})
    assert published.status_code == 422  # she would show words she has not read


def test_an_address_or_id_that_is_taken_is_refused_with_a_sentence(desk, shop, returns, parcels):
    answer = desk.post(page_of(returns), sheet(returns, slug=parcels.slug))
    assert "has this address" in answer.content.decode()
    told = {"shop": shop.pk, "language": "en", "audience": 0, "title": "T", "external_id": "returns"}
    assert "has this id" in desk.post(ADD, told).content.decode()
    assert Article.objects.count() == 2


def test_the_preview_is_the_page(desk, returns):
    answer = desk.post(
        reverse("admin:knowledge_article_preview"), {"title": "<b>", "body": "## Hi\n<script>x</script>"}
    )
    assert '<h2 id="hi">Hi</h2>' in answer.content.decode()
    assert "<script>x" not in answer.content.decode()
    assert "&lt;b&gt;" in answer.content.decode()


def test_a_book_is_refused_with_a_sentence(desk, returns):
    answer = desk.post(page_of(returns), sheet(returns, body="x" * (articles.LONGEST_BODY + 1)))
    assert answer.status_code == 422
    assert returns.revisions.count() == 1


# --- revisions


def test_revisions_are_compared_word_by_word_and_taken_up_again(desk, returns):
    first = returns.latest
    articles.revise(returns, title=first.title, body=first.body.replace("30 days", "60 days"))
    page = desk.get(page_of(returns, "history")).content.decode()
    assert "<del>30 </del>" in page
    assert "<ins>60 </ins>" in page
    desk.post(page_of(returns, "restore"), {"number": 1})
    assert (returns.latest.number, returns.latest.body) == (3, first.body)
    assert desk.post(page_of(returns, "restore"), {"number": "99"}).status_code == 404
    assert desk.get(page_of(returns, "history"), {"old": "x", "new": "-1"}).status_code == 200


# --- who may


def test_of_another_shop_nothing_is_seen_or_touched(desk, boss, elsewhere, shop, returns):
    foreign = articles.draft(elsewhere, title="Their plans", body="Secret", external_id="theirs")
    shelf = Category.objects.create(shop=elsewhere, name="Their shelf", slug="s")
    Tag.objects.create(shop=elsewhere, name="their tag")
    articles.publish(foreign)  # public there, and still not ours to work on
    page = desk.get(LIST).content.decode()
    assert "Their" not in page
    assert "their tag" not in page
    assert listed(desk.get(LIST, {"q": "plans"})) == []
    for action in ("unpublish", "archive"):
        desk.post(LIST, {"action": action, "_selected_action": [foreign.pk], "index": 0})
    assert desk.get(page_of(foreign)).url == reverse("admin:index")
    assert desk.post(page_of(foreign), sheet(foreign, title="Ours")).url == reverse("admin:index")
    assert desk.post(page_of(returns), sheet(returns, category=shelf.pk)).status_code == 422
    told = {"shop": elsewhere.pk, "language": "en", "audience": 0, "title": "Ours", "then": "publish"}
    assert desk.post(ADD, told).status_code == 422
    foreign.refresh_from_db()
    assert (foreign.status, foreign.latest.number, Article.objects.filter(shop=elsewhere).count()) == (
        "published",
        1,
        1,
    )
    assert returns.category is None


def test_only_what_the_form_shows_can_be_set(desk, elsewhere, shop, returns):
    other = articles.draft(shop, title="Other", body="Words")
    before = Article.objects.filter(pk=returns.pk).values().get()
    told = {
        "shop": elsewhere.pk,
        "shop_id": elsewhere.pk,
        "status": "archived",
        "language": "de",
        "external_id": "stolen",
        "published_revision": other.latest.pk,
        "translation_of": other.pk,
        "source_revision": other.latest.pk,
        "published_at": "2001-01-01",
        "created_at": "2001-01-01",
        "author": 1,
    }
    assert desk.post(page_of(returns), sheet(returns) | told).status_code == 302
    after = Article.objects.filter(pk=returns.pk).values().get()
    assert {**after, "updated_at": None} == {**before, "updated_at": None}
    assert desk.get(page_of(returns, "delete")).status_code == 403


def test_an_agent_of_one_shop_who_runs_another_reads_there_and_changes_nothing(boss, desk, elsewhere):
    MembershipFactory(user=boss, shop=elsewhere, role=Role.AGENT)
    article = articles.draft(elsewhere, title="House rules", body="Be kind.", external_id="rules")
    assert "rules" in listed(desk.get(LIST))
    assert b"You may read this" in desk.get(page_of(article)).content
    assert desk.post(page_of(article), sheet(article, title="Mine")).status_code == 403
    assert desk.post(page_of(article, "restore"), {"number": 1}).status_code == 403
    desk.post(LIST, {"action": "publish", "_selected_action": [article.pk], "index": 0})
    article.refresh_from_db()
    assert (article.status, article.latest.title) == (Status.DRAFT, "House rules")


# --- shelves


def test_shelves_stay_in_their_shop_and_are_one_there(desk, shop, elsewhere):
    tag = Tag.objects.create(shop=shop, name="gifts")
    Tag.objects.create(shop=shop, name="cards")
    page = reverse("admin:knowledge_tag_change", args=[tag.pk])
    assert desk.post(page, {"name": "cards"}).status_code == 200  # refused, with a sentence
    desk.post(page, {"name": "presents", "shop": elsewhere.pk})
    desk.post(reverse("admin:knowledge_tag_add"), {"name": "theirs", "shop": elsewhere.pk})
    tag.refresh_from_db()
    assert (tag.name, tag.shop) == ("presents", shop)
    assert not Tag.objects.filter(shop=elsewhere).exists()
