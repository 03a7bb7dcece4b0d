"""The help centre in a real browser: by eye, by keyboard, by screen reader, on paper, and without JavaScript."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_pages import barriers, is_too_wide

FILLER = "".join(f"## Part {n}\n\n{'Nothing of interest stands in this part. ' * 20}\n\n" for n in range(6))
STEPS = "1. Open your order.\n2. Print the label.\n3. Bring the parcel to the post.\n\n"
ORDINARY = [
    {"title": "How do I return shoes?", "body": f"## Time\n\nWithin 30 days.\n\n## Steps\n\n{STEPS}{FILLER}"},
    {"title": "Wie sende ich Schuhe zurück?", "body": "## Frist\n\n30 Tage.\n", "language": "de"},
    {"title": "When is my money back?", "body": f"{FILLER}## Refunds\n\nA refund takes five days from our door.\n"},
    {"title": "How we decide on goodwill", "body": "We are generous.", "audience": 2},
]
UGLY = [
    {"title": "Q" * 200, "body": f"# {'H' * 300}\n\n{'W' * 500}\n\n## {'Z' * 200}\n\n`{'c' * 500}`\n"},
    {
        "title": "Wide",
        "body": f"## A\n\n{'| column ' * 30}|\n{'|---:' * 30}|\n{'| 1234.50 ' * 30}|\n\n"
        f"## B\n\n```\n{'x = 1; ' * 90}\n```\n\n![Huge](/static/img/logo.svg)\n",
    },
    {
        "title": "<script>alert(1)</script>",
        "body": "<script>alert(1)</script><img src=x onerror=alert(1)><b onclick=alert(1)>b</b>",
    },
    {"title": "\u0643\u064a\u0641", "body": "## \u0627\n\n30 \u064a.\n\n## \u0628\n\n1. \u062a.\n", "language": "ar"},
]
FURNISH = """
import json
from accounts.models import Shop
from knowledge import articles, recipes
from knowledge.models import Category
shop = Shop.objects.get(slug="lumen")
written = {}
for shelf, texts in json.loads(input()).items():
    category = Category.objects.create(shop=shop, name=shelf, slug=shelf.lower()[:20], description=shelf * 3)
    for text in texts:
        written[text["title"]] = articles.draft(shop, category=category, **text)
        articles.publish(written[text["title"]], embed=False)
