"""The help centre without a browser: who reads what, in which language, how fast, and what machines are told."""

import io
import json
import re
from datetime import date, timedelta
from html import unescape
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import Shop
from analytics.ledger.models import Event
from knowledge import articles, helpfulness, lookup, pages, pictures, recipes
from knowledge.models import Article, Audience, Category, Vote

pytestmark = pytest.mark.django_db
OURS = {"origin": "http://testserver"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def shelf(shop):
    return Category.objects.create(shop=shop, name="Sending back", slug="sending-back", description="What you return.")


@pytest.fixture(autouse=True)
def _answers_here(shop):
    Shop.objects.filter(pk=shop.pk).update(host="testserver")
    shop.refresh_from_db()


@pytest.fixture
def german(shop, returns, write):
    article = write("Wie sende ich Schuhe zurück?", "## Frist\n\n30 Tage.\n", language="de", external_id="returns")
    articles.translates(article, returns)
    return article


def page(client, url, **options):
    answer = client.get(url, **options)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def links(html):
    return [unescape(link) for link in re.findall(r'href="([^"]+)"', html)]


# --- who reads what


@pytest.mark.parametrize("state", ["draft", "archived", "customers", "agents", "other shop"])
def test_what_is_not_for_a_visitor_is_not_there(client, shop, returns, state):
    address = returns.get_absolute_url()
    assert client.get(address).status_code == 200
    if state == "draft":
        articles.unpublish(returns)
    elif state == "archived":
        articles.archive(returns)
    elif state == "customers":
        articles.show_to(returns, Audience.CUSTOMERS)
    elif state == "agents":
        articles.show_to(returns, Audience.AGENTS)
    else:
        Article.objects.update(shop=Shop.objects.create(slug="elsewhere", name="Elsewhere"))
    missing = client.get(reverse("help:article", args=["en", "no-such-article"]))
    gone = client.get(address)
    assert (gone.status_code, missing.status_code) == (404, 404)
    assert gone.content.decode().replace(address, "") == missing.content.decode().replace(
        "/help/en/no-such-article/", ""
    )
    for url in ["/help/", "/help/search/?q=return+shoes", "/help/search/answer/?q=return+shoes", "/sitemap.xml"]:
        assert "How do I return shoes" not in page(client, url)
    for url in ["/help/en/", "/help/topics/en/"]:
        assert client.get(url).status_code == 404


def test_the_team_sees_what_is_for_the_team_and_that_it_is(client_of, anna, maria, returns):
    articles.show_to(returns, Audience.AGENTS)
    browser = client_of(anna)
    for url in [returns.get_absolute_url(), "/help/en/", "/help/topics/en/", "/help/search/?q=return+shoes"]:
        html = page(browser, url)
        assert "How do I return shoes?" in html
        assert "only your team" in html
    assert "noindex" in page(browser, returns.get_absolute_url())
    assert client_of(maria).get(returns.get_absolute_url()).status_code == 404


def test_the_team_is_told_when_an_article_is_due_for_review_and_shoppers_are_not(client, client_of, anna, returns):
    Article.objects.filter(pk=returns.pk).update(review_by=date(2026, 1, 5))
    assert re.search(r'data-state="warn">\s*review by 05/01/2026', page(client_of(anna), returns.get_absolute_url()))
    assert "review by" not in page(client, returns.get_absolute_url())


def test_editors_preview_the_newest_words_and_nobody_else_does(client, client_of, anna, maria, stranger, returns):
    articles.revise(returns, title="Returning shoes", body="A new text.")
    address = reverse("help:preview", args=[returns.pk])
    html = page(client_of(anna), address)
    assert "A new text." in html
    assert "A preview for your team" in html
    assert "noindex" in html
    assert "30 days" in page(client_of(anna), f"{address}?revision=1")
    assert "A new text." not in page(client_of(anna), returns.get_absolute_url())
    assert [who.get(address).status_code for who in (client, client_of(maria), client_of(stranger))] == [404, 404, 404]


def test_who_looks_for_help_that_is_not_there_is_led_to_the_help_that_is(client, returns):
    answer = client.get("/help/en/no-such-article/")
    assert answer.status_code == 404
    assert re.search(r'class="button" href="/help/">\s*To the help centre', answer.content.decode())
    assert "To the front page" in client.get("/no/such/page/").content.decode()


# --- languages


def test_the_home_speaks_her_language_where_the_shop_does(client, returns, german):
    assert "How do I return shoes?" in page(client, "/help/")
    assert "Wie sende ich Schuhe zurück?" in page(client, "/help/", headers={"accept-language": "de-AT,de;q=0.8"})
    assert "How do I return shoes?" in page(client, "/help/", headers={"accept-language": "fr"})
    assert "Wie sende ich Schuhe zurück?" in page(client, "/help/de/")


def test_an_article_leads_to_its_other_languages_and_says_so_to_machines(client, returns, german):
    html = page(client, returns.get_absolute_url())
    assert '<link rel="canonical" href="http://testserver/help/en/how-do-i-return-shoes/">' in html
    for article in (returns, german):
        address = f"http://testserver{article.get_absolute_url()}"
        assert f'<link rel="alternate" hreflang="{article.language}" href="{address}">' in html
    assert german.get_absolute_url() in links(html)
    assert re.search(r'lang="de" hreflang="de">Deutsch', html)
    articles.show_to(german, Audience.AGENTS)
    assert german.get_absolute_url() not in page(client, returns.get_absolute_url())


def test_whoever_changes_her_language_stays_at_the_article(client, returns, german):
    html = page(client, returns.get_absolute_url())
    onward = unescape(re.search(r'name="next" value="([^"]+)"', html)[1])
    answer = client.post("/language/", {"language": "de", "next": onward}, follow=True)
    assert answer.redirect_chain[-1][0] == german.get_absolute_url()
    back = client.post("/language/", {"language": "en", "next": onward}, follow=True)
    assert back.redirect_chain[-1][0] == returns.get_absolute_url()
    gone = client.post("/language/", {"language": "es", "next": onward}, follow=True)
    assert gone.redirect_chain[-1][0] == returns.get_absolute_url()


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("category=sending-back", "/help/topics/en/sending-back/"),
        ("q=a+shoe", "/help/search/?q=a+shoe&in=en"),
        ("article=999999", None),
        ("article=1e9", None),
        ("category=no", None),
        ("q=", None),
    ],
)
def test_a_page_she_left_is_found_again_or_the_home_shown(client, shelf, returns, asked, there):
    Article.objects.update(category=shelf)
    answer = client.get(f"/help/?{asked}")
    assert (answer.status_code, answer.get("Location")) == ((302, there) if there else (200, None))


