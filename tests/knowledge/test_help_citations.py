"""A citation leads to its words, marked where they stand, and the page is otherwise as it was."""

import re
from html import unescape

import pytest
from django.urls import reverse
from hypothesis import example, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from knowledge import answers, articles, markdown, marking, quoting, retrieval
from knowledge.models import Audience, Revision

MARK = re.compile(r"<mark(?: id=\"cited\")?>(.*?)</mark>", re.DOTALL)

TEXT = """Read this **first. It matters** a lot. See [our terms. All of them](https://shop.example/terms) too.

## Steps ##

1. Open your order.
2. Print the label.
   It has *two* parts.

> We pay the post.
> You pay nothing.

| Size | Price |
|---|---:|
| S | 4 |
| Size | 4 |

```
code *as it is*
```
"""


def marked(text, quote):
    start = text.index(quote)
    return [unescape(said) for said in MARK.findall(markdown.render(text, cited=(start, start + len(quote))).html)]


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("Read this **first. It matters** a lot.", ["Read this ", "first. It matters", " a lot."]),
        ("It matters** a lot.", ["It matters", " a lot."]),
        ("See [our terms.", ["See ", "our terms."]),
        ("2. Print the label.\n   It has *two* parts.", ["Print the label.\nIt has ", "two", " parts."]),
        ("We pay the post.\n> You pay", ["We pay the post.\nYou pay"]),
        ("| S | 4 |", ["S", "4"]),
        ("code *as it is*", ["code *as it is*"]),
        ("Steps", ["Steps"]),
    ],
)
def test_cited_words_are_marked_through_whatever_they_are_made_of(quote, shown):
    assert marked(TEXT, quote) == shown


def test_a_cell_like_its_column_is_told_from_it():
    start = TEXT.index("Size | 4")
    html = markdown.render(TEXT, cited=(start, start + 4)).html
    assert '<td><mark id="cited">Size</mark></td>' in html
    assert html.count("<mark") == 1


def test_code_that_begins_a_text_is_marked():
    assert marked("```\ncode\n```\n", "code") == ["code"]
    assert marked("    code\n\nWords.", "code") == ["code"]


def test_words_that_begin_inside_an_address_mark_their_whole_paragraph():
    start = TEXT.index("shop.example")
    page = markdown.render(TEXT, cited=(start, start + 4))
    assert 'href="https://shop.example/terms"' in page.html
    assert "".join(MARK.findall(page.html)).startswith("Read this first.")


def test_a_text_with_marks_of_its_own_is_shown_as_it_is():
    text = f"One {marking.OPEN} two. Three."
    assert markdown.render(text, cited=(0, 3)) == markdown.render(text)


@given(st.text(alphabet="ab .*_`[](!<>#-|1\n\\&", max_size=60), st.integers(0, 60), st.integers(0, 60))
@example("1 1", 1, 1)  # white space alone has nothing to mark
@rules(max_examples=400)
def test_marking_changes_nothing_but_the_marks(text, start, length):
    plain, page = markdown.render(text), markdown.render(text, cited=(start, start + length))
    assert re.sub(r"</?mark[^>]*>", "", page.html) == plain.html
    assert page.contents == plain.contents
    assert page.is_marked == ("<mark" in page.html)
    assert page.html.count('id="cited"') == page.is_marked
    around = markdown.excerpt(text, (start, start + length))
    if around:
        assert re.sub(r"</?mark>", "", around.html) in plain.html
        assert "<mark>" in around.html


# --- pages


@pytest.fixture
def place(returns):
    """Some words of an article as an answer cites them."""
    return cite(returns, "The shoes must be unworn.")


def address_of(citation):
    number = Revision.objects.get(pk=citation.revision).number
    return quoting.query(number, (citation.start, citation.end))


def cite(article, quote):
    revision = article.published_revision
    start = revision.body.index(quote)
    return revision.number, (start, start + len(quote))


@pytest.mark.django_db
def test_every_citation_of_an_answer_leads_to_its_words(client, shop, returns):
    passages = retrieval.search(shop, "How do I return shoes?", deadline=None)
    answer = answers.compose("How do I return shoes?", passages)
    assert answer
    for citation in [citation for sentence in answer.sentences for citation in sentence.citations]:
        page = client.get(returns.get_absolute_url() + "?" + address_of(citation)).content.decode()
        piece = client.get(reverse("help:passage", args=[citation.article]) + "?" + address_of(citation))
        words = re.sub(r"^\d+\. ", "", citation.quote)
        assert f'<mark id="cited">{words}</mark>' in page
        assert f"<mark>{words}</mark>" in piece.content.decode()