articles.translates(written["Wie sende ich Schuhe zurück?"], written["How do I return shoes?"])
recipes.fill()
print(json.dumps({title: article.get_absolute_url() for title, article in written.items()}))
"""
SHOES = "/help/en/how-do-i-return-shoes/"


@pytest.fixture(scope="module")
def written(site):
    """Ordinary articles, and all that is ugly: long titles, words without end, wide tables, a huge picture."""
    done = site.manage("shell", "-v", "0", "-c", FURNISH, input=json.dumps({"Returns": ORDINARY, "W" * 200: UGLY}))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def search_field(page):
    return page.get_by_role("main").get_by_role("searchbox", name="Search the help centre").first


@pytest.mark.parametrize(
    ("name", "path"),
    [
        *((None, path) for path in ("/help/", "/help/de/", "/help/topics/en/returns/", "/help/topics/en/", SHOES)),
        *(
            (None, path)
            for path in ("/help/search/?q=return+shoes", "/help/search/?q=qwzx", f"/help/topics/en/{'w' * 20}/")
        ),
        *(("anna", path) for path in ("/help/", "/help/en/how-we-decide-on-goodwill/", "/help/search/?q=goodwill")),
    ],
)
def test_a_help_page_fits_obeys_the_policy_and_shuts_nobody_out(visit, written, name, path):
    looked_over(visit(name, PHONE, reduced_motion="reduce"), path)


def test_no_ugly_article_breaks_out(visit, written):
    page = visit(size=PHONE, reduced_motion="reduce")
    page.on("dialog", lambda dialog: pytest.fail("an article ran"))
    for text in UGLY:
        path = written[text["title"]]
        looked_over(page, path)
        page.complaints[:] = [said for said in page.complaints if "404" not in said]  # its picture is not there


def looked_over(page, path):
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="light")
    assert page.goto(path).status == 200
    assert not is_too_wide(page)
    assert barriers(page) == []
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="dark")
    assert not is_too_wide(page)
    assert barriers(page) == []
    assert page.context.cookies() == [] or page.get_by_label("Your account", exact=True).count()


def test_she_types_and_finds_and_the_arrows_lead_there(visit, written):
    page = visit()
    page.goto("/help/")
    search_field(page).press_sequentially("return shoes", delay=20)
    found = page.locator("#found").get_by_role("link", name="How do I return shoes?").first
    expect(found).to_be_visible()
    expect(page).to_have_url(re.compile(r"/help/search/\?q=return\+shoes&in=en$"))
    expect(page.locator("#found-said")).to_contain_text("fit")
    expect(search_field(page)).to_be_focused()
    answer = page.get_by_role("article").filter(has=page.get_by_role("heading", name="The short answer"))
    expect(answer.get_by_role("link", name="Source 1: How do I return shoes?")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found .sources a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(search_field(page)).to_be_focused()
    page.locator(".hits a").first.click()
    page.go_back()  # the whole page again, not the piece that was fetched while she typed
    expect(page.get_by_role("heading", name="How can we help?")).to_be_visible()
    expect(search_field(page)).to_have_value("return shoes")
    search_field(page).fill("")
    expect(page.get_by_role("heading", name="Topics")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/help/en/$"))


def test_a_tag_and_a_found_article_lead_to_the_words_and_they_are_in_sight(visit, written):
    page = visit(size=PHONE)
    page.goto("/help/search/?q=when+does+a+refund+arrive")
    page.get_by_role("link", name=re.compile("^Source")).last.click()
    cited = page.locator("#cited")
    expect(cited).to_be_in_viewport()
    page.go_back()
    page.locator(".hits").get_by_role("link", name="When is my money back?").click()
    expect(cited).to_contain_text("A refund takes five days")
    expect(cited).to_be_in_viewport()


def test_a_vote_stays_in_place_and_may_be_changed(visit, written):
    page = visit()
    page.goto(SHOES)
    yes, no = page.get_by_role("button", name="Yes"), page.get_by_role("button", name="No", exact=True)
    yes.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you, that is good to know.")).to_be_visible()
    expect(yes).to_be_focused()
    no.click()
    expect(no).to_have_attribute("aria-pressed", "true")
    expect(yes).to_have_attribute("aria-pressed", "false")
    assert page.url.endswith(SHOES)
    page.reload()
    expect(no).to_have_attribute("aria-pressed", "true")


def test_everything_works_without_javascript(visit, written):
    page = visit(size=PHONE, java_script_enabled=False)
    page.goto("/help/")
    search_field(page).fill("how do i return shoes")
    page.get_by_role("main").get_by_role("button", name="Search").first.click()
    page.get_by_role("link", name=re.compile("^Source 1")).click()
    expect(page.locator("#cited")).to_be_in_viewport()
    page.get_by_text("On this page").first.click()
    page.get_by_role("link", name="Steps").first.click()
    expect(page.get_by_role("heading", name="Steps")).to_be_in_viewport()
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_text("We will look at it again.")).to_be_in_viewport()
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Wie sende ich Schuhe zurück?")).to_be_visible()


def test_on_paper_there_is_the_article_and_nothing_else(visit, written):
    page = visit()
    page.goto(SHOES)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="How do I return shoes?")).to_be_visible()
    expect(page.get_by_text("Print the label.")).to_be_visible()
    for gone in (page.locator(".top"), page.locator(".contents"), page.locator(".vote"), page.locator("search").first):
        expect(gone).to_be_hidden()


def test_the_outline_follows_her_through_the_article(visit, written):
    page = visit()
    page.goto(SHOES)
    outline = page.get_by_role("complementary", name="On this page")
    outline.get_by_role("link", name="Part 3").click()
    expect(outline.locator("[aria-current]")).to_have_text("Part 3")
    expect(page.get_by_role("heading", name="Part 3")).to_be_in_viewport()


def test_nothing_jumps_while_an_article_arrives(visit, written):
    page = visit(size=PHONE)
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const one of list.getEntries())"
        " if (!one.hadRecentInput) window.shift += one.value }).observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto(SHOES, wait_until="networkidle")
    assert page.evaluate("window.shift") < 0.02
