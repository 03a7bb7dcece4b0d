"""Every page there is, as its readers get it, keeps to a content policy without exceptions."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from tests import test_strangers as walk

world, admin_rows = walk.world, walk.admin_rows  # the same people and things
DATA = {"application/json", "application/ld+json", "importmap", "speculationrules"}  # scripts that do not run


class Inline(HTMLParser):
    """Collects what a strict policy would refuse to run, draw or load."""

    def __init__(self, nonce):
        super().__init__()
        self.nonce, self.found, self.seen = nonce, [], 0

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.seen += 1
        if tag == "script" and "src" not in given and given.get("type") not in DATA and not self._vouched(given):
            self.found.append("inline script")
        if tag == "style" and not self._vouched(given):
            self.found.append("inline style element")
        for name, value in attributes:
            value = (value or "").strip().lower()
            if name == "style":
                self.found.append(f"style attribute on {tag}: {value}")
            if name.startswith(("on", "hx-on")):
                self.found.append(f"{name} on {tag}")
            if name in ("href", "src", "action", "formaction") and value.startswith(("javascript:", "data:text")):
                self.found.append(f"{name}={value}")
            if name.startswith("hx-") and value.startswith(("js:", "javascript:")):
                self.found.append(f"{name}={value}")
            names_only = tag == "link" and given.get("rel") in ("canonical", "alternate")  # nothing is loaded from it
            loads = tag in ("script", "link", "img", "iframe") and name in ("src", "href") and not names_only
            if loads and "//" in value[:8]:
                self.found.append(f"{tag} from elsewhere: {value}")

    def _vouched(self, given):
        return bool(self.nonce) and given.get("nonce") == self.nonce


def policy_of(answer):
    directives = (part.strip().split() for part in answer["Content-Security-Policy"].split(";") if part.strip())
    return {name: set(sources) for name, *sources in directives}


def problems(answer):
    policy = policy_of(answer)
    loose = {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "https:", "http:"}
    found = [f"{name} allows {source}" for name, sources in policy.items() for source in sources & loose]
    found += [f"no {name}" for name in ("default-src", "script-src", "object-src", "base-uri") if name not in policy]
    nonces = [source[7:-1] for source in policy.get("script-src", ()) if source.startswith("'nonce-")]
    page = Inline(nonces[0] if nonces else "")
    text = answer.content.decode()
    page.feed(text)
    assert page.seen > 5 or "<html" not in text  # a fragment may be a few words
    return found + page.found


def pages(browser, rows):
    """Every address of the URL configuration that gives this person a page."""
    addresses = {one.name: reverse(one.name, kwargs=walk.fill(one)) for one in walk.ALL if one.name}
    for model, row in rows.items():
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses |= {
            f"{label}_{verb}": reverse(f"{label}_{verb}", args=[row.pk]) for verb in ("change", "delete", "history")
        }
    for name, address in addresses.items():
        answer = browser.get(address)
        if answer.get("Content-Type", "").startswith("text/html") and answer.content:
            yield name, answer


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "at_least"), [("visitor", 12), ("maria", 20), ("boss", 70)])
def test_no_page_asks_for_an_exception_from_the_policy(world, admin_rows, subtests, who, at_least):
    seen = 0
    for name, answer in pages(walk.browser_of(world.people[who]), admin_rows):
        seen += 1
        with subtests.test(page=name, who=who):
            assert problems(answer) == []
    assert seen >= at_least


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["conversation", "order", "file"])
def test_her_own_things_keep_to_the_policy_too(world, path):
    name = {"conversation": "chat:talk", "order": "accounts:order", "file": "chat:file"}[path]
    answer = walk.browser_of(world.people["maria"]).get(reverse(name, kwargs=getattr(world, path)))

    assert answer.status_code == 200
    if path == "file":
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
    else:
        assert problems(answer) == []


@pytest.mark.django_db
def test_the_team_at_work_keeps_to_the_policy_too(world):
    browser = walk.browser_of(world.people["anna"])

    for name, own in (("chat:thread", world.conversation), ("chat:inbox", None)):
        assert problems(browser.get(reverse(name, kwargs=own))) == []


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>",
        "<script nonce='guessed'>alert(1)</script>",
        "<style>p{}</style>",
        "<p style='color:red'>",
        "<p onclick='x()'>",
        "<p hx-on:click='x()'>",
        "<a href=' JavaScript:x()'>",
        "<p hx-vals='js:{a:1}'>",
        "<script src='https://cdn.example/x.js'></script>",
        "<img src='//tracker.example/x.gif'>",
    ],
)
def test_the_reader_of_pages_is_not_blind(page):
    reader = Inline("right")
    reader.feed(page)

    assert reader.found


@pytest.mark.django_db
def test_pages_say_what_browsers_may_do_with_them(client, shop):
    answer = client.get("/")

    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert policy_of(answer)["frame-ancestors"] == {"'none'"}
    assert policy_of(answer)["form-action"] == {"'self'"}


@pytest.mark.django_db
def test_looking_sets_no_cookie(client, shop):
    for path in ("/", "/chat/new/", "/account/login/", "/healthz", "/no/such/page"):
        answer = client.get(path)
        kept = {name for name in answer.cookies if name != "csrf"}
        assert kept == set(), path


@pytest.mark.django_db
def test_over_https_a_visitor_is_sent_there_and_told_to_stay(client, shop, settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000

    assert client.get("/").headers["Location"] == "https://testserver/"
    assert "max-age=31536000" in client.get("/", secure=True)["Strict-Transport-Security"]