def test_a_translation_is_marked_when_its_source_has_changed(client, returns, german):
    assert "translated from has been changed" not in page(client, german.get_absolute_url())
    articles.revise(returns, title="How do I return shoes?", body="You may return shoes within 60 days.")
    articles.publish(returns, embed=False)
    html = page(client, german.get_absolute_url())
    assert "translated from has been changed" in html
    assert html.index("has been changed") < html.index("Frist</h2>")
    assert "translated from has been changed" not in page(client, returns.get_absolute_url())
    articles.archive(returns)
    assert "translated from has been changed" not in page(client, german.get_absolute_url())


# --- pages


def test_the_home_shows_shelves_with_what_is_on_them_the_popular_and_the_new(client, shop, shelf, returns, parcels):
    Article.objects.filter(pk=returns.pk).update(category=shelf)
    Category.objects.create(shop=shop, name="Empty shelf", slug="empty")
    helpfulness.vote(parcels, "user 1", helped=True, at=timezone.now())
    html = page(client, "/help/en/")
    assert re.search(r"Sending back</h3>.*?What you return.*?1 article", html, re.DOTALL)
    assert "Empty shelf" not in html
    assert html.index("What helped others") < html.index("Where is my parcel?") < html.index("Lately written")
    assert html.count("Where is my parcel?") == 1
    helpfulness.vote(parcels, "user 1", helped=False, at=timezone.now())
    assert "What helped others" not in page(client, "/help/en/")


