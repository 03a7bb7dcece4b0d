"""Gaps as a to-do list: most asked first, one press to begin, never another shop's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from knowledge import evaluation, gaps
from knowledge.models import Article, Gap
from tests.factories import MembershipFactory

LIST = reverse("admin:knowledge_gap_changelist")


@pytest.fixture
def desk(boss, client_of):
    return client_of(boss)


@pytest.fixture
def asked(shop):
    """Asked three times in two ways, and once something else."""
    now = timezone.now()
    gaps.record(shop, "do you sell gift cards", confidence=0.3, at=now - timedelta(days=9))
    gaps.record(shop, "do you sell gift cards", at=now - timedelta(days=2))
    gap = gaps.record(shop, "do you sell gift cards please", at=now - timedelta(days=1))
    gaps.record(shop, "is there a shop in Lisbon", at=now)
    return gap


def page_of(gap, name="change"):
    return reverse(f"admin:knowledge_gap_{name}", args=[gap.pk])


def listed(page):
    return [gap.first for gap in page.context["cl"].result_list]


def test_the_most_asked_stands_first_with_examples_and_trend(desk, asked):
    answer = desk.get(LIST)
    page = answer.content.decode()
    assert listed(answer) == ["do you sell gift cards", "is there a shop in Lisbon"]
    assert "do you sell gift cards please" in page
    assert "this week 2, the week before 1" in page
    assert listed(desk.get(LIST, {"q": "Lisbon"})) == ["is there a shop in Lisbon"]


def test_one_press_begins_the_article(desk, asked, boss):
    answer = desk.post(page_of(asked, "draft"))
    article = Article.objects.get()
    assert answer.url == reverse("admin:knowledge_article_change", args=[article.pk])
    assert (article.latest.title, article.latest.author) == ("do you sell gift cards", boss)
    assert "gift cards please" in article.latest.body
    assert listed(desk.get(LIST)) == ["is there a shop in Lisbon"]
    assert listed(desk.get(LIST, {"status": "drafted"})) == ["do you sell gift cards"]
    again = desk.post(page_of(asked, "draft"), follow=True)
    assert "already writing" in again.content.decode()
    assert Article.objects.count() == 1


def test_what_is_not_ours_leaves_the_list_and_may_come_back(desk, asked):
    desk.post(page_of(asked, "dismiss"))
    assert listed(desk.get(LIST)) == ["is there a shop in Lisbon"]
    desk.post(LIST, {"action": "reopen", "_selected_action": [asked.pk], "index": 0, "status": "all"})
    assert Gap.objects.get(pk=asked.pk).status == Gap.Status.DISMISSED  # not on the page she acted on
    desk.post(f"{LIST}?status=all", {"action": "reopen", "_selected_action": [asked.pk], "index": 0})
    assert Gap.objects.get(pk=asked.pk).status == Gap.Status.OPEN
    desk.post(LIST, {"action": "dismiss", "_selected_action": [asked.pk], "index": 0})
    desk.post(page_of(asked, "reopen"))
    assert Gap.objects.get(pk=asked.pk).status == Gap.Status.OPEN


def test_one_gap_shows_every_question_and_escapes_it(desk, shop):
    gap = gaps.record(shop, "<script>alert(1)</script>", confidence=0.25)
    for page in (desk.get(page_of(gap)), desk.get(LIST)):
        assert page.status_code == 200
        assert b"<script>alert" not in page.content
    assert b"0.25" in desk.get(page_of(gap)).content


def test_a_verb_is_not_a_link(desk, asked):
    for verb in ("draft", "dismiss", "reopen"):
        assert desk.get(page_of(asked, verb)).status_code == 404
    assert desk.post(page_of(asked), {"status": "closed"}).status_code in (200, 403)
    assert Gap.objects.get(pk=asked.pk).status == Gap.Status.OPEN


def test_of_another_shop_nothing_is_listed_or_done(desk, other_shop, boss):
    foreign = gaps.record(other_shop, "their customers' secret")
    assert "secret" not in desk.get(f"{LIST}?status=all").content.decode()
    for verb in ("draft", "dismiss"):
        assert desk.post(page_of(foreign, verb)).status_code == 404
    desk.post(LIST, {"action": "dismiss", "_selected_action": [foreign.pk], "index": 0})
    MembershipFactory(user=boss, shop=other_shop, role=Role.AGENT)  # now she may read, and still not write
    assert "secret" in desk.get(LIST).content.decode()
    for verb in ("draft", "dismiss"):
        assert desk.post(page_of(foreign, verb)).status_code == 403
    desk.post(LIST, {"action": "dismiss", "_selected_action": [foreign.pk], "index": 0})
    assert Gap.objects.get(pk=foreign.pk).status == Gap.Status.OPEN
    assert not Article.objects.exists()


def test_a_page_of_gaps_takes_the_same_queries_however_many(desk, shop, django_assert_max_num_queries):
    now = timezone.now()
    Gap.objects.bulk_create(Gap(shop=shop, language="en", first_at=now, last_at=now) for _ in range(30))
    with django_assert_max_num_queries(16):
        assert len(listed(desk.get(LIST))) == 30


def test_measurements_show_the_curve_and_the_floors(desk, shop, other_shop):
    tenth = {"confidence": 0.85, "right": 0.8, "n": 20}
    evaluation.keep(shop, "answers", {"n": 20, "answered": 0.91, "calibration_error": 0.03, "reliability": [tenth]})
    evaluation.keep(other_shop, "answers", {"n": 7, "answered": 0.123})
    page = desk.get(reverse("admin:knowledge_measurement_changelist"))
    assert page.context["curve"].points[0].right == 0.8
    assert "91.0" in page.content.decode()
    assert "12.3" not in desk.get(page.request["PATH_INFO"], {"shop": other_shop.pk}).content.decode()


def test_the_index_says_how_far_it_is_and_is_made_anew(desk, shop, returns, other_shop):
    listed = reverse("admin:knowledge_recipe_changelist")
    assert [each.shop for each in desk.get(listed).context["standings"]] == [shop]
    renew = reverse("admin:knowledge_recipe_renew")
    assert desk.post(renew, {"shop": shop.pk}).status_code == 302
    for refused in ({"shop": other_shop.pk}, {"shop": "x"}, {}):
        assert desk.post(renew, refused).status_code == 404
    assert desk.get(renew).status_code == 404
