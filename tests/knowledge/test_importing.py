"""Articles come in from anything readable; everything else is told and nothing is lost."""

import json
import zipfile

import pytest

from accounts import outgoing
from accounts.models import Shop
from knowledge import articles, exporting, hypertext, importing, sitemap, sources
from knowledge.models import Article, Audience, Status

GOOD = {"id": "returns", "title": "Returns", "content": "Within 30 days.", "language": "en", "tags": ["a", "b"]}


@pytest.fixture
def bring(shop):
    def bring(where, **options):
        return importing.bring(shop, sources.read(where), **options)

    return bring


def jsonl(folder, *lines, name="articles.jsonl"):
    path = folder / name
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    return path


def whys(report):
    return [(problem.source, problem.why) for problem in report.problems]


def test_lines_of_json_are_published_and_found(bring, find, tmp_path):
    report = bring(jsonl(tmp_path, GOOD, {"id": 7, "title": "Parcels", "content": "Track it.", "audience": "agents"}))
    assert (report.created, report.embedded, report.problems) == (2, 2, [])
    assert find("returns 30 days") == ["returns"]
    article = Article.objects.get(external_id="returns")
    assert sorted(article.tags.values_list("name", flat=True)) == ["a", "b"]
    assert Article.objects.get(external_id="7").audience == Audience.AGENTS


def test_bringing_the_same_again_changes_nothing(bring, tmp_path):
    path = jsonl(tmp_path, GOOD)
    bring(path)
    report = bring(path)
    assert (report.created, report.changed, report.unchanged, report.embedded) == (0, 0, 1, 0)
    report = bring(jsonl(tmp_path, GOOD | {"content": "Within 60 days."}))
    assert (report.changed, report.embedded) == (1, 1)
    assert Article.objects.get().revisions.count() == 2


def test_a_dry_run_reports_and_leaves_everything(bring, tmp_path):
    report = bring(jsonl(tmp_path, GOOD, b"broken"), dry_run=True)
    assert (report.created, len(report.problems)) == (1, 1)
    assert not Article.objects.exists()


def test_bad_lines_are_named_and_the_good_ones_taken(bring, tmp_path):
    report = bring(
        jsonl(
            tmp_path,
            b"{",
            b"[1]",
            {"id": "x", "title": [5], "content": "c"},
            {"id": "y", "title": "", "content": " "},
            {"id": "z" * 201, "title": "t", "content": "c"},
            GOOD | {"audience": "nobody"},
            GOOD | {"language": "english, I think"},
            b"[" * 100_000,
            GOOD,
        )
    )
    assert report.created == 1
    assert whys(report) == [
        ("articles.jsonl:1", "This line is not JSON."),
        ("articles.jsonl:2", "This line is not a JSON object."),
        ("articles.jsonl:3", "Title and content must be text."),
        ("articles.jsonl:4", "There is neither a title nor a text."),
        ("articles.jsonl:5", "The id is longer than 200 characters."),
        ("articles.jsonl:6", "The audience must be public, logged-in or agents."),
        ("articles.jsonl:7", "The language must be a code such as en or pt-br."),
        ("articles.jsonl:8", "This line is not JSON."),
    ]


def test_odd_lines_that_say_enough_are_taken(bring, tmp_path):
    report = bring(
        jsonl(
            tmp_path,
            {"id": 0, "title": 404, "content": "Not found."},
            {"id": 1.5, "title": "No content", "content": None},
            {"title": "怎么退货", "content": "三十天内。", "language": "zh-Hans-CN"},
            {"content": "Nameless.", "id": "nameless", "tags": None, "audience": None, "language": "EN_us"},
            {"id": "half\ud800", "title": "a\ud800", "content": "\x00", "tags": ["\x00t"], "category": "c\x00\ud800"},
        )
    )
    assert whys(report) == []
    found = Article.objects.order_by("pk").values_list("external_id", "language")
    assert list(found) == [("0", "en"), ("1.5", "en"), ("怎么退货", "zh-hans"), ("nameless", "en-us"), ("half?", "en")]
    assert list(Article.objects.get(external_id="half?").tags.values_list("name", flat=True)) == ["t"]


def test_an_id_that_comes_twice_is_told(bring, tmp_path):
    report = bring(jsonl(tmp_path, GOOD, GOOD | {"content": "Other."}, GOOD | {"language": "de"}))
    assert report.created == 2
    assert whys(report) == [
        ("articles.jsonl:2", "The id returns stands in articles.jsonl:1 already; that one was taken.")
    ]
    german = Article.objects.get(language="de")
    assert german.translation_of == Article.objects.get(language="en")
    assert not german.is_stale


