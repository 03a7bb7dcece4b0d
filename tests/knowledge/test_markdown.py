"""Articles are read as HTML, and nothing in them ever runs."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from knowledge import markdown


def test_headings_stand_under_the_title_and_are_listed():
    page = markdown.render("# Time\n\n## In *short*\n\n# Time\n\n| a |\n|---|\n| 1 |\n")
    assert [(heading.level, heading.id, heading.text) for heading in page.contents] == [
        (2, "time", "Time"),
        (3, "in-short", "In short"),
        (2, "time-2", "Time"),
    ]
    assert '<h2 id="time">Time</h2>' in page.html
    assert '<h3 id="in-short">In <em>short</em></h3>' in page.html
    assert "<td>1</td>" in page.html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='vbscript:x'>x</a>",
        "<iframe src='https://evil.example'></iframe>",
        "<p style='position:fixed' onclick='x()'>x</p>",
        "<form action='/'><input name=password></form>",
        "<svg><script>alert(1)</script></svg>",
        "<style>body{display:none}</style>",
        '"><script>alert(1)</script>',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "# <img src=x onerror=alert(1)>",
    ],
)
def test_nothing_in_an_article_runs(text):
    _check(markdown.render(text).html)


@given(st.text(alphabet=st.sampled_from("<>/=\"'()[]!#*`aonscript: \n&"), max_size=80))
@rules(max_examples=150)
def test_no_tag_but_the_allowed_ones_comes_out(text):
    _check(markdown.render(text).html)


def _check(html):
    """Read the page as a browser would, and look at every tag and every address."""

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert tag in markdown.TAGS
            for name, value in attrs:
                assert name in markdown.ATTRIBUTES.get(tag, ()) or (tag, name) == ("a", "rel")
                if name in ("href", "src") and ":" in value.split("/")[0]:
                    assert value.split(":")[0].lower() in ("http", "https", "mailto", "tel")

    Reader().feed(html)
