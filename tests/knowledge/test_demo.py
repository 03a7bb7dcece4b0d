import re

import pytest

from accounts import demo as people
from accounts.models import Shop, User
from knowledge import demo, recipes, sources
from knowledge.models import Article, Audience, Revision, Status
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "de", "es", "fr")
FILES = [found for language in LANGUAGES for found in sources.read(demo.HERE / people.SLUG / language)]
SMALL = list(sources.read(demo.HERE / "small-hours" / "en"))


def test_every_file_of_the_demo_can_be_read():
    assert [found for found in FILES + SMALL if isinstance(found, sources.Problem)] == []
    assert len([found for found in FILES if found.language == "en"]) == 40


@pytest.mark.parametrize("found", FILES + SMALL, ids=lambda found: found.source)
def test_an_article_of_the_demo_is_fit_to_read(found):
    assert 120 <= len(found.body.split()) <= 500
    assert re.search("^## ", found.body, re.MULTILINE)
    assert "!" not in re.sub("<!--.*?-->", "", found.body, flags=re.DOTALL)
    assert found.category in demo.SHELVES[people.SLUG if found in FILES else "small-hours"]
    assert found.tags


def test_editors_find_all_that_a_help_centre_has():
    people.seed(NOON)
    shop, boss = Shop.objects.get(slug=people.SLUG), User.objects.get(email="boss@demo.example")
    demo.seed(shop, by=boss, at=NOON)
    demo.embed(lambda done, total: None)

    mine = Article.objects.filter(shop=shop)
    assert mine.filter(language="en").count() == 40
    assert mine.filter(status=Status.DRAFT, publish_at=None).count() == 1
    assert mine.filter(status=Status.DRAFT, publish_at__gt=NOON).count() == 1
    assert mine.filter(audience=Audience.CUSTOMERS).exists()
    assert mine.filter(audience=Audience.AGENTS).count() == 3
    assert mine.to_review(NOON).exists()
    assert [(a.external_id, a.language) for a in mine.stale()] == [("gift-cards", "de")]
    assert mine.get(external_id="large-items").revisions.count() == 3
    assert all(a.translation_of.language == "en" for a in mine.exclude(language="en"))
    assert not Revision.objects.filter(created_at__gt=NOON).exists()
    assert not recipes.missing(recipes.serving()).exists()
    # Once more changes nothing, not even what an editor did since.
    before = list(Revision.objects.order_by("pk").values_list("pk", "hash"))
    mine.filter(external_id="sizes").update(audience=Audience.AGENTS)
    demo.seed(shop, by=boss, at=NOON)
    assert list(Revision.objects.order_by("pk").values_list("pk", "hash")) == before
    assert mine.get(external_id="sizes").audience == Audience.AGENTS