def test_an_article_of_fifty_megabytes_is_refused_with_a_sentence(bring, tmp_path):
    report = bring(jsonl(tmp_path, {"id": "big", "title": "Big", "content": "word " * 10_000_000}, GOOD))
    assert report.created == 1
    assert whys(report) == [("articles.jsonl:1", "This is larger than 5 MB.")]
    (tmp_path / "md").mkdir()
    (tmp_path / "md" / "big.md").write_text("word " * 10_000_000)
    (tmp_path / "md" / "long.md").write_text("word " * 300_000)
    assert whys(bring(tmp_path / "md")) == [
        ("big.md", "This is larger than 5 MB."),
        ("long.md", "An article may have at most 1,000,000 characters."),
    ]


def test_markdown_with_front_matter(bring, tmp_path):
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "one.md").write_text(
        "---\nid: one\ntitle: Größe: wählen\nlanguage: de\ntags: [Maße, Schuhe]\ncategory: Größen\n"
        "audience: logged-in\nslug: groessen\n---\n\n# Wählen\n\nText\n".replace("title: Größe: ", "title: Größe ")
    )
    (tmp_path / "two.md").write_text("# Only a heading\n\nAnd a text.\n")
    (tmp_path / "three.md").write_text("---\nstatus: draft\ntitle: Not yet\n---\nSoon\n")
    (tmp_path / ".hidden.md").write_text("no")
    report = bring(tmp_path)
    assert (report.created, report.problems) == (3, [])
    one = Article.objects.get(external_id="one")
    assert (one.title, one.language, one.slug, one.audience) == ("Größe wählen", "de", "groessen", Audience.CUSTOMERS)
    assert (one.category.name, one.published_revision.body) == ("Größen", "# Wählen\n\nText\n")
    assert Article.objects.get(external_id="two").title == "Only a heading"
    assert Article.objects.get(external_id="three").status == Status.DRAFT


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("---\ntitle: [unclosed\n---\nText", "The front matter is broken"),
        ("---\ntitle: x\nText without an end", "The front matter is never closed"),
        ("---\n- a\n- list\n---\nText", "The front matter must be names with values."),
        ("---\na: &a [x]\nb: *a\n---\nText", "The front matter must not refer to itself."),
        ("---\n" + "a: b\n" * 20_000 + "---\nText", "The front matter is too long."),
        ("---\ndate: !!python/object/apply:os.system ['true']\n---\nText", "The front matter is broken"),
        ("   ", "There is neither a title nor a text."),
    ],
)
def test_broken_front_matter_is_told(bring, tmp_path, text, why):
    (tmp_path / "broken.md").write_text(text)
    (tmp_path / "good.md").write_text("# Good\n\nText")
    report = bring(tmp_path)
    assert report.created == 1
    assert [problem.source for problem in report.problems] == ["broken.md"]
    assert report.problems[0].why.startswith(why)


def test_mixed_encodings_become_text(bring, tmp_path):
    for name, encoding in (("a", "utf-8"), ("b", "cp1252"), ("c", "utf-16"), ("d", "utf-8-sig")):
        (tmp_path / f"{name}.md").write_bytes("# Größe\n\nCafé für 5 €".encode(encoding))
    (tmp_path / "e.html").write_bytes(
        '<html><head><meta charset="iso-8859-15"><title>T</title></head><p>Café für 5 €</p>'.encode("iso-8859-15")
    )
    assert bring(tmp_path).problems == []
    assert {article.published_revision.body.strip() for article in Article.objects.all()} == {"Café für 5 €"}


def test_a_zip_bomb_is_refused_and_other_zips_read(bring, tmp_path, monkeypatch):
    path = tmp_path / "articles.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.md", "# Good\n\nText")
        archive.writestr("../../evil.md", "# Evil\n\nText")
        archive.writestr("__MACOSX/good.md", "x")
        archive.writestr("bomb.md", b"\0" * 60_000_000)
        archive.writestr("lines.jsonl", json.dumps(GOOD))
    report = bring(path)
    assert report.created == 3
    assert whys(report) == [("bomb.md", "This is larger than 5 MB.")]
    assert not (tmp_path.parent.parent / "evil.md").exists()
    monkeypatch.setattr(sources, "LARGEST_ZIP", 20)
    assert "unpacks to too much" in whys(bring(path, dry_run=True))[-1][1]