def test_a_help_centre_with_nothing_in_it_says_so(client, shop):
    assert "Nothing is written here yet" in page(client, "/help/")
    assert "We have nothing written about this" in page(client, "/help/search/?q=shoes")


def test_a_shelf_shows_its_articles_a_page_at_a_time(client, shop, shelf, write):
    for number in range(52):
        write(f"Article {number:02}", "Words.", category=shelf, embed=False)
    first, second = page(client, "/help/topics/en/sending-back/"), page(client, "/help/topics/en/sending-back/?page=2")
    assert "Article 49" in first
    assert "Article 50" not in first
    assert "Article 51" in second
    assert 'canonical" href="http://testserver/help/topics/en/sending-back/?page=2"' in second
    assert "Article 00" in page(client, "/help/topics/en/")
    assert client.get("/help/topics/de/sending-back/").status_code == 404
    assert client.get("/help/topics/en/no-such-shelf/").status_code == 404


def test_an_article_has_an_outline_that_leads_to_its_headings(client, returns):
    html = page(client, returns.get_absolute_url())
    for name in re.findall(r'<a href="#([^"]+)" dir="auto">', html):
        assert f'<h2 id="{name}">' in html
    assert "On this page" in html


def test_related_articles_are_near_in_meaning_and_of_the_same_language(client, shop, write, returns, german):
    near = write("How do I return boots and shoes?", "Like shoes.")
    write("Quite another matter", "Nothing alike.")
    articles.draft(shop, title="How do I return my shoes?", body="A draft.")
    html = page(client, returns.get_absolute_url())
    onward = html[html.index("Read on") :]
    assert near.get_absolute_url() in links(onward)
    for title in ("Quite another", "my shoes", "Wie sende"):
        assert title not in onward


def test_a_wide_table_and_long_code_can_be_scrolled_by_keyboard(client, write):
    article = write(
        "Sizes", "| a | b |\n|---|--:|\n| 1 | 2 |\n\n```\nx\n```\n\n![A box](/static/img/logo.svg)\n\n<img src=x>\n"
    )
    html = page(client, article.get_absolute_url())
    assert '<div class="table-box" tabindex="0" role="group" aria-label="Table"><table class="table">' in html
    assert '<td align="right">2</td>' in html
    assert '<pre tabindex="0">' in html
    assert '<img loading="lazy" decoding="async" src="/static/img/logo.svg" alt="A box">' in html
    assert '<img alt="" loading="lazy" decoding="async" src="x">' in html