@pytest.mark.django_db
def test_a_passage_tells_its_article_its_heading_and_leads_there(client, returns, place):
    piece = client.get(reverse("help:passage", args=[returns.pk]) + "?" + quoting.query(*place))
    page = piece.content.decode()
    assert "How do I return shoes?" in page
    assert "Time" in page
    assert "You may return shoes within 30 days of delivery. <mark>The shoes must be unworn.</mark>" in page
    assert "Follow these steps" not in page
    link = unescape(re.search(r'href="([^"]+)#cited"', page)[1])
    assert '<mark id="cited">The shoes must be unworn.</mark>' in client.get(link).content.decode()
    assert piece["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


@pytest.mark.django_db
def test_words_that_still_stand_are_found_after_a_revision(client, returns, place):
    body = "Everything is new.\n\n" + returns.published_revision.body
    articles.revise(returns, title="Returns", body=body)
    articles.publish(returns, embed=False)
    page = client.get(returns.get_absolute_url() + "?" + quoting.query(*place)).content.decode()
    assert '<mark id="cited">The shoes must be unworn.</mark>' in page
    assert "have been changed" not in page


@pytest.mark.django_db
def test_words_that_are_gone_are_said_to_be_gone_and_nowhere_shown(client, returns, place):
    articles.revise(returns, title="Returns", body="You may return anything.")
    articles.publish(returns, embed=False)
    page = client.get(returns.get_absolute_url() + "?" + quoting.query(*place)).content.decode()
    piece = client.get(reverse("help:passage", args=[returns.pk]) + "?" + quoting.query(*place)).content.decode()
    assert "<mark" not in page + piece
    assert "must be unworn" not in page + piece
    assert "have been changed" in page
    assert "has been changed" in piece


@pytest.mark.django_db
def test_a_draft_cannot_be_read_through_a_citation(client, returns):
    draft = articles.revise(returns, title="Returns", body="The secret sale starts on Monday.")
    address = "?" + quoting.query(draft.number, (0, 20))
    for url in (returns.get_absolute_url(), reverse("help:passage", args=[returns.pk])):
        page = client.get(url + address)
        assert page.status_code == 200
        assert "secret sale" not in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "",
        "cite=1",
        "cite=9-1",
        "cite=0-999999",
        "cite=-5-9",
        "cite=1-2&revision=x",
        "cite=0-5&revision=999999999",
    ],
)
def test_a_broken_citation_shows_the_article(client, returns, query):
    query = query if "revision" in query else f"{query}&revision={returns.published_revision.number}"
    for url in (returns.get_absolute_url(), reverse("help:passage", args=[returns.pk])):
        page = client.get(f"{url}?{query}")
        assert page.status_code == 200
        assert "<mark" not in page.content.decode()


@pytest.mark.django_db
def test_a_passage_of_an_article_that_was_withdrawn_is_not_there(client, returns, place):
    address = reverse("help:passage", args=[returns.pk]) + "?" + quoting.query(*place)
    articles.show_to(returns, Audience.CUSTOMERS)
    assert client.get(address).status_code == 404
    articles.show_to(returns, Audience.PUBLIC)
    assert client.get(address).status_code == 200
    articles.archive(returns)
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_a_passage_of_another_shop_is_there_for_its_own_team_only(client, returns, place, anna, omar, client_of):
    """Anna works for a shop of its own; the passage belongs to the one that answers here."""
    from accounts.models import Membership

    elsewhere = reverse("help:passage", args=[returns.pk]) + "?" + quoting.query(*place)
    other = type(returns.shop).objects.create(slug="elsewhere", name="Elsewhere", host="elsewhere.example")
    returns.shop = other
    returns.save()
    assert client.get(elsewhere).status_code == 404
    assert client_of(omar).get(elsewhere).status_code == 404
    assert client_of(anna).get(elsewhere).status_code == 404
    Membership.objects.create(user=anna, shop=other)
    assert client_of(anna).get(elsewhere).status_code == 200