def test_what_is_no_zip_is_told(bring, tmp_path):
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 not really")
    assert "not a zip file" in whys(bring(tmp_path / "x.zip"))[0][1]
    (tmp_path / "x.docx").write_bytes(b"word")
    assert "Only .jsonl" in whys(bring(tmp_path / "x.docx"))[0][1]


def test_html_becomes_readable_markdown():
    title, body, language = hypertext.read(
        """<!doctype html><html lang="de"><head><title>Site</title><style>x{}</style><script>alert(1)</script></head>
        <body><nav>Menu</nav><main><h1>Returns</h1><p>Send it <b>back</b> within
        30&nbsp;days, see <a href="/faq">the FAQ</a> or <a href="javascript:alert(1)">this</a>.</p>
        <ol><li>Open <code>orders</code></li><li><p>Print</p></li></ol><ul><li>One<ul><li>Two</li></ul></li></ul>
        <pre>line 1
  line 2</pre><table><tr><th>Size</th><th>EU</th></tr><tr><td>S</td><td>36</td></tr></table>
        <img src="a.png" alt="A box"></main><footer>Imprint</footer>""",
        base="https://shop.example/help/",
    )
    assert (title, language) == ("Returns", "de")
    assert body == (
        "Send it **back** within 30 days, see [the FAQ](https://shop.example/faq) or [this].\n\n"
        "1. Open `orders`\n2. Print\n\n- One\n   - Two\n\n```\nline 1\n  line 2\n```\n\n"
        "| Size | EU |\n|---|---|\n| S | 36 |\n\n![A box](https://shop.example/help/a.png)\n"
    )


@pytest.mark.parametrize(
    "html", ["", "<", "<p" * 10_000, "<div>" * 100_000, "</p></ul></a></td>", "<ol start=9e9><li>x"]
)
def test_no_page_breaks_the_reader(html):
    assert isinstance(hypertext.read(html)[1], str)


def test_what_is_exported_comes_back_the_same(shop, bring, tmp_path):
    bring(jsonl(tmp_path, GOOD | {"title": "Größe: S--M", "audience": "agents"}, GOOD | {"id": "x", "language": "de"}))
    articles.draft(shop, title="Draft", body="---\nnot a head\n---\n")
    folder = tmp_path / "out"
    assert exporting.export(shop, folder) == 3
    report = bring(folder)
    assert (report.created, report.changed, report.unchanged, report.problems) == (0, 0, 3, [])
    other = Shop.objects.create(slug="other", name="Other")
    assert importing.bring(other, sources.read(folder)).created == 3
    exporting.export(other, tmp_path / "again")
    first, again = (
        {path.name: path.read_text() for path in (tmp_path / name).rglob("*.md")} for name in ("out", "again")
    )
    assert first == again


def page(body, content_type="text/html"):
    return outgoing.Answer(200, {"content-type": content_type}, body.encode(), "")


def test_a_sitemap_is_followed_on_its_own_host_only(shop, monkeypatch):
    web = {
        "https://shop.example/sitemap.xml": "<sitemapindex><sitemap><loc>https://shop.example/help.xml</loc></sitemap>"
        "<sitemap><loc>https://evil.example/x.xml</loc></sitemap></sitemapindex>",
        "https://shop.example/help.xml": "<urlset><url><loc> https://shop.example/a </loc></url>"
        "<url><loc><![CDATA[https://shop.example/b]]></loc></url><url><loc>http://169.254.169.254/meta</loc></url>"
        "<url><loc>https://shop.example/gone</loc></url></urlset>",
        "https://shop.example/a": "<h1>A</h1><p>Text of a</p>",
        "https://shop.example/b": "<title>B</title><p>Text of b</p>",
    }

    def get(url, **options):
        return page(web[url]) if url in web else outgoing.Answer(404, {}, b"", url)

    monkeypatch.setattr(outgoing, "get", get)
    report = importing.bring(shop, sitemap.read("https://shop.example/sitemap.xml", language="en"))
    assert report.created == 2
    assert whys(report) == [
        ("http://169.254.169.254/meta", "This page is on another host."),
        ("https://shop.example/gone", "The website answered 404."),
    ]
    assert sorted(article.title for article in Article.objects.all()) == ["A", "B"]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/sitemap.xml", "http://10.0.0.1/s.xml", "http://[::1]/s.xml", "http://localhost/s.xml"]
)
def test_a_sitemap_in_our_own_network_is_never_asked(shop, address):
    report = importing.bring(shop, sitemap.read(address))
    assert report.created == 0
    assert len(report.problems) == 1
    assert report.problems[0].source == address