def test_a_picture_of_ours_says_its_size_before_it_arrives(client, write, shop, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(file, "PNG")
    file.seek(0)
    picture = pictures.add(shop, file, description="A box", at=timezone.now())
    article = write("Boxes", f"{picture.markdown}\n\n![Not there](/help/pictures/{uuid4()}/)\n")
    html = page(client, article.get_absolute_url())
    assert f'width="40" height="20" src="{picture.get_absolute_url()}" alt="A box"' in html
    assert html.count('width="40"') == 1


# --- votes


def vote(client, article, helped, **headers):
    return client.post(
        reverse("help:vote", args=[article.language, article.slug]), {"helped": helped}, headers=OURS | headers
    )


def test_a_visitor_has_no_cookie_before_she_votes_and_one_voice_after(returns):
    browser = Client(enforce_csrf_checks=True)
    page(browser, returns.get_absolute_url())
    assert not browser.cookies
    assert vote(browser, returns, "yes").url.endswith("#helpful")
    assert vote(browser, returns, "no").status_code == 302
    assert [one.helped for one in Vote.objects.all()] == [False]
    html = page(browser, returns.get_absolute_url())
    assert re.search(r'value="no" aria-pressed="true"', html)
    assert "Ask us what is missing" in html
    vote(Client(enforce_csrf_checks=True), returns, "yes")
    assert Vote.objects.count() == 2


def test_who_signs_in_after_voting_still_has_one_voice(maria, returns):
    browser = Client()
    vote(browser, returns, "no")
    browser.force_login(maria, backend="allauth.account.auth_backends.AuthenticationBackend")
    vote(browser, returns, "yes")
    elsewhere = Client()
    elsewhere.force_login(maria, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert vote(elsewhere, returns, "yes").status_code == 302
    assert [one.helped for one in Vote.objects.all()] == [True]


def test_the_same_voice_cannot_be_followed_from_one_article_to_another(client, returns, parcels):
    for article in (returns, parcels):
        vote(client, article, "yes")
    voters = list(Vote.objects.values_list("voter", flat=True))
    assert len(set(voters)) == 2
    assert client.session["help-voice"] not in "".join(voters)


def test_a_vote_from_another_site_does_not_count(returns):
    answer = Client(enforce_csrf_checks=True).post(
        reverse("help:vote", args=["en", returns.slug]), {"helped": "yes"}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert not Vote.objects.exists()


def test_a_vote_is_swapped_in_place_and_told_the_ledger_once(client, returns):
    html = vote(client, returns, "yes", **HTMX).content.decode()
    assert html.strip().startswith("<section")
    assert 'value="yes" aria-pressed="true"' in html
    vote(client, returns, "yes", **HTMX)
    assert [event.facts for event in Event.objects.filter(kind="article.voted")] == [{"helped": True}]


def test_votes_are_limited(client, returns, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"vote": "1/h"}
    client.defaults["REMOTE_ADDR"] = "203.0.113.77"
    assert vote(client, returns, "yes").status_code == 302
    assert vote(client, returns, "no").status_code == 429


# --- search


def test_a_search_answers_first_and_its_tags_lead_to_the_words(client, returns, parcels):
    html = page(client, "/help/search/?q=How+do+I+return+shoes")
    assert html.index("The short answer") < html.index(">Articles</h2>")
    assert "noindex" in html
    tags = [link for link in links(html) if "cite=" in link]
    assert tags
    for tag in tags:
        assert '<mark id="cited">' in page(client, tag.split("#")[0])


def test_each_found_article_shows_the_words_that_fit(client, returns, parcels):
    html = page(client, "/help/search/?q=tracking+number")
    assert "choose the <mark>tracking</mark> <mark>number</mark>" in html
    onward = links(html[html.index(">Articles</h2>") :])
    link = next(link for link in onward if link.startswith(parcels.get_absolute_url()))
    assert '<mark id="cited">Open your order and choose the tracking number.</mark>' in page(client, link.split("#")[0])


def test_while_she_types_the_articles_come_at_once_and_the_answer_after(client, returns, monkeypatch):
    monkeypatch.setattr(lookup.answers, "compose", lambda *args, **kwargs: pytest.fail("composed while she types"))
    answer = client.get("/help/search/?q=how+do+i+return+shoes&in=en", headers=HTMX)
    html = answer.content.decode()
    assert html.strip().startswith('<div id="found"')
    assert "How do I return shoes?" in html
    assert answer["HX-Replace-Url"] == "/help/search/?q=how+do+i+return+shoes&in=en"
    assert "HX-Request" in answer["Vary"]
    assert "1 article fits." in html
    assert 'hx-get="/help/search/answer/?q=how+do+i+return+shoes&amp;in=en"' in html
    monkeypatch.undo()
    later = page(client, "/help/search/answer/?q=how+do+i+return+shoes&in=en")
    assert later.strip().startswith("<article")
    assert 'class="tag"' in later


def test_an_empty_field_brings_the_shelves_back(client, returns):
    answer = client.get("/help/search/?q=+&in=en", headers=HTMX)
    assert answer.content.decode().strip().startswith('<div id="found"')
    assert "Lately written or changed" in answer.content.decode()
    assert answer["HX-Replace-Url"] == "/help/en/"
    assert "Lately written or changed" in page(client, "/help/search/")


def test_the_beginning_of_a_word_finds_titles(client, write):
    write("Gift cards and wrapping", "They never expire.", external_id="gifts")
    assert "Gift cards and wrapping" in page(client, "/help/search/?q=wrapp")


def test_what_is_only_in_another_language_is_shown_as_such(client, returns, german):
    html = page(client, "/help/search/?q=Schuhe+zurücksenden&in=en")
    assert "Nothing in this language fits" in html
    assert "Wie sende ich Schuhe zurück?" in html
    assert "Nothing in this language fits" not in page(client, "/help/search/?q=Schuhe+zurücksenden&in=de")


def test_what_she_searched_in_vain_need_not_be_typed_again(client, shop):
    html = page(client, "/help/search/?q=Do+you+sell+%26+mend+bicycles")
    onward = next(link for link in links(html) if link.startswith("/chat/new/?text="))
    assert "Do you sell &amp; mend bicycles</textarea>" in page(client, onward)


def test_search_is_limited(client, returns, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"search": "1/h"}
    client.defaults["REMOTE_ADDR"] = "203.0.113.78"
    assert client.get("/help/search/?q=shoes").status_code == 200
    assert client.get("/help/search/?q=shoes", headers=HTMX).status_code == 429


def test_no_language_model_keeps_the_page_waiting(client, returns, monkeypatch):
    monkeypatch.setattr("knowledge.llm.get_llm", lambda: pytest.fail("asked a language model"))
    assert "The short answer" in page(client, "/help/search/?q=How+do+I+return+shoes")


def test_without_vectors_there_are_articles_and_no_answer_that_would_wait_for_them(client, returns, monkeypatch):
    monkeypatch.setattr("knowledge.retrieval.meaning", lambda *args: None)
    monkeypatch.setattr("knowledge.embeddings.embed", lambda *args, **kwargs: pytest.fail("waited for the engine"))
    html = page(client, "/help/search/?q=return+shoes")
    assert "How do I return shoes?" in html
    assert "The short answer" not in html


@pytest.mark.parametrize(
    "asked", ["x" * 100_000, "😀😀", "' OR 1=1 --", "<script>alert(1)</script>", "%00", "\ue0001\ue001", "a" * 3]
)
def test_no_question_breaks_the_page(client, returns, asked):
    for path in ("/help/search/", "/help/search/answer/"):
        answer = client.get(path, {"q": asked, "in": "../x"})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


def test_an_answer_with_a_table_keeps_it_whole(shop, write):
    write("Sizes of shoes", "These are the sizes:\n\n| Size | EU |\n|---|---|\n| S | 36 |\n\nMeasure in the evening.\n")
    recipes.fill()
    found = lookup.find(shop, "sizes of shoes", language="en", audience=Audience.PUBLIC)
    answered = pages.answered(lookup.answer(found), found.passages)
    assert "<td>36</td>" in answered.html
    assert re.sub(r'<a class="tag".*?</a>', "", answered.html).count("\ue000") == 0
    assert [source.number for source in answered.sources] == list(range(1, len(answered.sources) + 1))


# --- machines


def data(html):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])


def test_machines_are_told_what_an_article_is(client, shop, shelf, write):
    article = write('A "quoted" </script> title & more', "First words.\n\nMore.", category=shelf)
    html = page(client, article.get_absolute_url())
    told, way = data(html)["@graph"]
    assert told["headline"] == 'A "quoted" </script> title & more'
    assert told["inLanguage"] == "en"
    assert told["dateModified"] == article.published_at.isoformat() if article.published_at else True
    assert told["mainEntityOfPage"] == f"http://testserver{article.get_absolute_url()}"
    assert [step["name"] for step in way["itemListElement"]] == [shop.name, "Sending back", told["headline"]]
    assert '<meta property="og:description" content="First words. More.">' in html
    assert data(page(client, "/help/en/"))["@type"] == "WebSite"


def test_the_sitemap_lists_the_public_pages_with_their_languages(client, returns, german, parcels, write):
    write("For shoppers", "Who signed in.", audience=Audience.CUSTOMERS)
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml"
    assert not client.cookies
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    entries = ElementTree.fromstring(answer.content).findall("s:url", names)
    found = {entry.find("s:loc", names).text: entry for entry in entries}
    homes = {f"http://testserver/help/{language}/" for language in ("en", "de")}
    assert set(found) == homes | {f"http://testserver{one.get_absolute_url()}" for one in (returns, german, parcels)}
    others = {
        link.get("hreflang"): link.get("href")
        for link in found[f"http://testserver{german.get_absolute_url()}"].findall("x:link", names)
    }
    assert others == {one.language: f"http://testserver{one.get_absolute_url()}" for one in (returns, german)}
    assert found[f"http://testserver{parcels.get_absolute_url()}"].find("s:lastmod", names) is not None


def test_each_shop_has_its_own_sitemap_and_addresses(shop, write, returns, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    other = Shop.objects.create(slug="another", name="Another", host="other.example")
    theirs = write("Theirs", "Their words.", shop=other)
    listed = page(Client(), "/sitemap.xml", headers={"host": "other.example"})
    assert f"http://other.example{theirs.get_absolute_url()}" in listed
    assert returns.get_absolute_url() not in listed
    assert "Sitemap: http://other.example/sitemap.xml" in page(
        Client(), "/robots.txt", headers={"host": "other.example"}
    )


# --- fast


@pytest.mark.parametrize("url", ["article", "/help/en/", "/help/topics/en/", "/sitemap.xml"])
def test_a_page_that_has_not_changed_is_not_sent_again(client, returns, url):
    url = returns.get_absolute_url() if url == "article" else url
    first = client.get(url)
    assert "no-cache" in first["Cache-Control"]
    again = client.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    articles.revise(returns, title="Returning shoes", body="New words.")
    articles.publish(returns, embed=False)
    assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_an_article_says_when_it_was_last_changed(client, returns):
    changed = timezone.now() - timedelta(days=3)
    Article.objects.filter(pk=returns.pk).update(published_at=changed)
    answer = client.get(returns.get_absolute_url())
    assert answer["Last-Modified"] == changed.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert (
        client.get(returns.get_absolute_url(), headers={"if-modified-since": answer["Last-Modified"]}).status_code
        == 304
    )
    articles.archive(returns)
    assert client.get(returns.get_absolute_url(), headers={"if-none-match": answer["ETag"]}).status_code == 404


@pytest.mark.parametrize(
    ("url", "queries"),
    [
        ("/help/", 5),
        ("/help/en/", 5),
        ("/help/topics/en/", 4),
        ("article", 4),
        ("/sitemap.xml", 3),
        ("/help/search/?q=shoes", 9),
    ],
)
def test_a_page_asks_the_database_as_often_for_many_articles_as_for_few(
    client, write, returns, german, django_assert_num_queries, url, queries
):
    url = returns.get_absolute_url() if url == "article" else url
    client.get(url)  # what is learned once in a process
    with django_assert_num_queries(queries):
        client.get(url)
    for number in range(12):
        article = write(f"How do I return shoes number {number}?", "In a box.", embed=False)
        helpfulness.vote(article, "user 1", helped=True, at=timezone.now())
    recipes.fill()
    with django_assert_num_queries(queries):
        client.get(url)
